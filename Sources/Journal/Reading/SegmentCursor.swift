/// Reads the lines of one segment from a frame on.
struct SegmentCursor: Sendable {
    /// The segment, as it was when it was opened.
    let info: SegmentInfo

    /// The offset of the next line that comes out of the decoder.
    private(set) var lineOffset: Int64

    private var walker: SegmentWalker
    private var decoder = FrameDecoder()
    private var fault: SegmentFault?
    /// The large commit that the frame is, if it is one.
    private var commit: Int64?
    /// Blocks of the frame so far.
    private var blockCount: Int64 = 0

    /// Chunks are handed out from this size on; the largest is one block, or one line, more.
    private static let chunkByteCount = 128 << 10

    /// - Parameters:
    ///   - position: Where a frame's header begins.
    ///   - base: Offset of that frame's first line.
    init(_ info: SegmentInfo, _ file: any OpenFile, position: Int64, base: Int64) {
        self.info = info
        self.walker = SegmentWalker(file, from: position, readByteCount: 64 << 10)
        self.lineOffset = base
    }

    /// Whether what was met at its end can't be read.
    var isFaulty: Bool { self.fault != nil }

    /// The next whole lines; nil where the segment ends for now.
    ///
    /// Then ``judgeEnd()`` tells whether that is an end.
    mutating func next(identity: JournalIdentity) throws(JournalError) -> LineChunk? {
        self.fault = nil
        var hasReadAgain = false
        while true {
            let before = self.walker
            switch try self.step() {
            case .frame(let header):
                guard try self.begin(header, identity, at: before.position) else {
                    // A large commit that isn't whole yet: to be met again.
                    self.walker = before
                    self.walker.forgetWindow()
                    return nil
                }
            case .block(let block):
                guard self.decoder.append(block, of: self.walker.window) else {
                    throw self.damage(at: before.position, "a block whose checksum holds and that doesn't unpack")
                }
                self.blockCount += 1
                if self.decoder.pendingByteCount >= Self.chunkByteCount, let chunk = try self.takeLines() {
                    return chunk
                }
            case .endMark:
                guard self.decoder.endsWithLine else {
                    throw self.damage(at: before.position, "a frame that ends within a line")
                }
                if let chunk = try self.takeLines() { return chunk }
            case .endOfFile:
                self.walker.forgetWindow()
                return try self.takeLines()
            case .zeros(let fault), .bad(let fault):
                if let chunk = try self.takeLines() { return chunk }
                self.walker.forgetWindow()
                // Whoever reads while somebody writes may have met bytes half changed: they are looked at twice.
                if hasReadAgain {
                    self.fault = fault
                    return nil
                }
                hasReadAgain = true
            }
        }
    }

    /// Tells whether the end that was met is one, in the last segment of a journal that may be written right now.
    ///
    /// - Throws: ``JournalError/damaged(_:)`` if the bad bytes are no unfinished commit,
    ///   ``JournalError/cutBack(file:byteOffset:)`` if the file is shorter than what was read.
    func judgeEnd() throws(JournalError) {
        let size = try journalIO { () throws(FileError) in try self.walker.file.size() }
        guard size >= self.walker.position else {
            throw .cutBack(file: self.info.path, byteOffset: self.walker.position)
        }
        guard let fault else { return }
        let evidence = try journalIO { () throws(FileError) in
            try TailSearch.run(
                from: fault, in: self.walker.file, commitBlocks: self.commitBlocks, isInFrame: self.walker.isInFrame
            ).finding.evidence
        }
        // What is there now may have come since, and is no evidence then.
        guard let evidence, try journalIO({ () throws(FileError) in try self.walker.stillMeets(fault) }) else { return }
        throw self.damage(at: fault.position, "\(fault.reason), and \(evidence)")
    }

    /// As for recovery: within a large commit that isn't whole, valid blocks prove nothing.
    private var commitBlocks: (needed: Int64, before: Int64)? {
        guard self.walker.isInFrame, let commit, self.decoder.frameByteCount < commit else { return nil }
        let block = Int64(FrameFormat.blockByteCountMax)
        return ((commit + block - 1) / block, self.blockCount)
    }

    /// Events are missing between this segment and the next.
    func hole(before following: SegmentInfo) -> JournalError {
        self.damage(
            at: self.walker.position,
            "\(self.fault.map { $0.reason + ", and" } ?? "the segment ends, and") the next one begins with event "
                + "\(following.baseOffset)")
    }

    private mutating func step() throws(JournalError) -> SegmentWalker.Step {
        do throws(FileError) {
            return try self.walker.next()
        } catch {
            throw .io(error)
        }
    }

    /// Begins a frame; false if it is a large commit of which a part is missing.
    private mutating func begin(
        _ header: FrameHeader, _ identity: JournalIdentity, at position: Int64
    ) throws(JournalError) -> Bool {
        guard header.journal == identity.uuid else {
            throw self.damage(at: position, "a frame of another journal, \(header.journal)")
        }
        guard JournalFormat.refusal(header.format) == nil else {
            throw .unsupportedFormat(file: self.info.path, format: header.format)
        }
        guard header.base == self.lineOffset else {
            throw self.damage(at: position, "a frame from event \(header.base)")
        }
        if let commit = header.commit, try !self.holdsWhole(commit) { return false }
        self.decoder.begin()
        self.commit = header.commit
        self.blockCount = 0
        return true
    }

    /// Whether as many blocks are there as so many bytes of lines need.
    private func holdsWhole(_ commit: Int64) throws(JournalError) -> Bool {
        let block = Int64(FrameFormat.blockByteCountMax)
        var missing = (commit + block - 1) / block
        var ahead = self.walker
        while missing > 1 {
            let step = try journalIO { () throws(FileError) in try ahead.next(skippingContents: true) }
            guard case .block = step else { return step == .endMark }
            missing -= 1
        }
        return try journalIO { () throws(FileError) in try Self.isWritten(ahead) }
    }

    /// Whether a large commit's last block is there.
    ///
    /// It is written last, and perhaps into prepared space, so its length alone proves nothing; but what something else follows
    /// was written whole once.
    private static func isWritten(_ lastBlock: SegmentWalker) throws(FileError) -> Bool {
        var (checked, skipped) = (lastBlock, lastBlock)
        switch try checked.next() {
        case .block, .endMark: return true
        default: break
        }
        guard case .block = try skipped.next(skippingContents: true) else { return false }
        switch try skipped.next(skippingContents: true) {
        case .endOfFile, .zeros: return false
        default: return true
        }
    }

    private mutating func takeLines() throws(JournalError) -> LineChunk? {
        let (bytes, lineEnds) = self.decoder.takeLines()
        guard !lineEnds.isEmpty else { return nil }
        let chunk = LineChunk(firstOffset: self.lineOffset, bytes: bytes, lineEnds: lineEnds)
        // Dense offsets are checked on every line: nobody is ever handed a hole.
        try chunk.forEachLine { offset, line throws(JournalError) in
            var scanner = LineScanner()
            guard scanner.readOffset(line) == offset else {
                throw self.damage(at: self.walker.position, "a line that isn't event \(offset)")
            }
        }
        self.lineOffset += Int64(chunk.count)
        return chunk
    }

    private func damage(at position: Int64, _ reason: String) -> JournalError {
        .damaged(
            JournalDamage(file: self.info.path, byteOffset: position, eventOffset: self.lineOffset, reason: reason))
    }
}
