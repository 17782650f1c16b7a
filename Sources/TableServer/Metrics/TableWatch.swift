import Journal
import NIOCore
import Synchronization
import Table

/// What a table tells of itself behind everybody's back, kept for `/metrics`, `/status` and `/ready`.
///
/// It is there before its table: hand ``fileSystem(over:)``, ``meter`` and ``note(_:)`` over when that is opened. Safe from every
/// thread.
package final class TableWatch: Sendable {
    /// How the newest comparison of a snapshot with the events ended.
    package struct Verification: Sendable, Equatable {
        /// The snapshot's event; nil where the comparison itself failed.
        package let offset: Int64?
        package let time: JournalTime
        /// What was wrong; nil where snapshot and events agree.
        package let fault: String?
    }

    private struct State {
        var verification: Verification?
        var refusal: (reason: String, since: NIODeadline)?
    }

    /// For so long a refused commit counts as the disk's present state, unless one works meanwhile.
    ///
    /// Whoever isn't ready gets no changes from a load balancer, so it would never find out that there is room again.
    package static let refusalMemory = TimeAmount.seconds(30)

    /// From a command's being queued to its events' being on disk.
    package let commits = LatencyHistogram()
    /// How long the journal's `fdatasync` took.
    package let syncs = LatencyHistogram()

    private let clock: JournalClock
    private let state = Mutex(State())
    /// Whether there is a refusal, so that a commit needs no lock.
    private let isRefused = Atomic(false)

    /// - Parameter clock: For the times of what is told.
    package init(clock: @escaping JournalClock = JournalTimes.now) { self.clock = clock }

    // MARK: What the table is opened with

    /// A disk whose syncs are measured.
    package func fileSystem(over base: any FileSystem) -> any FileSystem {
        SyncTimingFileSystem(base: base, now: Self.now, seconds: syncs)
    }

    /// To be told how long commands take.
    package var meter: TableMeter {
        TableMeter(now: Self.now) { [self] nanoseconds in
            commits.record(nanoseconds: nanoseconds)
            if isRefused.load(ordering: .relaxed) { forgetRefusal() }
        }
    }

    /// Takes a notice; for the table's observer.
    package func note(_ notice: TableNotice, at now: NIODeadline = .now()) {
        switch notice {
        case .snapshotChecked(let offset): verified(offset, fault: nil)
        case .snapshotWrong(let offset, let reason, _, _): verified(offset, fault: reason)
        case .snapshotCheckFailed(let reason): verified(nil, fault: reason)
        case .writeRefused(let reason):
            state.withLock { $0.refusal = (reason, now) }
            isRefused.store(true, ordering: .relaxed)
        default: return
        }
    }

    // MARK: What is asked of it

    /// The newest comparison of a snapshot since the start; nil if there was none yet.
    package var verification: Verification? { state.withLock { $0.verification } }

    /// Why the disk takes no changes at present, though it may again; nil if it does as far as is known.
    package func refusal(now: NIODeadline = .now()) -> String? {
        let refusal = state.withLock { $0.refusal }
        guard let refusal, now < refusal.since + Self.refusalMemory else { return nil }
        return refusal.reason
    }

    private func verified(_ offset: Int64?, fault: String?) {
        let time = clock()
        state.withLock { $0.verification = Verification(offset: offset, time: time, fault: fault) }
    }

    private func forgetRefusal() {
        state.withLock { $0.refusal = nil }
        isRefused.store(false, ordering: .relaxed)
    }

    private static let now: @Sendable () -> UInt64 = { NIODeadline.now().uptimeNanoseconds }
}
