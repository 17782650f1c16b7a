import Journal
import Synchronization
import TestSupport

/// A disk as a journal with a ``Weakness`` would use it: the calls that it would leave out do nothing.
struct WeakenedFileSystem: FileSystem {
    let base: SimulatedFileSystem
    let weakness: Weakness

    func open(_ path: String, _ mode: FileOpenMode) throws(FileError) -> any OpenFile {
        WeakenedFile(try self.base.open(path, mode), weakness: self.weakness)
    }

    func rename(_ path: String, to newPath: String) throws(FileError) { try self.base.rename(path, to: newPath) }

    func remove(_ path: String) throws(FileError) { try self.base.remove(path) }

    func status(_ path: String) throws(FileError) -> FileStatus? { try self.base.status(path) }

    func modificationTime(_ path: String) throws(FileError) -> Int64? { try self.base.modificationTime(path) }

    func list(_ folder: String) throws(FileError) -> [String] { try self.base.list(folder) }

    func makeFolders(_ folder: String) throws(FileError) { try self.base.makeFolders(folder) }

    func syncFolder(_ folder: String) throws(FileError) {
        if self.weakness != .noFolderSync { try self.base.syncFolder(folder) }
    }

    func lock(_ path: String, note: String) throws(FileError) -> any FileLock { try self.base.lock(path, note: note) }
}

private final class WeakenedFile: OpenFile {
    private let base: any OpenFile
    private let weakness: Weakness
    /// The last change was a cut.
    private let isCut = Mutex(false)

    var path: String { self.base.path }

    init(_ base: any OpenFile, weakness: Weakness) {
        self.base = base
        self.weakness = weakness
    }

    func size() throws(FileError) -> Int64 { try self.base.size() }

    func read(at offset: Int64, upTo count: Int) throws(FileError) -> [UInt8] {
        guard self.weakness == .noChecksum, self.path.hasSuffix(JournalFolder.segmentSuffix) else {
            return try self.base.read(at: offset, upTo: count)
        }
        let bytes = withRightChecksums(try self.base.readAll())
        let start = min(Int(offset), bytes.count)
        return Array(bytes[start..<min(bytes.count, start + count)])
    }

    func write(_ bytes: RawSpan, at offset: Int64) throws(FileError) -> Int {
        self.isCut.withLock { $0 = false }
        if self.weakness == .noRewrite, bytes.byteCount > 0 {
            let present = try self.base.read(at: offset, upTo: bytes.byteCount)
            if bytes.withUnsafeBytes({ $0.elementsEqual(present) }) { return bytes.byteCount }
        }
        return try self.base.write(bytes, at: offset)
    }

    func truncate(to byteCount: Int64) throws(FileError) {
        try self.base.truncate(to: byteCount)
        self.isCut.withLock { $0 = true }
    }

    func startWriteOut(from offset: Int64, count: Int) { self.base.startWriteOut(from: offset, count: count) }

    func syncData() throws(FileError) {
        let wasCut = self.isCut.withLock { isCut in
            defer { isCut = false }
            return isCut
        }
        switch self.weakness {
        case .noDataSync: return
        case .noSyncAfterCut where wasCut: return
        default: try self.base.syncData()
        }
    }

    func sync() throws(FileError) { try self.base.sync() }

    func close() { self.base.close() }
}

/// A segment whose blocks' checksums hold, whatever stands in the blocks: what a reader sees that doesn't compare them.
private func withRightChecksums(_ segment: [UInt8]) -> [UInt8] {
    var bytes = segment
    for block in SegmentMap(of: segment).items where block.kind == .block {
        let content = block.range.lowerBound + 4..<block.range.upperBound - 4
        let checksum = blockChecksum(bytes, content)
        for index in 0..<4 { bytes[content.upperBound + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index)) }
    }
    return bytes
}
