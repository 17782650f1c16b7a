import Journal
import Synchronization

/// Whether a table takes changes.
package enum TableWritability: Sendable, Equatable {
    case writable
    /// Reads go on; `reason` says why changes don't.
    case readOnly(reason: String)
}

/// Where the committed part of the journal's last segment ends; the segments before it are committed whole.
package struct CommittedEnd: Sendable, Equatable {
    /// The segment's file name.
    package let segment: String
    /// Bytes of it that may be handed out.
    package let byteCount: Int64
}

/// Counts since the table was opened, for `/metrics`.
package struct TableStatistics: Sendable, Equatable {
    /// Commits, each one write and one sync.
    package var commits = 0
    package var events = 0
    /// Bytes of lines appended, before compression.
    package var lineByteCount = 0
    package var effects = 0
    /// Commands that were refused, for whatever reason.
    package var refusals = 0
    /// Commits that failed.
    package var failedCommits = 0
    /// Snapshots that were compared with the events.
    package var snapshotChecks = 0
    /// Snapshots that disagreed with the events and were set aside.
    package var snapshotsSetAside = 0
}

/// What the writer shows to everybody else: the committed state and who is told of the next.
///
/// The lock is held for copies only. State and sinks change under one lock, so that a sink misses no batch and gets none
/// twice: one that is registered after a batch's state was published isn't called with that batch.
final class Publication: Sendable {
    typealias Sink = @Sendable (CommittedBatch) -> Void

    private struct Shown {
        var state: CommittedState
        var end: CommittedEnd?
        var sinks: [Sink] = []
        var writability = TableWritability.writable
        var statistics = TableStatistics()
    }

    private let shown: Mutex<Shown>
    /// The newest committed offset, for cursors over the files.
    let limit: CommittedLimit

    init(_ state: CommittedState, end: (segment: String, byteCount: Int64)?) {
        self.shown = Mutex(Shown(state: state))
        self.limit = CommittedLimit(newestOffset: state.offset)
        self.setEnd(end)
    }

    var state: CommittedState { self.shown.withLock { $0.state } }
    /// The committed document, as the past is looked at from it.
    var present: HistoryResolver.Present {
        let state = self.state
        return HistoryResolver.Present(offset: state.offset, document: state.document)
    }
    var end: CommittedEnd? { self.shown.withLock { $0.end } }
    var writability: TableWritability { self.shown.withLock { $0.writability } }
    var statistics: TableStatistics { self.shown.withLock { $0.statistics } }

    /// Adds a sink and answers the state from which its batches continue.
    func add(_ sink: @escaping Sink) -> CommittedState {
        self.shown.withLock { shown in
            shown.sinks.append(sink)
            return shown.state
        }
    }

    /// Shows a new state and answers who is to be told; called by the writer only.
    func publish(
        _ state: CommittedState, end: (segment: String, byteCount: Int64)?, count: (inout TableStatistics) -> Void
    ) -> [Sink] {
        self.limit.advance(to: state.offset)
        return self.shown.withLock { shown in
            shown.state = state
            shown.end = end.map { CommittedEnd(segment: $0.segment, byteCount: $0.byteCount) }
            count(&shown.statistics)
            return shown.sinks
        }
    }

    /// Says where the journal ends now that a frame was ended.
    func setEnd(_ end: (segment: String, byteCount: Int64)?) {
        self.shown.withLock { shown in
            shown.end = end.map { CommittedEnd(segment: $0.segment, byteCount: $0.byteCount) }
        }
    }

    /// Counts something that changed nothing visible.
    func count(_ body: (inout TableStatistics) -> Void) {
        self.shown.withLock { body(&$0.statistics) }
    }

    /// Says that no changes are taken from now on.
    func stopWriting(reason: String) {
        self.shown.withLock { $0.writability = .readOnly(reason: reason) }
    }
}
