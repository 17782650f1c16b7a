import Dispatch
import Journal
import Synchronization
import TestSupport

/// A simulated disk on which opening a file whose path holds a given part waits until it is let go.
final class HeldFileSystem: FileSystem {
    let disk: SimulatedFileSystem
    private let part: String
    private let isReached = DispatchSemaphore(value: 0)
    private let mayGoOn = DispatchSemaphore(value: 0)
    private let holds = Mutex(true)

    init(_ disk: SimulatedFileSystem, holding part: String) {
        self.disk = disk
        self.part = part
    }

    /// Waits until somebody is held.
    func waitUntilReached() { self.isReached.wait() }

    /// Lets the one that is held and all later ones go.
    func letGo() {
        self.holds.withLock { $0 = false }
        self.mayGoOn.signal()
    }

    func open(_ path: String, _ mode: FileOpenMode) throws(FileError) -> any OpenFile {
        if path.contains(self.part), self.holds.withLock({ $0 }) {
            self.isReached.signal()
            self.mayGoOn.wait()
        }
        return try self.disk.open(path, mode)
    }

    func rename(_ path: String, to newPath: String) throws(FileError) { try self.disk.rename(path, to: newPath) }
    func remove(_ path: String) throws(FileError) { try self.disk.remove(path) }
    func status(_ path: String) throws(FileError) -> FileStatus? { try self.disk.status(path) }
    func modificationTime(_ path: String) throws(FileError) -> Int64? { try self.disk.modificationTime(path) }
    func list(_ folder: String) throws(FileError) -> [String] { try self.disk.list(folder) }
    func makeFolders(_ folder: String) throws(FileError) { try self.disk.makeFolders(folder) }
    func syncFolder(_ folder: String) throws(FileError) { try self.disk.syncFolder(folder) }
    func lock(_ path: String, note: String) throws(FileError) -> any FileLock {
        try self.disk.lock(path, note: note)
    }
}
