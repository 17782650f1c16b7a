import Foundation
import Journal
import Logging
import Testing

@testable import TableServer

@Suite struct SettingsFileTests {
    private func settings(
        _ yaml: String, environment: [String: String] = [:], flags: [Setting: [String]] = [:]
    ) throws -> ServerSettings {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).yaml").path
        try Data(yaml.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try ServerSettings(
            GivenSettings(flags: flags.merging([.config: [path]]) { $1 }, environment: environment))
    }

    @Test func `every setting may stand in a file`() throws {
        let settings = try settings(
            """
            # a table in the cellar
            host: 127.0.0.1
            port: 9000
            journal: "2026"
            sounds: /srv/sounds
            allow-origin:
              - http://a
              - http://b
            max-upload: 5M
            max-message: 1048576
            max-changes-per-second: 10
            journal-effects: yes
            logs: none
            log-level: warning
            log-format: json
            log-file-size: 1M
            log-days: 30
            """)
        #expect(settings.host == "127.0.0.1")
        #expect(settings.port == 9000)
        #expect(settings.journal == "2026")
        #expect(settings.sounds == "/srv/sounds")
        #expect(settings.allowedOrigins == ["http://a", "http://b"])
        #expect(settings.maxUploadByteCount == 5 << 20)
        #expect(settings.maxMessageByteCount == 1 << 20)
        #expect(settings.maxChangesPerSecond == 10)
        #expect(settings.journalEffects)
        #expect(settings.logs == nil)
        #expect(settings.logLevel == .warning)
        #expect(settings.logFormat == .json)
        #expect(settings.logFileByteCount == 1 << 20)
        #expect(settings.logDayCount == 30)
    }

    @Test func `a flag wins over a variable, a variable over the file, the file over the default`() throws {
        let yaml = "port: 1\nhost: a\nsounds: s\nallow-origin: http://a, http://b\n"
        let settings = try settings(
            yaml, environment: ["SPELLTABLE_PORT": "2", "SPELLTABLE_HOST": "b"], flags: [.port: ["3"]])
        #expect(settings.port == 3)
        #expect(settings.host == "b")
        #expect(settings.sounds == "s")
        #expect(settings.allowedOrigins == ["http://a", "http://b"])
        #expect(settings.journal == "journal")
        #expect(settings.facts["port"] == "3 (--port)")
        #expect(settings.facts["host"] == "b (SPELLTABLE_HOST)")
        #expect(settings.facts["sounds"]?.hasSuffix(".yaml:3: sounds)") == true)
    }

    @Test func `a variable may name the file`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).yaml").path
        try Data("port: 77\n".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let given = try GivenSettings(environment: ["SPELLTABLE_CONFIG": path])
        #expect(try ServerSettings(given).port == 77)
    }

    @Test(arguments: ["", "# nothing\n", "---\n", "{}\n"])
    func `a file may say nothing`(yaml: String) throws {
        #expect(try settings(yaml).port == 8010)
    }

    @Test(arguments: [
        ("port: 1\nprot: 2\n", 2, "'prot' is no setting; there are host, port, journal,"),
        ("config: other.yaml\n", 1, "'config' is no setting"),
        ("host: h\njournal: 5\n", 2, "write \"5\" if that is meant"),
        ("host: yes\n", 1, "'host' takes text"),
        ("\nhost:\n", 2, "'host' has no value"),
        ("port: [1, 2]\n", 1, "'port' takes one value"),
        ("port: {a: b}\n", 1, "'port' takes one value"),
        ("allow-origin: {a: b}\n", 1, "'allow-origin' takes a list"),
        ("allow-origin:\n- a\n- [b]\n", 3, "a list of single values"),
        ("allow-origin:\n- a\n- 5\n", 3, "takes text"),
        ("port: 1\nhost: a\nport: 2\n", 1, "'port' is there twice"),
        ("- port\n", 1, "a settings file holds lines such as 'port: 8010'"),
        ("just words\n", 1, "a settings file holds lines such as 'port: 8010'"),
        ("port: 1\n  host: [\n", 2, "this is no YAML"),
        ("a: *b\n", 1, "this is no YAML"),
        ("port: 1\n---\nport: 2\n", 2, "this is no YAML"),
        ("? [a]\n: b\n", 1, "'a key that is no text' is no setting"),
    ])
    func `what isn't understood is refused with its line`(yaml: String, line: Int, problem: String) {
        let failure = #expect(throws: SettingsFile.Failure.self) { try SettingsFile(path: "f.yaml", text: yaml) }
        #expect(failure?.line == line)
        #expect(failure?.description.contains(problem) == true, "\(failure?.description ?? "")")
        #expect(failure?.description.hasPrefix("f.yaml:\(line): ") == true)
    }

    @Test func `a value that makes no sense is refused with its line`() throws {
        let error = #expect(throws: ServerSettings.Invalid.self) { try settings("host: a\nport: many\n") }
        #expect(error?.name.hasSuffix(".yaml:2: port") == true)
        #expect(error?.value == "many")
    }

    @Test func `a file that can't be read is named`() {
        let missing = #expect(throws: SettingsFile.Failure.self) {
            try SettingsFile.read("/no/such.yaml", fileSystem: PosixFileSystem())
        }
        #expect(missing?.description.hasPrefix("/no/such.yaml: the settings file can't be read") == true)
        let folder = #expect(throws: SettingsFile.Failure.self) {
            try SettingsFile.read("/tmp", fileSystem: PosixFileSystem())
        }
        #expect(folder?.path == "/tmp")
    }

    @Test func `a file that is no text is refused`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).yaml").path
        try Data([0x70, 0xFF, 0xFE]).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let failure = #expect(throws: SettingsFile.Failure.self) {
            try SettingsFile.read(path, fileSystem: PosixFileSystem())
        }
        #expect(failure?.problem == "a settings file is text in UTF-8, this is none")
    }
}

/// `docs/spelltable.example.yaml`, which people begin with.
@Suite struct ExampleFileTests {
    private static let path =
        parentFolder(of: parentFolder(of: parentFolder(of: parentFolder(of: #filePath))))
        + "/docs/spelltable.example.yaml"

    @Test func `the example is what holds without it`() throws {
        let settings = try ServerSettings(GivenSettings(flags: [.config: [Self.path]]))
        var usual = try ServerSettings(GivenSettings())
        usual.facts = settings.facts
        #expect(settings == usual)
    }

    /// A setting whose default can't be written is commented out there.
    @Test func `the example names every setting, and what it has commented out is valid too`() throws {
        let lines = try String(contentsOfFile: Self.path, encoding: .utf8).split(separator: "\n")
        let settings = lines.map { $0.replacing(/^# ?(?=[a-z-]+: )/, with: "") }.filter { !$0.hasPrefix("#") }
        let keys = settings.compactMap { $0.firstMatch(of: /^([a-z-]+):/).map { String($0.1) } }
        #expect(keys == Setting.all.filter(\.isInFile).map(\.name))
        let file = try SettingsFile(path: "example", text: settings.joined(separator: "\n"))
        for setting in Setting.all where setting.isInFile { #expect(file[setting] != nil, "\(setting.name)") }
    }
}
