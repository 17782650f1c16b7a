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
              curl -N -H 'Accept: text/event-stream' localhost:8010/events     watch the table live

            ENVIRONMENT
              Every option has a variable: SPELLTABLE_HOST, _PORT, _JOURNAL, _SOUNDS, _LOGS, _ALLOW_ORIGIN (several \
            with commas), _MAX_UPLOAD, _MAX_MESSAGE, _MAX_CHANGES_PER_SECOND, _LOG_LEVEL, _JOURNAL_EFFECTS. An option wins over its variable. \
            NO_COLOR turns the colours of the console off.

            STOPPING
              Ctrl-C or SIGTERM: the last changes are synced and clients are told to come back, within 5 seconds.

            EXIT CODES
              0 stopped as asked   64 wrong arguments   65 the journal is damaged   69 the address can't be listened on
              74 the disk failed   75 another process writes this journal
            """)

    @Option(help: "The address to listen on; 0.0.0.0 is every network of this machine. (default: 0.0.0.0)")
    var host: String?

    @Option(help: "The port to listen on; 0 takes any free one. (default: 8010)")
    var port: Int?

    @Option(
        help: ArgumentHelp(
            "The folder of the tables, of which DIR/default is served, or one table's own folder. (default: journal)",
            valueName: "dir"))
    var journal: String?

    @Option(
        help: ArgumentHelp(
            "A folder with loop/ and oneshot/ whose sounds are taken into the table. (default: sounds)",
            valueName: "dir"))
    var sounds: String?

    @Option(
        help: ArgumentHelp("Where the daily log files go; 'none' for no files. (default: logs)", valueName: "dir"))
    var logs: String?

    @Option(
        help: ArgumentHelp(
            "An origin whose pages may open the WebSocket, besides this host, localhost and private addresses; '*' for any. Repeatable.",
            valueName: "origin"))
    var allowOrigin: [String] = []

    @Option(help: ArgumentHelp("Largest uploaded file: 500M, 2G or bytes. (default: 2G)", valueName: "size"))
    var maxUpload: String?

    @Option(
        help: ArgumentHelp("Largest WebSocket message and JSON body. (default: 16M)", valueName: "size"))
    var maxMessage: String?

    @Option(
        help: ArgumentHelp(
            "Changes a second that one client may make for long, and four times as many at once; 0 for any number. (default: 240)",
            valueName: "count"))
    var maxChangesPerSecond: String?

    @Option(
        help: ArgumentHelp(
            "What the console shows: trace, debug, info, notice, warning, error or critical. (default: info)",
            valueName: "level"))
    var logLevel: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Also write effects without state (marker highlights, ripples) into the journal. (default: no)")
    var journalEffects: Bool?

    func validate() throws {
        _ = try settings()
    }

    func run() async throws {
        do {
            try await ServerRun(settings: try settings(), environment: Self.environment).run()
        } catch let failure as StartFailure {
            throw ExitCode(failure.exitCode)
        }
    }

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }

    private func settings() throws -> ServerSettings {
        var flags = ServerSettings.Flags()
        flags.host = host
        flags.port = port
        flags.journal = journal
        flags.sounds = sounds
        flags.logs = logs
        flags.allowedOrigins = allowOrigin
        flags.maxUpload = maxUpload
        flags.maxMessage = maxMessage
        flags.maxChangesPerSecond = maxChangesPerSecond
        flags.logLevel = logLevel
        flags.journalEffects = journalEffects
        do {
            return try ServerSettings(flags: flags, environment: Self.environment)
        } catch {
            throw ValidationError(error.description)
        }
    }
}
