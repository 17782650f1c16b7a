import Journal

/// A setting's value as it was written, and where.
package struct GivenValue: Sendable, Equatable {
    /// One text; any number for a list.
    package let texts: [String]
    /// The flag, the variable, the line of a file; for messages.
    package let place: String

    /// A value out of its parts.
    package init(_ texts: [String], at place: String) {
        self.texts = texts
        self.place = place
    }
}

/// All that was set, before it is read: a flag wins over its variable, a variable over the file, the file over the default.
package struct GivenSettings: Sendable {
    private let flags: [Setting: [String]]
    private let environment: [String: String]
    private var file: SettingsFile?

    /// Reads the settings file if the command line or the environment names one.
    ///
    /// - Parameters:
    ///   - flags: What the command line said, each as often as it was given.
    ///   - environment: The process's environment.
    package init(
        flags: [Setting: [String]] = [:], environment: [String: String] = [:],
        fileSystem: any FileSystem = PosixFileSystem()
    ) throws(SettingsFile.Failure) {
        self.flags = flags
        self.environment = environment
        if let given = given(.config), let path = given.texts.last {
            guard !path.isEmpty else {
                throw SettingsFile.Failure(path: given.place, line: nil, problem: "the settings file's name is empty")
            }
            self.file = try SettingsFile.read(path, fileSystem: fileSystem)
        }
    }

    /// What was given for a setting; nil if nothing was.
    package func given(_ setting: Setting) -> GivenValue? {
        if let texts = flags[setting], !texts.isEmpty { return GivenValue(texts, at: setting.flag) }
        // An empty variable counts as absent, as in Compose files.
        if let text = environment[setting.variable], !text.isEmpty {
            return GivenValue(setting.kind == .list ? Self.split(text) : [text], at: setting.variable)
        }
        return file?[setting]
    }

    /// What holds for a setting: what was given, or the default.
    package func value(_ setting: Setting) -> GivenValue {
        given(setting) ?? GivenValue(setting.usual.map { [$0] } ?? [], at: "default")
    }

    /// Every setting with its value and where that comes from, for the log: `8010 (default)`.
    package var facts: [String: String] {
        var facts: [String: String] = [:]
        for setting in Setting.all {
            let value = value(setting)
            facts[setting.name] = "\(value.texts.joined(separator: ",")) (\(value.place))"
        }
        return facts
    }

    /// The parts of a list in one text, between commas or spaces.
    static func split(_ text: String) -> [String] {
        text.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
    }
}
