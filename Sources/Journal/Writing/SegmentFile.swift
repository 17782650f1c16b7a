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

    /// The file's size: what was written, and prepared space behind it.
    private var byteCount: Int64

    /// How often was written since space was prepared, or the last was cut off.
    private var appendCount = 0

    private let file: any OpenFile
    private let fileSystem: any FileSystem
    private let preparedByteCount: Int64

    /// So many writes come before the first prepared space, and between two attempts.
    private static let appendsBeforePreparing = 4

    /// Opens the segment that recovery left.
    init(
        opening place: RecoveryPlan.SegmentPlace, fileSystem: any FileSystem, preparedByteCount: Int64
    ) throws(FileError) {
        self.path = place.path
        self.base = place.base
        self.committedLength = place.byteCount
        self.byteCount = place.byteCount
        self.needsFolderSync = false
        self.file = try fileSystem.open(place.path, .readWrite)
        self.fileSystem = fileSystem
        self.preparedByteCount = preparedByteCount
    }

    /// Makes a new segment.
    ///
    /// Its name is durable once its first bytes are.
    init(
        creating base: Int64, folder: String, fileSystem: any FileSystem, preparedByteCount: Int64
    ) throws(FileError) {
        self.path = folder + "/" + JournalFolder.segmentName(base: base)
        self.base = base
        self.committedLength = 0
        self.byteCount = 0
        self.needsFolderSync = true
        self.file = try fileSystem.open(self.path, .createNew)
        self.fileSystem = fileSystem
        self.preparedByteCount = preparedByteCount
    }

    /// Writes behind what was committed and syncs.
    ///
    /// The committed length doesn't change yet; see ``commit(_:)``.
    ///
    /// - Parameter written: Bytes behind the committed length that an earlier call wrote.
    func append(_ bytes: [UInt8], after written: Int64 = 0) throws(Failure) {
        try self.append(bytes, at: self.committedLength + written) { end throws(FileError) in
            try self.prepare(from: end, behind: bytes.count)
        }
    }

    /// The same for bytes that nothing may follow for a while, or at all: prepared space goes.
    func appendLast(_ bytes: [UInt8]) throws(Failure) {
        try self.append(bytes, at: self.committedLength) { end throws(FileError) in try self.cut(to: end) }
    }

    /// - Parameter settleEnd: Does what is to be done behind the bytes before they are synced.
    private func append(
        _ bytes: [UInt8], at position: Int64, settleEnd: (_ end: Int64) throws(FileError) -> Void
    ) throws(Failure) {
        try self.checkPlace()
        let end = position + Int64(bytes.count)
        do throws(FileError) {
            try self.avoidEndMark(behind: end, from: position)
        } catch {
            throw .lost(error)
        }
        do throws(FileError) {
            try self.writeOnce(bytes, at: position)
        } catch {
            // A full disk and a short write are ordinary. Any other failed write is not: the same disk that refused a
            // write is not trusted to cut the file.
            guard error.isDiskFull else { throw .lost(error) }
            try self.cutBack()
            throw .refused(error)
        }
        do throws(FileError) {
            self.byteCount = max(self.byteCount, end)
            try settleEnd(end)
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

    // MARK: Prepared space (journal-format.md)

    /// Takes prepared space off before a write that would leave as much of it as an end mark has: a reader could meet it, and a
    /// power loss leave it behind a part of that write.
    private func avoidEndMark(behind end: Int64, from position: Int64) throws(FileError) {
        guard self.byteCount - end == Int64(FrameFormat.endMark.count) else { return }
        try self.cut(to: position)
        try self.file.syncData()
    }

    /// Sees to it that behind `end`, where a write of so many bytes ends, there is either enough prepared space or none.
    private func prepare(from end: Int64, behind byteCount: Int) throws(FileError) {
        self.appendCount += 1
        let left = self.byteCount - end
        guard left < PreparedSpace.byteCountMin else { return }
        // A table that changes now and then isn't worth it, as its commits are followed by an end mark; nor are large commits, of
        // which few would fit.
        guard self.preparedByteCount >= 4 * Int64(byteCount),
            left > 0 || self.appendCount >= Self.appendsBeforePreparing
        else { return try self.cut(to: end) }
        self.appendCount = 0
        do throws(FileError) {
            try self.fill(from: end, to: end + max(self.preparedByteCount, PreparedSpace.byteCountMin))
        } catch  where error.isDiskFull {
            // The commit has its place; those to come take what they need, or are refused.
            try self.cut(to: end)
        }
    }

    /// The size first and at once, so that no reader meets a few zeros that look like an end mark.
    private func fill(from start: Int64, to end: Int64) throws(FileError) {
        try self.file.truncate(to: end)
        self.byteCount = end
        let zeros = [UInt8](repeating: 0, count: Int(end - start))
        guard try self.file.write(zeros.span.bytes, at: start) == zeros.count else {
            throw FileError(operation: .write, path: self.path, code: FileError.noSpaceCode)
        }
    }

    private func cut(to end: Int64) throws(FileError) {
        guard self.byteCount > end else { return }
        try self.file.truncate(to: end)
        self.byteCount = end
        self.appendCount = 0
    }

    // MARK: Failures

    /// Takes off what was half written, on disk too: what a later commit writes there must not meet old bytes after a crash.
    private func cutBack() throws(Failure) {
        do throws(FileError) {
            try self.file.truncate(to: self.committedLength)
            self.byteCount = self.committedLength
            self.appendCount = 0
            try self.file.syncData()
        } catch {
            throw .lost(error)
        }
    }
}
