import Journal
import Yams

/// The settings of a YAML file: a mapping of the settings' names to their values.
///
/// Yams gives the lines of keys, which messages need, and which `Codable` or a configuration library would hide.
package struct SettingsFile: Sendable, Equatable {
    /// A file that can't be read, or that says something that isn't understood.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        /// The file as it was named.
        package let path: String
        /// From 1; nil where the whole file is meant.
        package let line: Int?
        /// What is wrong, and what would be right.
        package let problem: String

        package var description: String { "\(SettingsFile.place(path, line)): \(problem)" }
    }

    /// More is no settings file.
    private static let byteCountMax = 1 << 20

    private var values: [Setting: GivenValue] = [:]
    private let path: String

    /// What the file gives for a setting.
    package subscript(setting: Setting) -> GivenValue? { values[setting] }

    /// Reads a file.
    package static func read(_ path: String, fileSystem: any FileSystem) throws(Failure) -> SettingsFile {
        let bytes: [UInt8]
        do {
            let file = try fileSystem.open(path, .read)
            defer { file.close() }
            bytes = try file.readAll(limit: byteCountMax)
        } catch {
            throw Failure(path: path, line: nil, problem: "the settings file can't be read: \(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(path: path, line: nil, problem: "a settings file is text in UTF-8, this is none")
        }
        return try SettingsFile(path: path, text: text)
    }

    /// Understands a file's text; `path` is for messages.
    package init(path: String, text: String) throws(Failure) {
        self.path = path
        guard let root = try Self.compose(text, path: path), !Self.isNull(root) else { return }
        guard case .mapping(let mapping) = root else {
            throw failure(root, "a settings file holds lines such as 'port: 8010'")
        }
        for (key, node) in mapping {
            let setting = try setting(key)
            values[setting] = try value(node, of: setting, key: key)
        }
    }

    private func setting(_ key: Node) throws(Failure) -> Setting {
        let known = Setting.all.filter(\.isInFile)
        let name = key.scalar?.string ?? "a key that is no text"
        guard let setting = known.first(where: { $0.name == name }) else {
            throw failure(key, "'\(name)' is no setting; there are \(known.map(\.name).joined(separator: ", "))")
        }
        return setting
    }

    private func value(_ node: Node, of setting: Setting, key: Node) throws(Failure) -> GivenValue {
        let place = "\(Self.place(path, key.mark?.line)): \(setting.name)"
        switch node {
        case .scalar(let scalar):
            let text = try text(scalar, of: setting, key)
            return GivenValue(setting.kind == .list ? GivenSettings.split(text) : [text], at: place)
        case .sequence(let nodes) where setting.kind == .list:
            var texts: [String] = []
            for node in nodes {
                guard case .scalar(let scalar) = node else {
                    throw failure(node, "'\(setting.name)' is a list of single values")
                }
                texts.append(try text(scalar, of: setting, node))
            }
            return GivenValue(texts, at: place)
        case .sequence, .mapping, .alias:
            throw failure(
                key, setting.kind == .list ? "'\(setting.name)' takes a list" : "'\(setting.name)' takes one value")
        }
    }

    /// A single value, if it is of the setting's type.
    private func text(_ scalar: Node.Scalar, of setting: Setting, _ node: Node) throws(Failure) -> String {
        let tag = Node.scalar(scalar).tag.description
        if tag == Tag.Name.null.rawValue {
            throw failure(node, "'\(setting.name)' has no value; without the line it has its default")
        }
        let others: [Tag.Name] = [.bool, .int, .float]
        if setting.kind != .word, others.contains(where: { $0.rawValue == tag }) {
            throw failure(
                node,
                "'\(setting.name)' takes text, and \(scalar.string) is none; write \"\(scalar.string)\" if that is meant"
            )
        }
        return scalar.string
    }

    private func failure(_ node: Node, _ problem: String) -> Failure {
        Failure(path: path, line: node.mark?.line, problem: problem)
    }

    private static func place(_ path: String, _ line: Int?) -> String { line.map { "\(path):\($0)" } ?? path }

    private static func isNull(_ node: Node) -> Bool { node.tag.description == Tag.Name.null.rawValue }

    private static func compose(_ text: String, path: String) throws(Failure) -> Node? {
        do {
            return try Yams.compose(yaml: text, .default, .default, .utf8)
        } catch let error as YamlError {
            let (line, problem) = words(for: error)
            throw Failure(path: path, line: line, problem: problem)
        } catch {
            throw Failure(path: path, line: nil, problem: "\(error)")
        }
    }

    private static func words(for error: YamlError) -> (line: Int?, problem: String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            (mark.line, "this is no YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            (context.mark.line, "'\(keys.joined(separator: "', '"))' is there twice; leave one of them")
        case .reader(let problem, _, _, _): (nil, "this is no YAML: \(problem)")
        default: (nil, "this is no YAML: \(error)")
        }
    }
}
