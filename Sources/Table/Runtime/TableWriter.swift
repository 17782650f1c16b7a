import JSONDocument
import Journal

/// The one place where a table changes: drains the queue, decides, commits once, publishes, tells, answers.
///
/// Belongs to the writer's thread. The order of a round is the promise that everything rests on: nothing is shown, sent or
/// answered before the commit's sync returned, and whoever is answered can already read what was changed.
final class TableWriter {
    /// A commit takes nothing more once it holds this many bytes of events: its memory is bounded, and those at the front
    /// of a long queue don't wait for all the others.
    private static let commitByteCount = 4 << 20

    private let journal: JournalWriter
    private let publication: Publication
    private let snapshots: SnapshotScheduler
    private let configuration: TableConfiguration
    /// Where undo, redo and restore requests go; set once the thread for them exists.
    var handOver: (HistoryRequest) -> Void = { $0.completion(.failure(.closing)) }

    private var state: CommittedState
    private let indexes: CommittedIndexes
    private var isStopped = false
    private var frameEndFailed = false
    private var eventsSinceSnapshot: Int
    private var byteCountSinceSnapshot = 0

    init(
        journal: JournalWriter, content: TableContent, replayedEvents: Int, publication: Publication,
        snapshots: SnapshotScheduler, configuration: TableConfiguration
    ) {
        self.journal = journal
        self.publication = publication
        self.snapshots = snapshots
        self.configuration = configuration
        self.state = content.state
        self.indexes = CommittedIndexes(changes: content.changes, window: content.window)
        self.eventsSinceSnapshot = replayedEvents
    }

    // MARK: A round

    /// Takes everything that gathered while the round before was written; more than a few MiB in several commits.
    func process(_ items: [QueueItem]) {
        var waiting = items[...]
        while !waiting.isEmpty { self.carryOut(self.decide(&waiting)) }
    }

    private func carryOut(_ plan: BatchPlan) {
        for fault in plan.faults {
            self.configuration.observer(.decisionFailed(type: fault.type, reason: fault.reason))
        }
        let outcome = plan.isEmpty ? .nothingToWrite : self.write(plan)
        self.publish(plan, outcome)
        self.answer(plan, outcome)
        self.takeSnapshotIfDue()
    }

    /// Decides what is waiting, up to as much as a commit should hold.
    private func decide(_ waiting: inout ArraySlice<QueueItem>) -> BatchPlan {
        var plan = BatchPlan(
            basis: BatchPlan.Basis(state: self.state, indexes: self.indexes),
            context: DecisionContext(
                now: max(self.configuration.clock(), self.state.time), makeUUID: self.configuration.makeUUID))
        let journalsEffects = self.configuration.options.journalEffects && !self.isStopped
        while plan.byteCount < Self.commitByteCount, let item = waiting.popFirst() {
            switch item {
            case .command(_, let completion, _) where self.isStopped: plan.refuse(completion)
            case .command(let request, let completion, let queued): plan.add(request, completion, queued: queued)
            case .effect(let effect): plan.add(effect, journaled: journalsEffects)
            }
        }
        return plan
    }

    private func write(_ plan: BatchPlan) -> WriteOutcome {
        do throws(JournalError) {
            let appended = try self.journal.commit(plan.drafts)
            self.measure(plan)
            return .written(appended)
        } catch {
            self.publication.count { $0.failedCommits += 1 }
            if error.stopsWriting {
                self.stop(reason: "\(error)")
            } else {
                self.configuration.observer(.writeRefused(reason: "\(error)"))
            }
            return .failed(.failedCommit(error))
        }
    }

    /// Tells how long each of the commands took that are on disk now.
    private func measure(_ plan: BatchPlan) {
        guard let meter = self.configuration.meter else { return }
        let now = meter.now()
        for reply in plan.replies where reply.madeEvents { meter.madeDurable(now - min(now, reply.queued)) }
    }

    private func stop(reason: String) {
        self.isStopped = true
        self.publication.stopWriting(reason: reason)
        self.configuration.observer(.writingStopped(reason: reason))
    }

    // MARK: Making it visible

    /// Where the events were not written, the committed state stays what it is, and the next round begins with it again.
    private func publish(_ plan: BatchPlan, _ outcome: WriteOutcome) {
        var commits = 0
        if case .written(let appended) = outcome {
            self.advance(plan, appended)
            commits = 1
        }
        let items = plan.items(outcome)
        guard !items.isEmpty else { return }
        let sinks = self.publication.publish(self.state, end: self.journal.committedEnd) { statistics in
            statistics.count(items, commits: commits)
        }
        let batch = CommittedBatch(items: items, state: self.state)
        for sink in sinks { sink(batch) }
    }

    private func advance(_ plan: BatchPlan, _ appended: AppendedEvents) {
        let newest = appended.firstOffset + Int64(appended.lines.count) - 1
        self.state = self.state.advanced(
            to: plan.document, offset: newest, chain: appended.chainAfter, time: appended.time)
        self.indexes.commit(plan)
        self.eventsSinceSnapshot += appended.lines.count
        self.byteCountSinceSnapshot += appended.lines.reduce(0) { $0 + $1.count }
    }

    private func answer(_ plan: BatchPlan, _ outcome: WriteOutcome) {
        var refusals = 0
        for reply in plan.replies {
            let result = reply.result(outcome)
            if case .failure = result { refusals += 1 }
            reply.completion(result)
        }
        for request in plan.historyRequests {
            if case .failed(let error) = outcome, request.restsOnCommit {
                request.completion(.failure(error))
            } else {
                self.handOver(request)
            }
        }
        if refusals > 0 { self.publication.count { $0.refusals += refusals } }
    }

    // MARK: Between the rounds

    /// Called about every second in which nothing was queued.
    func idle() {
        guard !self.isStopped else { return }
        do throws(JournalError) {
            try self.journal.endFrameIfQuiet()
            self.frameEndFailed = false
        } catch {
            // It is tried again every second; once is enough to say so.
            if !self.frameEndFailed { self.configuration.observer(.endingFrameFailed(reason: "\(error)")) }
            self.frameEndFailed = true
            if error.stopsWriting { self.stop(reason: "\(error)") }
        }
        self.publication.setEnd(self.journal.committedEnd)
    }

    private func takeSnapshotIfDue() {
        let options = self.configuration.options
        let isDue =
            self.eventsSinceSnapshot >= options.snapshotEveryEvents
            || self.byteCountSinceSnapshot >= options.snapshotEveryByteCount
        guard isDue, self.snapshots.offer(self.content) else { return }
        self.eventsSinceSnapshot = 0
        self.byteCountSinceSnapshot = 0
    }

    private var content: TableContent {
        TableContent(state: self.state, changes: self.indexes.changes, window: self.indexes.window)
    }

    /// The last act: a snapshot of the end if it isn't there yet, the frame's end, the lock given back.
    func close() {
        self.snapshots.finish(self.eventsSinceSnapshot > 0 && !self.isStopped ? self.content : nil)
        do throws(JournalError) {
            try self.journal.close()
        } catch {
            self.configuration.observer(.closeFailed(reason: "\(error)"))
        }
        self.isStopped = true
    }
}

extension JournalError {
    /// Whether the journal takes no commit after this until it was opened anew.
    fileprivate var stopsWriting: Bool {
        switch self {
        case .refused, .lineTooLong, .invalidDraft: false
        default: true
        }
    }
}

extension TableStatistics {
    /// Counts what a batch made visible.
    mutating func count(_ items: [BatchItem], commits: Int) {
        self.commits += commits
        for item in items {
            switch item {
            case .event(let event):
                self.events += 1
                self.lineByteCount += event.line.count
            case .effect: self.effects += 1
            case .liveForOrigin: break
            }
        }
    }
}
