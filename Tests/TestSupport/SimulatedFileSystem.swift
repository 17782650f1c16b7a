import Glibc
import Journal
import Synchronization

/// A disk in memory that can fail like a real one.
///
/// Fault model. Each file has what programs see (the page cache) and what is on disk. A write changes the first at once; the
/// second follows with a sync. When the power goes (``crash(seed:)``), of everything not synced each piece is on disk or isn't,
/// independently, in whatever order it was written; a piece that isn't reads as zeros, or as what was there before; the size is
/// that of any moment in between. A piece is a sector of 512 bytes, a page of 4096, or a few bytes from anywhere to anywhere.
/// Names (creation, rename, removal) are on disk up to any point in their folder's order, and surely once the
/// folder is synced; syncing a file doesn't sync its name. A failed sync writes some pieces, and forgets the others: the next
/// sync, which works, doesn't write them, although programs still see them.
package final class SimulatedFileSystem: FileSystem {
    let state: Mutex<SimulatedDisk>

    package init() {
        self.state = Mutex(SimulatedDisk())
    }

    init(_ disk: SimulatedDisk) {
        self.state = Mutex(disk)
    }

    // MARK: Faults

    /// Room for file contents in bytes; nil: endless.
    ///
    /// A write that doesn't fit is short, or fails with `ENOSPC` if nothing fits.
    package func setCapacity(_ byteCount: Int?) { self.state.withLock { $0.capacity = byteCount } }

    /// Lets a coming call fail; `skipping` calls of that kind go through before.
    package func fail(_ operation: FileError.Operation, code: Int32, skipping: Int = 0) {
        self.state.withLock { $0.failures.append(.init(operation: operation, code: code, skipping: skipping)) }
    }

    /// Lets a coming write take only so many bytes.
    package func shortenWrite(to byteCount: Int, skipping: Int = 0) {
        self.state.withLock { $0.shortWrites.append(.init(byteCount: byteCount, skipping: skipping)) }
    }

    /// Switches the power off after so many more changes (writes, syncs, renames, …): everything fails until ``crash(seed:)``.
    package func switchOff(afterChanges count: Int) { self.state.withLock { $0.changesUntilOff = count } }

    /// Whether the power is off.
    package var isOff: Bool { self.state.withLock { $0.isOff } }

    /// The call at which the power went off; for traces.
    package var offAt: (operation: FileError.Operation, path: String)? { self.state.withLock { $0.offAt } }

    /// The faults that took effect since the last restart, by kind.
    package var faultCounts: [SimulatedFault: Int] { self.state.withLock { $0.faultCounts } }

    /// How many changes there were so far.
    package var changeCount: Int { self.state.withLock { $0.changeCount } }

    /// The disk after a power loss, as one of the possible outcomes; the seed chooses.
    ///
    /// This one stays as it is.
    package func crash(seed: UInt64) -> SimulatedFileSystem {
        SimulatedFileSystem(
            self.state.withLock { disk in
                var generator = SeededGenerator(seed: seed)
                return disk.afterPowerLoss(&generator)
            })
    }

    /// The disk after the process was killed: nothing is lost but the locks.
    ///
    /// This one stays as it is.
    package func afterKill() -> SimulatedFileSystem {
        SimulatedFileSystem(self.state.withLock { $0.afterKill() })
    }

    // MARK: Looking and tampering

    /// A file's content as programs see it; nil if there is none.
    package func bytes(of path: String) -> [UInt8]? { self.state.withLock { $0.content(of: path) } }

    /// Puts a file on the disk, durably, whatever was there.
    package func put(_ bytes: [UInt8], at path: String) { self.state.withLock { $0.put(bytes, at: path) } }

    /// Bytes of all files.
    package var usedByteCount: Int { self.state.withLock { $0.usedByteCount } }

    /// Removes a file, durably.
    package func erase(_ path: String) { self.state.withLock { $0.erase(path) } }

    /// All files, sorted.
    package var paths: [String] { self.state.withLock { $0.names.keys.sorted() } }

    // MARK: FileSystem

    package func open(_ path: String, _ mode: FileOpenMode) throws(FileError) -> any OpenFile {
        let node = try self.change { disk throws(FileError) in try disk.open(path, mode) }
        return SimulatedFile(self, path: path, node: node)
    }

    package func rename(_ path: String, to newPath: String) throws(FileError) {
        try self.change { disk throws(FileError) in try disk.rename(path, newPath) }
    }

    package func remove(_ path: String) throws(FileError) {
        try self.change { disk throws(FileError) in try disk.remove(path) }
    }

    package func status(_ path: String) throws(FileError) -> FileStatus? {
        try self.change { disk throws(FileError) in try disk.status(path) }
    }

    /// There is no clock here: everything is of 1970.
    package func modificationTime(_ path: String) throws(FileError) -> Int64? {
        try self.status(path).map { _ in 0 }
    }

    package func list(_ folder: String) throws(FileError) -> [String] {
        try self.change { disk throws(FileError) in try disk.list(folder) }
    }

    package func makeFolders(_ folder: String) throws(FileError) {
        try self.change { disk throws(FileError) in try disk.makeFolders(folder) }
    }

    package func syncFolder(_ folder: String) throws(FileError) {
        try self.change { disk throws(FileError) in try disk.syncFolder(folder) }
    }

    package func lock(_ path: String, note: String) throws(FileError) -> any FileLock {
        try self.change { disk throws(FileError) in try disk.lock(path, note: note) }
        return SimulatedLock(self, path: path)
    }

    func change<Value>(_ body: (inout SimulatedDisk) throws(FileError) -> Value) throws(FileError) -> Value {
        let result: Result<Value, FileError> = self.state.withLock { disk in
            do throws(FileError) {
                return .success(try body(&disk))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

/// An open file of the simulated disk.
private final class SimulatedFile: OpenFile {
    private let fileSystem: SimulatedFileSystem
    let path: String
    private let node: Int

    init(_ fileSystem: SimulatedFileSystem, path: String, node: Int) {
        self.fileSystem = fileSystem
        self.path = path
        self.node = node
    }

    func size() throws(FileError) -> Int64 {
        try self.fileSystem.change { disk throws(FileError) in try disk.size(of: self.node, self.path) }
    }

    func read(at offset: Int64, upTo count: Int) throws(FileError) -> [UInt8] {
        try self.fileSystem.change { disk throws(FileError) in
            try disk.read(self.node, self.path, at: Int(offset), upTo: count)
        }
    }

    func write(_ bytes: RawSpan, at offset: Int64) throws(FileError) -> Int {
        let copy = bytes.withUnsafeBytes { Array($0) }
        return try self.fileSystem.change { disk throws(FileError) in
            try disk.write(copy, to: self.node, self.path, at: Int(offset))
        }
    }

    func truncate(to byteCount: Int64) throws(FileError) {
        try self.fileSystem.change { disk throws(FileError) in
            try disk.truncate(self.node, self.path, to: Int(byteCount))
        }
    }

    /// Nothing more is certain after it: a crash loses what was not synced, whether or not it was on its way.
    func startWriteOut(from offset: Int64, count: Int) {}

    func syncData() throws(FileError) {
        try self.fileSystem.change { disk throws(FileError) in try disk.sync(self.node, self.path) }
    }

    func sync() throws(FileError) { try self.syncData() }

    func close() {}
}

private final class SimulatedLock: FileLock {
    private let fileSystem: SimulatedFileSystem
    private let path: String

    init(_ fileSystem: SimulatedFileSystem, path: String) {
        self.fileSystem = fileSystem
        self.path = path
    }

    deinit { self.unlock() }

    func unlock() { self.fileSystem.state.withLock { $0.unlock(self.path) } }
}
