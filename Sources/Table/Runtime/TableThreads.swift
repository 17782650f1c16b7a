import Journal
import Synchronization

/// The table's threads and how they hand over to each other: the writer, and beside it the reader of history.
///
/// The writer belongs to its thread; the lock around it is there for the two moments when that does not run yet or any
/// more, and is free otherwise.
final class TableThreads: CommandIntake {
    private final class WriterBox: Sendable {
        let writer: Mutex<TableWriter>

        init(_ writer: sending TableWriter) {
            self.writer = Mutex(writer)
        }
    }

    private let box: WriterBox
    private let queue: GroupCommitter<QueueItem>
    private let history: HistoryThread
    private let configuration: TableConfiguration
    private let isClosed = Mutex(false)
    /// Effects that are queued; commands are counted by the gate, but with these nobody can be asked to wait.
    private let pendingEffects: EffectCount

    init(
        writer: sending TableWriter, resolver: HistoryResolver, publication: Publication,
        configuration: TableConfiguration
    ) {
        let box = WriterBox(writer)
        let pendingEffects = EffectCount(limit: configuration.options.queueLimit)
        let queue = GroupCommitter<QueueItem>(
            name: "table-writer", capacity: .max,
            process: { items in
                pendingEffects.leave(items)
                box.writer.withLock { $0.process(items) }
            },
            idle: { box.writer.withLock { $0.idle() } })
        let history = HistoryThread(
            HistoryThread.Desk(
                resolver: resolver, present: { publication.present },
                context: { Self.decisionContext(configuration) },
                submit: { request, completion in
                    guard !queue.submit(.command(request, completion, queued: Self.queued(configuration))) else {
                        return
                    }
                    completion(.failure(.closing))
                }))
        box.writer.withLock { $0.handOver = { history.take($0) } }
        self.box = box
        self.queue = queue
        self.history = history
        self.configuration = configuration
        self.pendingEffects = pendingEffects
    }

    /// Queues a command; `completion` is called in any case.
    func submit(_ request: CommandRequest, _ completion: @escaping CommandCompletion) {
        guard !self.queue.submit(.command(request, completion, queued: Self.queued(self.configuration))) else { return }
        completion(.failure(.closing))
    }

    /// When a command is queued, for the meter.
    private static func queued(_ configuration: TableConfiguration) -> UInt64 { configuration.meter?.now() ?? 0 }

    /// Queues an effect; beyond the limit it is dropped, which the observer is told.
    func relay(_ effect: Effect) {
        guard self.pendingEffects.enter() else {
            self.configuration.observer(.effectDropped)
            return
        }
        // A table that is closed has nobody to relay to.
        _ = self.queue.submit(.effect(effect))
    }

    /// Runs `body` where waiting for files is allowed; `false` if the table is closed.
    func runOnHistory(_ body: @escaping @Sendable () -> Void) -> Bool {
        self.history.run(body)
    }

    /// What a decision outside the writer may know.
    func decisionContext() -> DecisionContext { Self.decisionContext(self.configuration) }

    private static func decisionContext(_ configuration: TableConfiguration) -> DecisionContext {
        DecisionContext(now: configuration.clock(), makeUUID: configuration.makeUUID)
    }

    /// Finishes everything that is queued, in the order in which the one still needs the other.
    func close() {
        let isFirst = self.isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        guard isFirst else { return }
        self.history.stop()
        self.queue.stop()
        self.box.writer.withLock { writer in
            writer.close()
            writer.handOver = { $0.completion(.failure(.closing)) }
        }
    }
}

/// How many effects are queued, up to a limit.
private final class EffectCount: Sendable {
    private let limit: Int
    private let count = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    func enter() -> Bool {
        self.count.withLock { count in
            guard count < self.limit else { return false }
            count += 1
            return true
        }
    }

    func leave(_ items: [QueueItem]) {
        let effects = items.reduce(0) { sum, item in
            if case .effect = item { sum + 1 } else { sum }
        }
        if effects > 0 { self.count.withLock { $0 -= effects } }
    }
}
