import Logging
import NIOCore
import NIOPosix
import Table

/// What every part of the hub works with: the table, the limits, and threads for what may block.
final class HubServices: Sendable {
    let table: Table
    let configuration: WebSocketConfiguration
    let logger: Logger
    let metrics: ServerMetrics
    /// For reading the journal, hashing and writing out the document: nothing of that belongs on an event loop.
    let workers: NIOThreadPool
    let snapshots: SnapshotDesk
    let intake: IntakeBudget

    init(
        table: Table, configuration: WebSocketConfiguration, logger: Logger, metrics: ServerMetrics = ServerMetrics()
    ) {
        self.table = table
        self.configuration = configuration
        self.logger = logger
        self.metrics = metrics
        self.workers = NIOThreadPool(numberOfThreads: 2)
        self.snapshots = SnapshotDesk()
        self.intake = IntakeBudget(byteCount: configuration.intakeByteLimit)
        workers.start()
    }
}

extension NIODeadline {
    /// Milliseconds of the monotonic clock, as the pure state machines count them.
    var milliseconds: Int64 { Int64(uptimeNanoseconds / 1_000_000) }

    /// The present, in those milliseconds.
    static var nowMilliseconds: Int64 { now().milliseconds }
}
