import Glibc
import Journal

/// A disk with a bad place: reads of it fail with EIO, always, and all else works.
package struct UnreadableFileSystem: FileSystem {
    private let disk: any FileSystem
    private let path: String
    private let bytes: Range<Int64>

    /// - Parameters:
    ///   - path: The file that the bad place is in.
    ///   - bytes: The bytes of it that can't be read.
    package init(_ disk: any FileSystem, path: String, bytes: Range<Int64>) {
        self.disk = disk
        self.path = path
        self.bytes = bytes
    }

    package func open(_ path: String, _ mode: FileOpenMode) throws(FileError) -> any OpenFile {
        let file = try self.disk.open(path, mode)
        return path == self.path ? UnreadableFile(file, bytes: self.bytes) : file
    }

    package func rename(_ path: String, to newPath: String) throws(FileError) {
        try self.disk.rename(path, to: newPath)
    }

    package func remove(_ path: String) throws(FileError) { try self.disk.remove(path) }
    package func status(_ path: String) throws(FileError) -> FileStatus? { try self.disk.status(path) }
    package func modificationTime(_ path: String) throws(FileError) -> Int64? { try self.disk.modificationTime(path) }
    package func list(_ folder: String) throws(FileError) -> [String] { try self.disk.list(folder) }
    package func makeFolders(_ folder: String) throws(FileError) { try self.disk.makeFolders(folder) }
    package func syncFolder(_ folder: String) throws(FileError) { try self.disk.syncFolder(folder) }

    package func lock(_ path: String, note: String) throws(FileError) -> any FileLock {
        try self.disk.lock(path, note: note)
    }
}

private final class UnreadableFile: OpenFile {
    private let file: any OpenFile
    private let bytes: Range<Int64>

    init(_ file: any OpenFile, bytes: Range<Int64>) {
        self.file = file
        self.bytes = bytes
    }

    var path: String { self.file.path }

    func read(at offset: Int64, upTo count: Int) throws(FileError) -> [UInt8] {
        guard !self.bytes.overlaps(offset..<offset + Int64(count)) else {
            throw FileError(operation: .read, path: self.path, code: EIO)
        }
        return try self.file.read(at: offset, upTo: count)
    }

    func size() throws(FileError) -> Int64 { try self.file.size() }
    func write(_ bytes: RawSpan, at offset: Int64) throws(FileError) -> Int { try self.file.write(bytes, at: offset) }
    func isInPlace() throws(FileError) -> Bool { try self.file.isInPlace() }
    func truncate(to byteCount: Int64) throws(FileError) { try self.file.truncate(to: byteCount) }
    func startWriteOut(from offset: Int64, count: Int) { self.file.startWriteOut(from: offset, count: count) }
    func syncData() throws(FileError) { try self.file.syncData() }
    func sync() throws(FileError) { try self.file.sync() }
    func close() { self.file.close() }
}
