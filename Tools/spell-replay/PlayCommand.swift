import ArgumentParser
import JSONDocument
import Journal
import Logging
import Replay
import Table
import TableServer
import UnixSignals
import WallClock

/// The command `spell-replay play`.
struct PlayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play",
        abstract: "Watch a part of the history again, on the same screens, with its own timing.",
        discussion: """
            Starts a server that shows the table as it was and lets it change as it did. Web clients and event clients \
            connect to it as to the table's own server; maps, images and sounds are those of that time. Nothing can be \
            changed: the journal is only read, also while its own server is writing it.

            A pause at the table that is longer than --max-gap lasts only that long. When the end is reached, the last \
            picture stays until you go back or quit.

            KEYS  space pause, left and right 10 seconds back and on, comma and period one event back and on, + and - \
            speed, home to the start, q quit.

            OVER HTTP
              curl localhost:8010/play
              curl localhost:8010/play --json '{"paused": true}'
              curl localhost:8010/play --json '{"speed": 10, "time": "2026-11-20T21:30:00+01:00"}'
              curl localhost:8010/play --json '{"offset": 1204, "speed": "max"}'

            EXAMPLES
              spell-replay play --session -1                        the last evening
              spell-replay play --from 'yesterday 21:30' --to 'yesterday 22:00' --speed 10
              spell-replay play --paused --port 9000                begin when you press space
              spell-replay play --host 0.0.0.0 --max-gap 2s         for everybody in your network

            Exit code 1 if there is no event to play.
            """)

    @OptionGroup var journal: JournalArguments
    @OptionGroup var range: RangeArguments
    @Option(help: ArgumentHelp("Up to this event; the same as --through.", valueName: "moment")) var to: String?
    @Option(help: ArgumentHelp("How fast: 1 is as it was, 10, 0.5, max.", valueName: "speed")) var speed = "1"
    @Option(help: ArgumentHelp("Pauses longer than this last this long: 5s, 2m, 500ms.", valueName: "length"))
    var maxGap = "5s"
    @Flag(help: "Begin paused.") var paused = false
    @Option(help: ArgumentHelp("The address to listen on; 0.0.0.0 is every network of this machine."))
    var host = "127.0.0.1"
    @Option(help: ArgumentHelp("The port to listen on; 0 takes any free one.")) var port = 8010
    @Flag(help: "A line of JSON when it listens and one when it stops, instead of text.") var json = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535, not \(port).") }
    }

    func run() async throws {
        let source = try journal.source()
        let progress = ProgressBar()
        defer { progress.clear() }
        let settings = try settings(source, progress)
        let recording = try Player.recording(of: source, at: settings, progress: progress.show)
        progress.clear()
        let player = try Player(source, settings, recording: recording, clock: { SystemTime.steady })
        let screen = PlayScreen(player: player, isJSON: json)
        try await PlayServer(player: player, folder: source.folder, host: host, port: port).run(screen)
        try await screen.finish()
    }

    private func settings(_ source: JournalSource, _ progress: ProgressBar) throws(ReplayError) -> Player.Settings {
        let (speed, gap) = (try PlaybackSpeed.parse(speed), try PlaybackLength.milliseconds(maxGap))
        let range = try range.range(in: source, progress)
        let (beginning, newest) = (try source.beginning(), try source.newest())
        let begin = max(beginning, (range.from ?? beginning + 1) - 1)
        var end = min(range.through ?? newest, newest)
        if let to { end = min(end, try source.offset(of: try moment(to), progress: progress.show)) }
        guard end > begin else { throw .no("there is no event to play") }
        return Player.Settings(begin: begin, end: end, speed: speed, isPaused: paused, maxGap: gap)
    }
}

/// The server, the player and the keyboard together; ends with the first of them.
struct PlayServer {
    let player: Player
    let folder: String
    let host: String
    let port: Int

    /// Runs until a signal, `q` or an error.
    func run(_ screen: PlayScreen) async throws {
        let (listening, listens) = AsyncStream<Void>.makeStream()
        let server = server(screen) { listens.finish() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await Self.stopping(server) {
                    // Nothing is shown while nobody can watch.
                    for await _ in listening {}
                    try await player.run()
                }
            }
            group.addTask { try await screen.show() }
            group.addTask { try await Self.stopping(server) { try await obey(screen.keys, server) } }
            do {
                // Whatever ends it: nobody is left with a terminal that doesn't show what is typed.
                defer { screen.close() }
                try await server.run()
            } catch {
                group.cancelAll()
                throw ReplayError.unreadable(StartFailure(error, host: host, port: port).message, hint: "")
            }
            await player.stop()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Does what the keys say until there are no more.
    private func obey(_ keys: AsyncStream<PlaybackKey>, _ server: TableServer) async throws {
        for await key in keys {
            switch key {
            case .request(let request): try await player.perform(request)
            case .quit: await server.stop()
            }
        }
    }

    /// Stops the server, and so everything, if the body fails.
    private static func stopping(_ server: TableServer, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            await server.stop()
            throw error
        }
    }

    private func server(_ screen: PlayScreen, onListening: @escaping @Sendable () -> Void) -> TableServer {
        var configuration = ServerConfiguration()
        configuration.host = host
        configuration.port = port
        let player = player
        let desk = PlaybackDesk(
            state: { await player.status.json },
            change: { try await player.change($0, now: SystemClock.now, zone: .system) })
        // What a recording can't do is told to whoever asks; only what nobody is told goes to the console.
        let logger = TableLogger.make(consoleLevel: .error, files: nil, environment: [:])
        return TableServer(
            table: player.recording.table, folder: folder, sounds: nil, configuration: configuration, playback: desk,
            logger: logger, signals: [.sigterm, .sigint, .sighup]
        ) { port in
            await screen.listening(on: Banner.addresses(host: host, port: port))
            onListening()
        }
    }
}
