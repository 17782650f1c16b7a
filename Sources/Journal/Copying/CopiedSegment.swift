/// One segment of a ``JournalCopy``: the file, and the bytes that were received for it.
final class CopiedSegment {
    /// The file's name.
    let name: String
    /// The newest event in the file.
    private(set) var storedOffset: Int64
    /// D of it.
    private(set) var storedChain: ChainDigest
    /// Bytes in the file.
    private(set) var storedByteCount: Int64

    private let path: String
    private let fileSystem: any FileSystem
    private let bytes: GrowingFile
    private var file: (any OpenFile)?
    private var audit: SegmentAudit

    /// The most bytes that one part of the format takes (a block); fewer at the end may be the beginning of one.
    private static let partByteCountMax =
        Int64(FrameFormat.blockByteCountMax + FrameFormat.blockLengthByteCount + FrameFormat.blockChecksumByteCount)

    /// A segment that has no bytes yet; its file is made when there are some.
    init(
        creating path: String, journal: String, lines: LineSequence, chain: ChainDigest?, fileSystem: any FileSystem
    ) {
        self.name = lastPathComponent(of: path)
        self.path = path
        self.fileSystem = fileSystem
        self.storedOffset = lines.nextOffset - 1
        self.storedChain = chain ?? ChainDigest(journal: journal)
        self.storedByteCount = 0
        self.bytes = GrowingFile(path: path, file: nil, byteCount: 0)
        self.audit = SegmentAudit(self.bytes, journal: journal, lines: lines, chain: chain, takesDigests: true)
    }

    /// The last segment as a scan found it, without its torn end; nil in a journal without segments.
    init?(opening plan: RecoveryPlan, journal: String, fileSystem: any FileSystem) throws(JournalError) {
        guard let place = plan.segment else { return nil }
        let file = try journalIO { () throws(FileError) in
            let file = try fileSystem.open(place.path, .readWrite)
            // A torn end, or prepared space that came along from a folder that was copied while it was written.
            if try file.size() > place.byteCount {
                try file.truncate(to: place.byteCount)
                try file.syncData()
            }
            return file
        }
        self.name = lastPathComponent(of: place.path)
        self.path = place.path
        self.fileSystem = fileSystem
        self.file = file
        self.storedOffset = plan.newestOffset
        self.storedChain = plan.chain
        self.storedByteCount = place.byteCount
        self.bytes = GrowingFile(path: place.path, file: file, byteCount: place.byteCount)
        self.audit = try Self.audit(of: plan, at: place, self.bytes, journal: journal)
        guard try self.audit.run() == .endOfFile, self.audit.lines.nextOffset == plan.newestOffset + 1 else {
            throw self.damage(at: place.byteCount, "the last frame reads differently each time")
        }
    }

    /// A check that begins where the last frame does, whose content the next block may refer to.
    private static func audit(
        of plan: RecoveryPlan, at place: RecoveryPlan.SegmentPlace, _ bytes: GrowingFile, journal: String
    ) throws(JournalError) -> SegmentAudit {
        guard let frame = plan.lastFrame, frame.path == place.path else {
            return SegmentAudit(
                bytes, journal: journal,
                lines: LineSequence(nextOffset: plan.newestOffset + 1, newestTime: plan.newestTime),
                chain: plan.chain, takesDigests: true)
        }
        let step = try journalIO { () throws(FileError) in
            var walker = SegmentWalker(bytes, from: frame.range.lowerBound)
            return try walker.next()
        }
        guard case .frame(let header) = step else {
            throw .damaged(
                JournalDamage(
                    file: place.path, byteOffset: frame.range.lowerBound, eventOffset: nil,
                    reason: "a frame header that was there before isn't any more"))
        }
        return SegmentAudit(
            bytes, from: frame.range.lowerBound, journal: journal, lines: LineSequence(nextOffset: header.base),
            takesDigests: true)
    }

    /// The time of the newest event that passed.
    var newestTime: JournalTime? { self.audit.lines.newestTime }

    /// The newest event of a whole commit that passed.
    var passedOffset: Int64 { self.audit.checkpoint.lines.nextOffset - 1 }

    /// D of it.
    var passedChain: ChainDigest { self.audit.checkpoint.chain ?? self.storedChain }

    /// Bytes that passed and aren't in the file.
    var passedByteCount: Int64 { max(0, self.passedEnd - self.storedByteCount) }

    /// Where whole commits end, in the file and behind it; an ended frame without lines belongs to them.
    private var passedEnd: Int64 {
        let commit = self.audit.checkpoint.position
        return self.audit.frame == nil ? max(commit, self.audit.endedPosition) : commit
    }

    /// The last bytes of the file.
    func tail(_ count: Int) throws(FileError) -> [UInt8] {
        let start = max(0, self.storedByteCount - Int64(count))
        return try self.bytes.read(at: start, upTo: Int(self.storedByteCount - start))
    }

    /// Takes bytes and checks them.
    func receive(
        _ received: [UInt8], isAll: Bool, onLine: (_ offset: Int64, _ line: Span<UInt8>) -> Void
    ) throws(JournalError) {
        self.bytes.receive(received)
        let ending = try self.audit.run { lines throws(JournalError) in
            var start = 0
            for (index, end) in lines.lineEnds.enumerated() {
                onLine(lines.firstOffset + Int64(index), lines.bytes.span.extracting(start..<end))
                start = end + 1
            }
        }
        let size = self.storedByteCount + Int64(self.bytes.receivedByteCount)
        switch ending {
        case .endOfFile: break
        case .wrong(let fault): throw self.damage(at: fault.position, fault.reason)
        case .bad(let fault):
            // The rest of the part may be on its way.
            guard !isAll, size - fault.position < Self.partByteCountMax else {
                throw self.damage(at: fault.position, fault.reason)
            }
        }
        guard !isAll || self.passedEnd == size else {
            throw self.damage(at: self.passedEnd, "the bytes end within a commit")
        }
    }

    /// Appends what passed to the file, and syncs it.
    func store() throws(FileError) -> Int64 {
        let end = self.passedEnd
        let passed = self.bytes.received(before: end)
        guard !passed.isEmpty else { return 0 }
        let isNew = self.file == nil
        let file = if let file = self.file { file } else { try self.fileSystem.open(self.path, .createNew) }
        self.file = file
        try file.writeAll(passed, at: self.storedByteCount)
        try file.syncData()
        if isNew { try self.fileSystem.syncFolder(parentFolder(of: self.path)) }
        self.bytes.stored(before: end, in: file)
        self.storedByteCount = end
        self.storedOffset = self.audit.checkpoint.lines.nextOffset - 1
        self.storedChain = self.audit.checkpoint.chain ?? self.storedChain
        return Int64(passed.count)
    }

    /// Ends the segment, as another one follows.
    func finish(before base: Int64) throws(JournalError) {
        guard self.audit.frame == nil, self.bytes.receivedByteCount == 0 else {
            throw self.damage(at: self.passedEnd, "the segment isn't ended, though one from event \(base) follows")
        }
        self.close()
    }

    func close() {
        self.file?.close()
        self.file = nil
    }

    private func damage(at position: Int64, _ reason: String) -> JournalError {
        .damaged(
            JournalDamage(
                file: self.path, byteOffset: position, eventOffset: self.audit.lines.nextOffset, reason: reason))
    }
}
