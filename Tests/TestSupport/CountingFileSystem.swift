import Journal
import Synchronization

/// A disk that counts what is read from its files.
package final class CountingFileSystem: FileSystem {
    private let base: any FileSystem
    private let counted: CountedBytes

    package init(_ base: any FileSystem) {
        self.base = base
        counted = CountedBytes()
    }

    /// Bytes that were read so far from files whose names end so.
    package func byteCount(suffix: String) -> Int { counted.byteCount(suffix: suffix) }

    /// Forgets what was read.
    package func reset() { counted.reset() }

    package func open(_ path: String, _ mode: FileOpenMode) throws(FileError) -> any OpenFile {
        CountingFile(try base.open(path, mode), counted)
    }

    package func rename(_ path: String, to newPath: String) throws(FileError) {
        try base.rename(path, to: newPath)
    }

    package func remove(_ path: String) throws(FileError) { try base.remove(path) }

    package func status(_ path: String) throws(FileError) -> FileStatus? { try base.status(path) }

    package func list(_ folder: String) throws(FileError) -> [String] { try base.list(folder) }

    package func makeFolders(_ folder: String) throws(FileError) { try base.makeFolders(folder) }

    package func syncFolder(_ folder: String) throws(FileError) { try base.syncFolder(folder) }

    package func lock(_ path: String, note: String) throws(FileError) -> any FileLock {
        try base.lock(path, note: note)
    }
}

/// Bytes read by path.
private final class CountedBytes: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func add(_ count: Int, path: String) {
        counts.withLock { $0[path, default: 0] += count }
    }

    func byteCount(suffix: String) -> Int {
        counts.withLock { $0.reduce(0) { $0 + ($1.key.hasSuffix(suffix) ? $1.value : 0) } }
    }

    func reset() {
        counts.withLock { $0 = [:] }
    }
}

private final class CountingFile: OpenFile {
    private let base: any OpenFile
    private let counted: CountedBytes

    init(_ base: any OpenFile, _ counted: CountedBytes) {
        self.base = base
        self.counted = counted
    }

    var path: String { base.path }

    func size() throws(FileError) -> Int64 { try base.size() }

    func read(at offset: Int64, upTo count: Int) throws(FileError) -> [UInt8] {
        let bytes = try base.read(at: offset, upTo: count)
        counted.add(bytes.count, path: path)
        return bytes
    }

    func write(_ bytes: RawSpan, at offset: Int64) throws(FileError) -> Int { try base.write(bytes, at: offset) }

    func isInPlace() throws(FileError) -> Bool { try base.isInPlace() }

    func truncate(to byteCount: Int64) throws(FileError) { try base.truncate(to: byteCount) }

    func syncData() throws(FileError) { try base.syncData() }

    func sync() throws(FileError) { try base.sync() }

    func close() { base.close() }
}
