import Journal
import Synchronization

/// Writes snapshots on a thread of its own, one at a time, without the writer waiting for it.
///
/// It is given immutable values, so nothing stops while one is serialised. A snapshot is a cache: one that can't be
/// written is reported and forgotten. When there is none to write, the thread checks those that are there.
final class SnapshotScheduler: Sendable {
    private let writing: SnapshotWriting
    private let thread: GroupCommitter<TableContent>
    private let check: SnapshotCheck

    init(store: SnapshotStore, journal uuid: String, check: SnapshotCheck, observer: @escaping TableObserver) {
        let writing = SnapshotWriting(store: store, uuid: uuid, observer: observer)
        self.writing = writing
        self.check = check
        self.thread = GroupCommitter(
            name: "snapshots", capacity: 1,
            process: { contents in
                for content in contents { writing.write(content) }
                writing.isBusy.withLock { $0 = false }
            },
            idle: { check.runIfDue() })
    }

    /// Takes `content` if no other snapshot is being written.
    func offer(_ content: TableContent) -> Bool {
        let isFree = self.writing.isBusy.withLock { isBusy in
            defer { isBusy = true }
            return !isBusy
        }
        return isFree && self.thread.submit(content)
    }

    /// Waits for the snapshot that is being written, then writes `content`, if any, on the caller's thread.
    func finish(_ content: TableContent?) {
        self.check.stop()
        self.thread.stop()
        if let content { self.writing.write(content) }
    }
}

/// What the snapshots' thread works with.
private final class SnapshotWriting: Sendable {
    let isBusy = Mutex(false)
    private let store: SnapshotStore
    private let uuid: String
    private let observer: TableObserver

    init(store: SnapshotStore, uuid: String, observer: @escaping TableObserver) {
        self.store = store
        self.uuid = uuid
        self.observer = observer
    }

    func write(_ content: TableContent) {
        let file = content.snapshotFile(journal: self.uuid)
        do {
            try self.store.write(file)
            self.observer(.snapshotWritten(offset: file.offset, byteCount: file.document.count))
        } catch {
            self.observer(.snapshotFailed(offset: file.offset, reason: "\(error)"))
        }
    }
}
