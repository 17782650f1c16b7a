import ArgumentParser
import Foundation
import TableServer

/// `spell-server`: reads the arguments; everything else is done by the library.
@main
struct SpellServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spell-server",
        abstract: "The server behind a virtual tabletop, which keeps the table's whole history.",
        discussion: """
            Serves one table over HTTP and WebSocket on one port. Every change is an event in the journal; \
            nothing is ever overwritten, and `spell-replay` shows, audits and brings back any moment of the past.

            EXAMPLES
              spell-server                                  port 8010, journal in ./journal/default
              spell-server --port 9000 --journal ~/tables   another port, the table in ~/tables/default
              spell-server --host 127.0.0.1                 only for this machine, or behind a proxy
              spell-server --allow-origin https://vtt.example.org
              spell-server --config /etc/spelltable.yaml    settings from a file
              curl -N -H 'Accept: text/event-stream' localhost:8010/events     watch the table live

            ENVIRONMENT AND FILE
              Every option has a variable, SPELLTABLE_ and its name in capitals (SPELLTABLE_MAX_UPLOAD; several origins \
            with commas), and a key in the YAML file that --config names (max-upload: 2G). An option wins over its \
            variable, a variable over the file. docs/configuration.md has them all, docs/spelltable.example.yaml is a file \
            to begin with. NO_COLOR turns the colours of the console off.

            STOPPING
              Ctrl-C or SIGTERM: the last changes are synced and clients are told to come back, within 5 seconds.

            EXIT CODES
              0 stopped as asked   64 wrong arguments or settings   65 the journal is damaged   69 the address can't be listened on
              74 the disk failed   75 another process writes this journal
            """,
        version: ServerVersion.text)

    @Option(.config) var config: String?
    @Option(.host) var host: String?
    @Option(.port) var port: String?
    @Option(.journal) var journal: String?
    @Option(.sounds) var sounds: String?
    @Option(.allowOrigin) var allowOrigin: [String] = []
    @Option(.maxUpload) var maxUpload: String?
    @Option(.maxMessage) var maxMessage: String?
    @Option(.maxChangesPerSecond) var maxChangesPerSecond: String?
    @Flag(.journalEffects) var journalEffects: Bool?
    @Option(.logs) var logs: String?
    @Option(.logLevel) var logLevel: String?
    @Option(.logFormat) var logFormat: String?
    @Option(.logFileSize) var logFileSize: String?
    @Option(.logDays) var logDays: String?
    @Option(.backupTo) var backupTo: String?
    @Option(.backupEvery) var backupEvery: String?
    @Option(.backupKeep) var backupKeep: String?

    /// What of that was given.
    private var flags: [Setting: [String]] {
        let options: [Setting: String?] = [
            .config: config, .host: host, .port: port, .journal: journal, .sounds: sounds, .maxUpload: maxUpload,
            .maxMessage: maxMessage, .maxChangesPerSecond: maxChangesPerSecond,
            .journalEffects: journalEffects.map { $0 ? "yes" : "no" }, .logs: logs, .logLevel: logLevel,
            .logFormat: logFormat, .logFileSize: logFileSize, .logDays: logDays,
            .backupTo: backupTo, .backupEvery: backupEvery, .backupKeep: backupKeep,
        ]
        var flags = options.compactMapValues { $0.map { [$0] } }
        flags[.allowOrigin] = allowOrigin
        return flags
    }

    func run() async throws {
        let settings = try settings()
        do {
            try await ServerRun(settings: settings, environment: Self.environment).run()
        } catch {
            throw ExitCode(error.exitCode)
        }
    }

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }

    private func settings() throws -> ServerSettings {
        do {
            return try ServerSettings(GivenSettings(flags: flags, environment: Self.environment))
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
