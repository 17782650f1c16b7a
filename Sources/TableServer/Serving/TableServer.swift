import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Table
import UnixSignals

/// The server of one table: HTTP and WebSocket on one port.
///
/// One is made by `main` and by each test.
package struct TableServer: Sendable {
    private let group: ServiceGroup
    private let hub: Hub
    private let logger: Logger

    /// Puts the server together; nothing listens before ``run()``.
    ///
    /// - Parameters:
    ///   - table: An open table. Whoever opened it closes it when ``run()`` has returned.
    ///   - folder: The table's own folder.
    ///   - sounds: The folder that sounds are adopted from.
    ///   - configuration: Address and limits.
    ///   - watch: What the table was opened with, to be told of itself.
    ///   - playback: What turns the knobs where the table is a recording that is played; nothing can be changed then.
    ///   - logger: Where everything is told.
    ///   - signals: What stops the server gracefully, besides ``stop()``.
    ///   - onRunning: Called once connections are accepted, with the port.
    package init(
        table: Table, folder: String, sounds: AdoptedSounds?, configuration: ServerConfiguration,
        watch: TableWatch = TableWatch(), playback: PlaybackDesk? = nil, logger: Logger, signals: [UnixSignal] = [],
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        let eventLoopGroup = MultiThreadedEventLoopGroup.singleton
        let metrics = ServerMetrics()
        let hub = Hub(
            table: table, configuration: configuration.webSocket, eventLoopGroup: eventLoopGroup, logger: logger,
            metrics: metrics)
        let commits = CommitSignal()
        commits.follow(table)
        let parts = ServerParts(
            table: table, folder: folder, configuration: configuration, views: ReadyViews(of: table),
            metrics: metrics, watch: watch, backups: configuration.backup.map { BackupWatch($0) }, commits: commits,
            sounds: sounds, sockets: { await hub.clients() },
            streams: EventStreams(), started: .now, journalByteCountAtStart: Self.journalByteCount(table, logger),
            playback: playback, logger: logger)
        let application = Self.application(
            parts: parts, hub: hub, eventLoopGroup: eventLoopGroup, onRunning: onRunning)
        // The last one is stopped first: endless answers end before the server waits for its answers to end.
        let ending = StreamEnder(commits: commits, drainTime: configuration.drainTime, logger: logger)
        var services = ServiceGroupConfiguration(
            services: [.init(service: application)] + Self.backups(parts) + [.init(service: ending)],
            gracefulShutdownSignals: signals, logger: logger.quietened)
        services.maximumGracefulShutdownDuration = configuration.shutdownLimit + configuration.drainTime
        self.group = ServiceGroup(configuration: services)
        self.hub = hub
        self.logger = logger
    }

    /// Serves until it is stopped; every connection is closed then.
    ///
    /// - Throws: An `IOError` if the address can't be listened on.
    package func run() async throws {
        do {
            try await group.run()
        } catch is CancellationError {
            logger.info("Clients that did not let go in time were cut off")
        }
        await hub.shutdown()
    }

    /// Begins a graceful stop; ``run()`` returns when it is done.
    package func stop() async {
        await group.triggerGracefulShutdown()
    }

    private static func backups(_ parts: ServerParts) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        guard let watch = parts.backups else { return [] }
        return [
            .init(service: BackupService(table: parts.table, folder: parts.folder, watch: watch, logger: parts.logger))
        ]
    }

    private static func journalByteCount(_ table: Table, _ logger: Logger) -> Int64? {
        do {
            return try table.committedSegments().byteCount
        } catch {
            logger.warning("The journal's size can't be told", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private static func application(
        parts: ServerParts, hub: Hub, eventLoopGroup: any EventLoopGroup,
        onRunning: @escaping @Sendable (Int) async -> Void
    ) -> some Service {
        let configuration = parts.configuration
        let (webSocket, logger) = (configuration.webSocket, parts.logger)
        let descriptors = DescriptorLimit.raise()
        return Application(
            responder: TableResponder(parts: parts),
            server: HTTPServerBuilder { responder in
                TableChannel(
                    responder: responder, configuration: webSocket, limits: configuration.requests, logger: logger,
                    adopt: { try hub.adopt($0, head: $1) }, accepted: { parts.metrics.accepted($0) })
            },
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "SpellTable",
                // After a restart everybody comes back at once.
                backlog: 4_096,
                availableConnectionsDelegate: .maximum(
                    DescriptorLimit.connectionCountMax(descriptors: descriptors), logger: logger.quietened)),
            onServerRunning: { channel in
                await guardAccepting(on: channel, logger)
                await onRunning(channel.localAddress?.port ?? configuration.port)
            },
            eventLoopGroupProvider: .shared(eventLoopGroup), logger: logger.quietened)
    }
}

/// Fails only if the channel is closed again already, by a stop that came at once.
private func guardAccepting(on channel: any Channel, _ logger: Logger) async {
    do {
        try await AcceptGuard.install(on: channel, logger: logger)
    } catch {
        logger.debug("Stopped while it started", metadata: ["error": "\(error)"])
    }
}

/// Ends event streams when the server is asked to stop; the server's connections end after it.
private struct StreamEnder: Service {
    let commits: CommitSignal
    let drainTime: Duration
    let logger: Logger

    func run() async throws {
        try await gracefulShutdown()
        logger.info("Stopping: clients are told to come back")
        commits.close()
        if drainTime > .zero { try await Task.sleep(for: drainTime) }
    }
}

extension Logger {
    /// For the libraries below, whose information lines say again what the banner says.
    fileprivate var quietened: Logger {
        var logger = self
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}
