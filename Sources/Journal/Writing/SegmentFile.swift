/// The segment that is being written: an open file and the length up to which it holds what was committed.
///
/// Not Sendable: the journal's writer owns it.
final class SegmentFile {
    /// What a write came to.
    enum Failure: Error {
        /// The file isn't where it was any more: nothing was written, and nothing will be.
        case gone(FileError)
        /// Nothing of it is left; the next one may work.
        case refused(FileError)
        /// What the disk holds isn't known any more.
        case lost(FileError)
    }

    /// Where it is.
    let path: String

    /// Offset of its first event.
    let base: Int64

    /// All bytes before this one are synced, and end with a whole commit (or its frame's end mark).
    private(set) var committedLength: Int64

    /// The file's name isn't durable yet.
    private var needsFolderSync: Bool

    private let file: any OpenFile
    private let fileSystem: any FileSystem

    /// Opens the segment that recovery left.
    init(opening place: RecoveryPlan.SegmentPlace, fileSystem: any FileSystem) throws(FileError) {
        self.path = place.path
        self.base = place.base
        self.committedLength = place.byteCount
        self.needsFolderSync = false
        self.file = try fileSystem.open(place.path, .readWrite)
        self.fileSystem = fileSystem
    }

    /// Makes a new segment.
    ///
    /// Its name is durable once its first bytes are.
    init(creating base: Int64, folder: String, fileSystem: any FileSystem) throws(FileError) {
        self.path = folder + "/" + JournalFolder.segmentName(base: base)
        self.base = base
        self.committedLength = 0
        self.needsFolderSync = true
        self.file = try fileSystem.open(self.path, .createNew)
        self.fileSystem = fileSystem
    }

    /// Writes behind what was committed and syncs.
    ///
    /// The committed length doesn't change yet; see ``commit(_:)``.
    ///
    /// - Parameter written: Bytes behind the committed length that an earlier call wrote.
    func append(_ bytes: [UInt8], after written: Int64 = 0) throws(Failure) {
        try self.checkPlace()
        do throws(FileError) {
            try self.writeOnce(bytes, at: self.committedLength + written)
        } catch {
            // A full disk and a short write are ordinary. Any other failed write is not: the same disk that refused a
            // write is not trusted to cut the file.
            guard error.isDiskFull else { throw .lost(error) }
            try self.cutBack()
            throw .refused(error)
        }
        do throws(FileError) {
            try self.file.syncData()
            if self.needsFolderSync {
                try self.fileSystem.syncFolder(parentFolder(of: self.path))
                self.needsFolderSync = false
            }
        } catch {
            throw .lost(error)
        }
    }

    /// What is written into a file that somebody removed or moved away must not be acknowledged.
    private func checkPlace() throws(Failure) {
        let isInPlace: Bool
        do throws(FileError) {
            isInPlace = try self.file.isInPlace()
        } catch {
            throw .gone(error)
        }
        guard isInPlace else { throw .gone(.missing(self.path)) }
    }

    /// Counts bytes that were appended as committed.
    func commit(_ byteCount: Int) { self.committedLength += Int64(byteCount) }

    /// Closes the file; all that is committed is synced.
    func close() { self.file.close() }

    /// One write call (per gigabyte: the system takes no more at once).
    ///
    /// A short one counts as a full disk.
    private func writeOnce(_ bytes: [UInt8], at position: Int64) throws(FileError) {
        let piece = 1 << 30
        var start = 0
        while start < bytes.count {
            let end = min(start + piece, bytes.count)
            let part = bytes.span.bytes.extracting(start..<end)
            guard try self.file.write(part, at: position + Int64(start)) == end - start else {
                throw FileError(operation: .write, path: self.path, code: FileError.noSpaceCode)
            }
            start = end
        }
    }

    /// Takes off what was half written, on disk too: what a later commit writes there must not meet old bytes after a crash.
    private func cutBack() throws(Failure) {
        do throws(FileError) {
            try self.file.truncate(to: self.committedLength)
            try self.file.syncData()
        } catch {
            throw .lost(error)
        }
    }
}
