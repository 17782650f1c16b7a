import Journal
import Synchronization

/// A disk that counts what is read from its files, and what of them it is asked to write out.
package final class CountingFileSystem: FileSystem {
    private let base: any FileSystem
    private let counted = CountedBytes()
    private let writtenOut = CountedBytes()

    package init(_ base: any FileSystem) { self.base = base }

    /// Bytes that were read so far from files whose names end so.
    package func byteCount(suffix: String) -> Int { counted.byteCount(suffix: suffix) }

    /// Bytes that files whose names end so were asked to write out, though nobody waits for it.
    package func writtenOutByteCount(suffix: String) -> Int { writtenOut.byteCount(suffix: suffix) }

    /// Forgets what was read.
    package func reset() { counted.reset() }

    package func open(_ path: String, _ mode: FileOpenMode) throws(FileError) -> any OpenFile {
        CountingFile(try base.open(path, mode), counted, writtenOut)
    }

    package func rename(_ path: String, to newPath: String) throws(FileError) {
        try base.rename(path, to: newPath)
    }

    package func remove(_ path: String) throws(FileError) { try base.remove(path) }

    package func status(_ path: String) throws(FileError) -> FileStatus? { try base.status(path) }
    package func modificationTime(_ path: String) throws(FileError) -> Int64? { try base.modificationTime(path) }

    package func list(_ folder: String) throws(FileError) -> [String] { try base.list(folder) }

    package func makeFolders(_ folder: String) throws(FileError) { try base.makeFolders(folder) }

    package func syncFolder(_ folder: String) throws(FileError) { try base.syncFolder(folder) }

    package func lock(_ path: String, note: String) throws(FileError) -> any FileLock {
        try base.lock(path, note: note)
    }
}

/// Bytes by path.
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
    private let writtenOut: CountedBytes

    init(_ base: any OpenFile, _ counted: CountedBytes, _ writtenOut: CountedBytes) {
        self.base = base
        self.counted = counted
        self.writtenOut = writtenOut
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

    func startWriteOut(from offset: Int64, count: Int) {
        writtenOut.add(count, path: path)
        base.startWriteOut(from: offset, count: count)
    }

    func syncData() throws(FileError) { try base.syncData() }

    func sync() throws(FileError) { try base.sync() }

    func close() { base.close() }
}
