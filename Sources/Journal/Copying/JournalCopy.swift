/// A copy of a journal that stands elsewhere: its segments, byte for byte, in a folder of its own.
///
/// Bytes are received in order, checked as a recovery checks them (headers, blocks, lines, dense offsets, the chain), and
/// written only as far as they are whole commits. So at every moment, and after a crash at any, the folder holds a journal
/// that can be read and served, and the copying goes on from there. The lock is held as long as the copy is open.
///
/// Not Sendable: belongs to whoever copies.
package final class JournalCopy {
    /// Which journal the copy is of.
    package let identity: JournalIdentity
    /// What opening cut off, if a crash had left part of a write.
    package let tornByteCount: Int64

    private let folder: String
    private let fileSystem: any FileSystem
    private let lock: any FileLock
    private var segment: CopiedSegment?
    /// Where the newest segment ends, once there is none open.
    private var end: (newestOffset: Int64, chain: ChainDigest)

    /// Opens a copy that was begun earlier, under the journal's lock.
    ///
    /// - Returns: `nil` if the folder holds no journal yet; then ``create(_:identity:start:fileSystem:)``.
    /// - Throws: ``JournalError``: locked, damaged (more than a torn end, which is cut off), or what the disk said.
    package static func open(_ folder: String, fileSystem: any FileSystem) throws(JournalError) -> JournalCopy? {
        guard try JournalIdentity.read(folder: folder, fileSystem: fileSystem) != nil else { return nil }
        let lock = try JournalOpening.lock(folder: folder, fileSystem: fileSystem)
        guard let identity = try JournalIdentity.read(folder: folder, fileSystem: fileSystem) else { return nil }
        return try JournalCopy(folder: folder, fileSystem: fileSystem, identity: identity, lock: lock)
    }

    /// Begins a copy.
    ///
    /// - Parameters:
    ///   - identity: The other journal's `journal.json`, as it is.
    ///   - start: The document that it goes on from, packed as it is; `nil` where it names none.
    /// - Throws: ``JournalError/damaged(_:)`` if they aren't what they must be; also where the folder holds segments already.
    package static func create(
        _ folder: String, identity bytes: [UInt8], start: [UInt8]?, fileSystem: any FileSystem
    ) throws(JournalError) -> JournalCopy {
        let path = folder + "/" + JournalFolder.identityName
        let identity = try JournalIdentity.parse(bytes, file: path)
        let lock = try JournalOpening.lock(folder: folder, fileSystem: fileSystem)
        guard try listSegments(folder: folder, fileSystem: fileSystem).isEmpty,
            try JournalIdentity.read(folder: folder, fileSystem: fileSystem) == nil
        else { throw .io(FileError(operation: .open, path: path, code: FileError.thereAlreadyCode)) }
        if let known = identity.start {
            guard let start, let document = SnapshotFile(packed: start), document.offset == known.offset,
                document.chain == known.chain.hex
            else {
                throw .damaged(
                    JournalDamage(
                        file: folder + "/" + known.document, byteOffset: 0, eventOffset: known.offset,
                        reason: "not the document that the journal begins with"))
            }
            // The document first: `journal.json` makes it a journal.
            try journalIO { () throws(FileError) in
                try fileSystem.writeDurably(start, to: folder + "/" + known.document)
            }
        }
        try journalIO { () throws(FileError) in try fileSystem.writeDurably(bytes, to: path) }
        return try JournalCopy(folder: folder, fileSystem: fileSystem, identity: identity, lock: lock)
    }

    private init(
        folder: String, fileSystem: any FileSystem, identity: JournalIdentity, lock: any FileLock
    ) throws(JournalError) {
        let plan = try RecoveryScan(folder: folder, fileSystem: fileSystem, identity: identity).run()
        self.folder = folder
        self.fileSystem = fileSystem
        self.identity = identity
        self.lock = lock
        self.tornByteCount = plan.torn.map { $0.range.upperBound - $0.range.lowerBound } ?? 0
        self.end = (plan.newestOffset, plan.chain)
        self.segment = try CopiedSegment(opening: plan, journal: identity.uuid, fileSystem: fileSystem)
    }

    /// Gives the lock back; what wasn't stored is dropped.
    package func close() {
        self.segment?.close()
        self.lock.unlock()
    }

    // MARK: Where it stands

    /// The newest event in the folder.
    package var newestOffset: Int64 { self.segment?.storedOffset ?? self.end.newestOffset }

    /// D(newestOffset).
    package var chain: ChainDigest { self.segment?.storedChain ?? self.end.chain }

    /// The newest segment's name, and how many of its bytes are in the folder; `nil` before the first.
    package var place: (segment: String, byteCount: Int64)? { self.segment.map { ($0.name, $0.storedByteCount) } }

    /// The last of those bytes, `count` of them or what there is: the source must have the same.
    package func tail(_ count: Int) throws(JournalError) -> [UInt8] {
        guard let segment else { return [] }
        return try journalIO { () throws(FileError) in try segment.tail(count) }
    }

    /// The names and sizes of the segments in the folder, oldest first.
    package func segments() throws(JournalError) -> [SegmentInfo] {
        try listSegments(folder: self.folder, fileSystem: self.fileSystem)
    }

    // MARK: Copying

    /// Goes over to the next segment; the present one must have come whole.
    ///
    /// - Throws: ``JournalError/damaged(_:)`` if it hasn't, or if the new one doesn't follow.
    package func beginSegment(base: Int64) throws(JournalError) {
        let path = self.folder + "/" + JournalFolder.segmentName(base: base)
        if let segment {
            try segment.finish(before: base)
            self.end = (segment.storedOffset, segment.storedChain)
        }
        let isFirst = self.segment == nil && self.end.newestOffset == self.identity.firstOffset - 1
        guard base == self.end.newestOffset + 1 || (isFirst && base <= self.identity.firstOffset) else {
            throw .damaged(
                JournalDamage(
                    file: path, byteOffset: 0, eventOffset: self.end.newestOffset + 1,
                    reason: "the segment before it ends with event \(self.end.newestOffset)"))
        }
        let chain = base == self.end.newestOffset + 1 ? self.end.chain : nil
        self.segment = CopiedSegment(
            creating: path, journal: self.identity.uuid,
            lines: LineSequence(nextOffset: base, newestTime: self.segment?.newestTime), chain: chain,
            fileSystem: self.fileSystem)
    }

    /// Takes the bytes that follow in the present segment, and checks them as far as they go.
    ///
    /// - Parameters:
    ///   - isAll: Whether the source has no more of this segment now, so that they must end with a whole commit.
    ///   - onLine: Gets each line that passed.
    /// - Throws: ``JournalError/damaged(_:)`` for bytes that aren't right; nothing of what isn't stored will be.
    package func receive(
        _ bytes: [UInt8], isAll: Bool, onLine: (_ offset: Int64, _ line: Span<UInt8>) -> Void
    ) throws(JournalError) {
        guard let segment else { preconditionFailure("bytes come within a segment") }
        try segment.receive(bytes, isAll: isAll, onLine: onLine)
    }

    /// The newest event that has passed, stored or not, and D of it.
    package var passedOffset: Int64 { self.segment?.passedOffset ?? self.end.newestOffset }
    package var passedChain: ChainDigest { self.segment?.passedChain ?? self.end.chain }

    /// How many bytes have passed and can be stored.
    package var passedByteCount: Int64 { self.segment?.passedByteCount ?? 0 }

    /// Writes what has passed behind what is in the folder, and syncs.
    ///
    /// - Returns: How many bytes were written.
    @discardableResult
    package func store() throws(JournalError) -> Int64 {
        guard let segment else { return 0 }
        return try journalIO { () throws(FileError) in try segment.store() }
    }
}

extension JournalIdentity {
    /// Reads a `journal.json` that came from elsewhere.
    ///
    /// - Parameter file: Its name, for messages.
    /// - Throws: ``JournalError/damaged(_:)``, ``JournalError/unsupportedFormat(file:format:)``.
    package init(encoded bytes: [UInt8], file: String) throws(JournalError) {
        self = try Self.parse(bytes, file: file)
    }
}
