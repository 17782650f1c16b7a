import Glibc
import Journal
import Synchronization

/// A disk that works for so many changes and then not at all, as if the process had been killed there: whoever cleans up after an
/// error finds that it can't.
package final class DyingFileSystem: FileSystem {
    private let disk: any FileSystem
    private let left: Atomic<Int>
    private let made = Mutex<[String]>([])

    /// - Parameter count: Changes (files opened for writing, writes, syncs, renames, …) that go through.
    package init(_ disk: any FileSystem, after count: Int) {
        self.disk = disk
        self.left = Atomic(count)
    }

    /// Whether it has ended.
    package var isDead: Bool { self.left.load(ordering: .relaxed) < 0 }

    /// The changes that went through: what was done, and the name of the file or folder.
    package var changes: [String] { self.made.withLock { $0 } }

    /// Counts a change that goes another way than through this, and fails once it has ended.
    package func change(_ operation: FileError.Operation, _ path: String) throws(FileError) {
        if self.left.subtract(1, ordering: .relaxed).newValue < 0 {
            self.left.store(-1, ordering: .relaxed)
            throw FileError(operation: operation, path: path, code: EIO)
        }
        self.made.withLock { $0.append("\(operation.rawValue) \(lastPathComponent(of: path))") }
    }

    private func look(_ operation: FileError.Operation, _ path: String) throws(FileError) {
        if self.isDead { throw FileError(operation: operation, path: path, code: EIO) }
    }

    package func open(_ path: String, _ mode: FileOpenMode) throws(FileError) -> any OpenFile {
        if mode == .read { try self.look(.open, path) } else { try self.change(.open, path) }
        return DyingFile(self, try self.disk.open(path, mode))
    }

    package func rename(_ path: String, to newPath: String) throws(FileError) {
        try self.change(.rename, path)
        try self.disk.rename(path, to: newPath)
    }

    package func remove(_ path: String) throws(FileError) {
        try self.change(.remove, path)
        try self.disk.remove(path)
    }

    package func status(_ path: String) throws(FileError) -> FileStatus? {
        try self.look(.status, path)
        return try self.disk.status(path)
    }

    package func modificationTime(_ path: String) throws(FileError) -> Int64? {
        try self.look(.status, path)
        return try self.disk.modificationTime(path)
    }

    package func list(_ folder: String) throws(FileError) -> [String] {
        try self.look(.list, folder)
        return try self.disk.list(folder)
    }

    package func makeFolders(_ folder: String) throws(FileError) {
        try self.change(.makeFolder, folder)
        try self.disk.makeFolders(folder)
    }

    package func syncFolder(_ folder: String) throws(FileError) {
        try self.change(.syncFolder, folder)
        try self.disk.syncFolder(folder)
    }

    package func lock(_ path: String, note: String) throws(FileError) -> any FileLock {
        try self.look(.lock, path)
        return try self.disk.lock(path, note: note)
    }
}

private final class DyingFile: OpenFile {
    private let disk: DyingFileSystem
    private let file: any OpenFile

    init(_ disk: DyingFileSystem, _ file: any OpenFile) {
        self.disk = disk
        self.file = file
    }

    var path: String { self.file.path }

    func size() throws(FileError) -> Int64 { try self.file.size() }

    func read(at offset: Int64, upTo count: Int) throws(FileError) -> [UInt8] {
        try self.file.read(at: offset, upTo: count)
    }

    func write(_ bytes: RawSpan, at offset: Int64) throws(FileError) -> Int {
        try self.disk.change(.write, self.path)
        return try self.file.write(bytes, at: offset)
    }

    func truncate(to byteCount: Int64) throws(FileError) {
        try self.disk.change(.truncate, self.path)
        try self.file.truncate(to: byteCount)
    }

    func startWriteOut(from offset: Int64, count: Int) { self.file.startWriteOut(from: offset, count: count) }

    func syncData() throws(FileError) {
        try self.disk.change(.sync, self.path)
        try self.file.syncData()
    }

    func sync() throws(FileError) {
        try self.disk.change(.sync, self.path)
        try self.file.sync()
    }

    func close() { self.file.close() }
}
