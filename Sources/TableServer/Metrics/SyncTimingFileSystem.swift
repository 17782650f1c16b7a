import Journal

/// A disk that times the journal's syncs: every `fdatasync` of a file that is written, which snapshots and blobs don't use.
struct SyncTimingFileSystem: FileSystem {
    let base: any FileSystem
    /// Nanoseconds of a monotonic clock.
    let now: @Sendable () -> UInt64
    let seconds: LatencyHistogram

    /// What is only read needs no detour.
    func open(_ path: String, _ mode: FileOpenMode) throws(FileError) -> any OpenFile {
        let file = try base.open(path, mode)
        return mode == .read ? file : SyncTimingFile(base: file, now: now, seconds: seconds)
    }

    func rename(_ path: String, to newPath: String) throws(FileError) { try base.rename(path, to: newPath) }

    func remove(_ path: String) throws(FileError) { try base.remove(path) }

    func status(_ path: String) throws(FileError) -> FileStatus? { try base.status(path) }
    func modificationTime(_ path: String) throws(FileError) -> Int64? { try base.modificationTime(path) }

    func list(_ folder: String) throws(FileError) -> [String] { try base.list(folder) }

    func makeFolders(_ folder: String) throws(FileError) { try base.makeFolders(folder) }

    func syncFolder(_ folder: String) throws(FileError) { try base.syncFolder(folder) }

    func lock(_ path: String, note: String) throws(FileError) -> any FileLock { try base.lock(path, note: note) }
}

private final class SyncTimingFile: OpenFile {
    private let base: any OpenFile
    private let now: @Sendable () -> UInt64
    private let seconds: LatencyHistogram

    init(base: any OpenFile, now: @escaping @Sendable () -> UInt64, seconds: LatencyHistogram) {
        self.base = base
        self.now = now
        self.seconds = seconds
    }

    var path: String { base.path }

    func size() throws(FileError) -> Int64 { try base.size() }

    func read(at offset: Int64, upTo count: Int) throws(FileError) -> [UInt8] {
        try base.read(at: offset, upTo: count)
    }

    func write(_ bytes: RawSpan, at offset: Int64) throws(FileError) -> Int { try base.write(bytes, at: offset) }

    func isInPlace() throws(FileError) -> Bool { try base.isInPlace() }

    func truncate(to byteCount: Int64) throws(FileError) { try base.truncate(to: byteCount) }

    func startWriteOut(from offset: Int64, count: Int) { base.startWriteOut(from: offset, count: count) }

    /// One that fails took its time, too.
    func syncData() throws(FileError) {
        let begun = now()
        defer { seconds.record(nanoseconds: now() - begun) }
        try base.syncData()
    }

    func sync() throws(FileError) { try base.sync() }

    func close() { base.close() }
}
