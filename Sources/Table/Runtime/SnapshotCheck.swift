import JSONDocument
import Journal
import Synchronization

/// Compares a snapshot with what the events come to, now and then while the table runs.
///
/// A snapshot's checksum shows what the disk does to it, not what was wrong before it was written. One is looked at a time, on the
/// snapshots' thread, by replaying from the one before it: as many events as lie between two snapshots. Only where they disagree
/// everything is replayed, to tell which one is wrong. That one is set aside (renamed, kept), reported, counted and made anew from
/// the events.
final class SnapshotCheck: Sendable {
    private struct Progress {
        var newest: JournalTime
        var lastOffset: Int64 = -1
    }

    /// The table is closing.
    private struct Stopped: Error {}

    private let store: SnapshotStore
    private let reader: JournalReader
    private let limit: CommittedLimit
    private let configuration: TableConfiguration
    /// The snapshot that the running table was built from.
    private let startedFrom: Int64?
    private let count: @Sendable ((inout TableStatistics) -> Void) -> Void
    private let progress: Mutex<Progress>
    private let isStopping = Atomic(false)

    /// - Parameters:
    ///   - limit: The newest committed event.
    ///   - count: Counts in the table's statistics.
    init(
        store: SnapshotStore, reader: JournalReader, limit: CommittedLimit, startedFrom: Int64?,
        configuration: TableConfiguration, count: @escaping @Sendable ((inout TableStatistics) -> Void) -> Void
    ) {
        self.store = store
        self.reader = reader
        self.limit = limit
        self.startedFrom = startedFrom
        self.configuration = configuration
        self.count = count
        self.progress = Mutex(Progress(newest: configuration.clock()))
    }

    /// Ends a check that is running; none begins after it.
    func stop() { self.isStopping.store(true, ordering: .relaxed) }

    private var hasStopped: Bool { self.isStopping.load(ordering: .relaxed) }

    /// Looks at the next snapshot if it is time.
    func runIfDue() {
        guard let interval = self.configuration.options.snapshotCheckMilliseconds else { return }
        let now = self.configuration.clock()
        let isDue = self.progress.withLock { progress in
            // A clock that jumps makes this early or late, which is harmless.
            guard abs(now.milliseconds - progress.newest.milliseconds) >= interval else { return false }
            progress.newest = now
            return true
        }
        if isDue { self.run() }
    }

    /// Looks at the next snapshot in turn.
    func run() {
        do {
            let offsets = try self.store.list()
            guard let target = self.next(of: offsets) else { return }
            let reason = try self.fault(of: target)
            self.count { $0.snapshotChecks += 1 }
            guard let reason else { return self.configuration.observer(.snapshotChecked(offset: target)) }
            try self.sort(out: offsets, because: (target, reason))
        } catch is Stopped {
            return
        } catch {
            self.configuration.observer(.snapshotCheckFailed(reason: "\(error)"))
        }
    }

    /// The oldest has nothing before it but the journal's start, and was looked at when it was young.
    private func next(of offsets: [Int64]) -> Int64? {
        let candidates = offsets.count > 1 ? Array(offsets.dropFirst()) : offsets
        return self.progress.withLock { progress in
            let next = candidates.first { $0 > progress.lastOffset } ?? candidates.first
            if let next { progress.lastOffset = next }
            return next
        }
    }

    /// What is wrong with a snapshot, going by the one before it.
    private func fault(of offset: Int64) throws -> String? {
        guard offset <= self.limit.newestOffset else { return "the journal has no event \(offset)" }
        var fold = try History(reader: self.reader, snapshots: self.store).start(atOrBelow: offset - 1)
        do throws(TableError) {
            try self.reader.forEachLine(after: fold.offset, through: offset) { line throws(TableError) in
                if !self.hasStopped { try fold.advance(line) }
            }
        } catch {
            // A wrong snapshot before it may be the cause.
            return "\(error)"
        }
        guard !self.hasStopped else { throw Stopped() }
        return try self.fault(of: offset, document: fold.document)
    }

    private func fault(of offset: Int64, document: JSONValue) throws(JournalError) -> String? {
        guard let file = try self.store.read(offset) else { return "it can't be read" }
        guard file.chain == (try self.reader.chain(at: offset)).hex else { return "its chain isn't the journal's" }
        guard let stored = try? file.parsedDocument() else {
            return "its document isn't JSON"
        }
        let digest = DocumentDigest.compute(document)
        guard DocumentDigest.compute(stored) == digest, file.digest == digest else {
            return "its document isn't the one that the events come to"
        }
        return nil
    }

    // MARK: Where one is wrong

    /// Replays everything, sets aside each snapshot that disagrees, and writes it anew.
    private func sort(out offsets: [Int64], because first: (offset: Int64, reason: String)) throws {
        var replay = TableReplay(
            fold: try self.reader.firstDocument(), window: self.configuration.options.commandWindow)
        var found = false
        for offset in offsets {
            guard offset <= self.limit.newestOffset else {
                try self.setAside(offset, "the journal has no event \(offset)")
                found = true
                continue
            }
            try self.reader.forEachLine(after: replay.fold.offset, through: offset) { line throws(TableError) in
                if !self.hasStopped { try replay.apply(line) }
            }
            guard !self.hasStopped else { throw Stopped() }
            guard let reason = try self.fault(of: offset, document: replay.fold.document) else { continue }
            found = true
            try self.setAside(offset, reason)
            try self.rebuild(replay)
        }
        guard !found else { return }
        self.configuration.observer(.snapshotCheckFailed(reason: "snapshot \(first.offset): \(first.reason)"))
    }

    private func setAside(_ offset: Int64, _ reason: String) throws(JournalError) {
        guard let path = try self.store.setAside(offset) else { return }
        self.count { $0.snapshotsSetAside += 1 }
        let isServed = self.startedFrom.map { offset >= $0 } ?? false
        self.configuration.observer(
            .snapshotWrong(offset: offset, reason: reason, keptAs: path, isServed: isServed))
    }

    private func rebuild(_ replay: TableReplay) throws(JournalError) {
        let copy = replay
        let content = copy.content(chain: try self.reader.chain(at: replay.fold.offset), time: .epoch)
        let file = content.snapshotFile(journal: self.reader.identity.uuid)
        try self.store.write(file)
        self.configuration.observer(.snapshotWritten(offset: file.offset, byteCount: file.document.count))
    }
}
