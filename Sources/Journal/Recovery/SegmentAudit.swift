/// Reads one segment with every check there is, and remembers where the newest whole commit ends.
///
/// Recovery and verification share it: what one accepts, the other does.
struct SegmentAudit: Sendable {
    /// How a walk ended.
    enum Ending: Sendable, Equatable {
        /// At the file's end (or the end that was asked for), with nothing wrong on the way. What is not whole yet, or has no
        /// end mark, shows in ``checkpoint``.
        case endOfFile
        /// Bytes that are no part of the format.
        case bad(SegmentFault)
        /// The bytes are as they were written, but they say something wrong. Never a torn write.
        case wrong(SegmentFault)
    }

    /// A frame's place.
    struct FramePlace: Sendable, Equatable {
        /// Where its header begins.
        let position: Int64
        /// What the header says.
        let header: FrameHeader
    }

    /// How things stood at the end of a whole commit.
    struct Checkpoint: Sendable, Equatable {
        /// The byte behind it.
        var position: Int64
        /// The lines up to it.
        var lines: LineSequence
        /// D of the newest line; nil where the walk didn't take digests and no frame has begun.
        var chain: ChainDigest?
        /// The frame that it lies in; nil before the first line.
        var frame: FramePlace?
        /// The frame has its end mark, or there is no frame.
        var isEnded: Bool
    }

    /// A frame that is being read.
    struct OpenFrame: Sendable, Equatable {
        /// Where it is.
        let place: FramePlace
        /// Bytes of lines so far.
        var byteCount: Int64 = 0
        /// Blocks so far.
        var blockCount: Int64 = 0

        /// A large commit of which a part is missing.
        var isIncompleteCommit: Bool {
            guard let commit = self.place.header.commit else { return false }
            return self.byteCount < commit
        }
    }

    /// Whole lines that passed every check.
    struct Lines: Sendable {
        /// Offset of the first.
        let firstOffset: Int64
        /// Each ended by a line feed.
        let bytes: [UInt8]
        /// Positions of the line feeds.
        let lineEnds: [Int]
        /// D of the newest of them, where the walk takes digests.
        let chain: ChainDigest?
        /// How far the file was read.
        let position: Int64
    }

    /// The newest whole commit's end.
    private(set) var checkpoint: Checkpoint

    /// The frame whose end mark has not come by.
    private(set) var frame: OpenFrame?

    /// The byte behind the newest end mark, with lines before it or not.
    private(set) var endedPosition: Int64

    /// Frames begun so far.
    private(set) var frameCount = 0

    /// Bytes of lines so far.
    private(set) var lineByteCount: Int64 = 0

    /// How things stand, whole commit or not.
    private(set) var lines: LineSequence

    /// D of the newest line, where the walk takes digests.
    private(set) var chain: ChainDigest?

    private let journal: String
    private let takesDigests: Bool
    private var walker: SegmentWalker
    private var decoder = FrameDecoder()

    /// - Parameters:
    ///   - journal: The uuid that every header must name.
    ///   - lines: What must come first.
    ///   - chain: D before the first line, where known; the first header must agree.
    ///   - takesDigests: Take D over every line and compare each header's.
    init(
        _ file: any OpenFile, from position: Int64 = 0, end: Int64? = nil, journal: String, lines: LineSequence,
        chain: ChainDigest? = nil, takesDigests: Bool
    ) {
        self.walker = SegmentWalker(file, from: position, end: end)
        self.journal = journal
        self.lines = lines
        self.chain = chain
        self.endedPosition = position
        self.takesDigests = takesDigests
        self.checkpoint = Checkpoint(position: position, lines: lines, chain: chain, frame: nil, isEnded: true)
    }

    /// Reads on to the end or to the first thing wrong, handing out lines as they pass.
    mutating func run(onLines: (Lines) throws(JournalError) -> Void) throws(JournalError) -> Ending {
        try self.run { audit throws(JournalError) in try audit.takeLines(onLines) }
    }

    /// The same for those who need no lines, without copying them.
    mutating func run() throws(JournalError) -> Ending {
        try self.run { audit throws(JournalError) in audit.takeLines() }
    }

    /// - Parameter takeLines: Takes what a block added; answers what is wrong with it.
    private mutating func run(
        _ takeLines: (inout SegmentAudit) throws(JournalError) -> String?
    ) throws(JournalError) -> Ending {
        while true {
            let position = self.walker.position
            switch try self.step() {
            case .frame(let header):
                if let reason = self.begin(header, at: position) { return wrong(reason, position) }
            case .block(let block):
                if let reason = try self.take(block, takeLines) { return wrong(reason, position) }
            case .endMark:
                if let ending = self.endFrame(at: position) { return ending }
            case .endOfFile:
                if let reason = self.reasonNotToEnd() { return wrong(reason, position) }
                return .endOfFile
            case .zeros(let fault):
                if let reason = self.reasonNotToEnd() { return wrong(reason, position) }
                return .bad(fault)
            case .bad(let fault): return .bad(fault)
            }
        }
    }

    /// Whether somebody has written since a walk ended with a fault; then the next one goes on from there.
    mutating func goesOn(behind fault: SegmentFault) throws(JournalError) -> Bool {
        guard self.walker.position <= fault.position,
            try journalIO({ () throws(FileError) in try !self.walker.stillMeets(fault) })
        else { return false }
        self.walker.forgetWindow()
        return true
    }

    /// For ``TailSearch``: how many blocks the large commit that is being read has at least, and how many were read; nil
    /// outside of one.
    var commitBlocks: (needed: Int64, before: Int64)? {
        guard let frame, frame.isIncompleteCommit, let commit = frame.place.header.commit else { return nil }
        let block = Int64(FrameFormat.blockByteCountMax)
        return ((commit + block - 1) / block, frame.blockCount)
    }

    private mutating func step() throws(JournalError) -> SegmentWalker.Step {
        do throws(FileError) {
            return try self.walker.next()
        } catch {
            throw .io(error)
        }
    }

    private func wrong(_ reason: String, _ position: Int64) -> Ending {
        .wrong(SegmentFault(position: position, reason: reason))
    }

    private mutating func begin(_ header: FrameHeader, at position: Int64) -> String? {
        if let refusal = JournalFormat.refusal(header.format) { return refusal }
        guard header.journal == self.journal else {
            return "a frame of another journal, \(header.journal); \(JournalFolder.identityName) says \(self.journal)"
        }
        guard header.base == self.lines.nextOffset else {
            return "a frame from event \(header.base) where \(self.lines.nextOffset) must come"
        }
        if let chain, chain != header.previous { return "the chain is broken: the header names another digest" }
        self.chain = self.takesDigests ? header.previous : nil
        self.frame = OpenFrame(place: FramePlace(position: position, header: header))
        self.frameCount += 1
        self.decoder.begin()
        return nil
    }

    private mutating func take(
        _ block: StoredBlock, _ takeLines: (inout SegmentAudit) throws(JournalError) -> String?
    ) throws(JournalError) -> String? {
        guard var frame = self.frame else { preconditionFailure("blocks come only within a frame") }
        guard self.decoder.append(block, of: self.walker.window) else {
            return "a block whose checksum holds and that doesn't unpack"
        }
        frame.byteCount = self.decoder.frameByteCount
        frame.blockCount += 1
        self.frame = frame
        if let commit = frame.place.header.commit, frame.byteCount > commit {
            return "\(frame.byteCount) bytes in a commit of \(commit)"
        }
        if let reason = try takeLines(&self) { return reason }
        if self.decoder.endsWithLine, !frame.isIncompleteCommit, self.lines.openGroup == nil { self.noteCommit() }
        return nil
    }

    private mutating func takeLines(_ onLines: (Lines) throws(JournalError) -> Void) throws(JournalError) -> String? {
        let (bytes, lineEnds) = self.decoder.takeLines()
        guard self.decoder.pendingByteCount <= EventLine.byteCountMax else { return "a line over 64 MiB" }
        guard !lineEnds.isEmpty else { return nil }
        let firstOffset = self.lines.nextOffset
        var start = 0
        for end in lineEnds {
            let line = bytes.span.extracting(start..<end)
            if let reason = self.lines.accept(line) { return reason }
            if self.takesDigests { self.chain?.extend(line: line) }
            start = end + 1
        }
        self.lineByteCount += Int64(bytes.count)
        try onLines(
            Lines(
                firstOffset: firstOffset, bytes: bytes, lineEnds: lineEnds, chain: self.chain,
                position: self.walker.position))
        return nil
    }

    private mutating func takeLines() -> String? {
        let takesDigests = self.takesDigests
        var (lines, chain) = (self.lines, self.chain)
        var byteCount: Int64 = 0
        defer {
            self.lines = lines
            self.chain = chain
            self.lineByteCount += byteCount
        }
        let reason = self.decoder.takeLines { line in
            if let reason = lines.accept(line) { return reason }
            if takesDigests { chain?.extend(line: line) }
            byteCount += Int64(line.count) + 1
            return nil
        }
        if let reason { return reason }
        return self.decoder.pendingByteCount <= EventLine.byteCountMax ? nil : "a line over 64 MiB"
    }

    private mutating func endFrame(at position: Int64) -> Ending? {
        guard let frame = self.frame else { preconditionFailure("an end mark comes only within a frame") }
        if frame.isIncompleteCommit || self.lines.openGroup != nil {
            // A torn large commit can show zeros where a length stood; whether it is one, the bytes that follow say.
            return .bad(SegmentFault(position: position, reason: "a frame that ends within a commit"))
        }
        guard self.decoder.endsWithLine else { return wrong("a frame that ends within a line", position) }
        self.frame = nil
        self.endedPosition = self.walker.position
        // A header, then zeros where the first lines were to come: read as an empty frame, it is still no commit.
        guard frame.blockCount > 0 else { return nil }
        self.checkpoint.position = self.walker.position
        self.checkpoint.isEnded = true
        return nil
    }

    private func reasonNotToEnd() -> String? {
        guard let frame, !self.decoder.endsWithLine, !frame.isIncompleteCommit else { return nil }
        return "the file ends within a line, and the block's checksum holds"
    }

    private mutating func noteCommit() {
        self.checkpoint = Checkpoint(
            position: self.walker.position, lines: self.lines, chain: self.chain, frame: self.frame?.place,
            isEnded: false)
    }
}
