/// Looks through the bytes from the first bad one to the end of the last segment for anything that shows that they were once
/// whole (journal-format.md, "Opening after a crash").
///
/// A commit is written only after the one before it was synced. So whatever stands behind bad bytes proves that those bytes
/// had been synced, and are damaged now. Looks at every byte: a flipped length field must not hide what comes after it.
struct TailSearch {
    /// What was found.
    enum Finding: Sendable, Equatable {
        /// Nothing: a commit that never finished.
        case nothing
        /// Nothing but zeros, which a file system shows for what it had no time to write.
        case zeros
        /// Something that is valid, at this byte.
        case valid(String, at: Int64)
        /// Nothing valid, but more than an unfinished commit can have left.
        case tooMuch(byteCount: Int64)

        /// Why this is no unfinished commit, to go on from what is wrong; `nil` where it is one.
        var evidence: String? {
            switch self {
            case .nothing, .zeros: nil
            case .valid(let what, let position): "\(what) follows at byte \(position)"
            case .tooMuch(let byteCount): "\(byteCount) bytes are more than an unfinished commit can leave"
            }
        }
    }

    /// The last segment.
    let file: any OpenFile

    /// The first bad byte.
    let start: Int64

    /// The file's size, or where prepared space begins.
    let end: Int64

    /// The bad bytes lie in a frame that is one large commit and that isn't whole; how many blocks it has at least,
    /// and how many of them came before `start`.
    ///
    /// Valid blocks prove nothing there, as they may belong to the same unsynced write.
    let commitBlocks: (needed: Int64, before: Int64)?

    /// Whether the bad bytes lie in a frame, not between two.
    let isInFrame: Bool

    /// Where bytes end that may be a block's last ones: behind `end` where that is the beginning of prepared space, as a checksum
    /// may end with zeros.
    let blockEnd: Int64

    /// Windows overlap by the longest thing that is looked for.
    private static let overlap =
        FrameFormat.blockByteCountMax + FrameFormat.blockLengthByteCount + FrameFormat.blockChecksumByteCount
    private static let windowByteCount = 1 << 20
    /// A frame's end mark, a header and one block: nothing else is ever written before the next sync, but large commits.
    private static let unfinishedByteCountMax =
        FrameFormat.endMark.count + FrameFormat.headerPrefixByteCount + FrameFormat.headerByteCountMax
        + FrameFormat.dataFrameStart.count + Self.overlap

    /// Where it is damage anyway, so much is searched for what to say of it.
    private static let hashedByteCountMax = 256 << 20

    init(
        file: any OpenFile, start: Int64, end: Int64, commitBlocks: (needed: Int64, before: Int64)?, isInFrame: Bool,
        blockEnd: Int64? = nil
    ) {
        self.file = file
        self.start = start
        self.end = end
        self.commitBlocks = commitBlocks
        self.isInFrame = isInFrame
        self.blockEnd = blockEnd ?? end
    }

    /// Looks from a fault to the end of the file, prepared space left out.
    ///
    /// - Returns: The file's size, where prepared space begins (the size where there is none), and what stands before it.
    static func run(
        from fault: SegmentFault, in file: any OpenFile, commitBlocks: (needed: Int64, before: Int64)?, isInFrame: Bool
    ) throws(FileError) -> (end: Int64, contentEnd: Int64, finding: Finding) {
        // Somebody may have cut the file since.
        let end = max(try file.size(), fault.position)
        let contentEnd = try PreparedSpace.start(in: file, from: fault.position, to: end)
        let search = TailSearch(
            file: file, start: fault.position, end: contentEnd, commitBlocks: commitBlocks, isInFrame: isInFrame,
            blockEnd: min(end, contentEnd + Int64(FrameFormat.blockChecksumByteCount)))
        return (end, contentEnd, try search.run())
    }

    func run() throws(FileError) -> Finding {
        if try self.isAllZeros() { return .zeros }
        guard self.commitBlocks == nil else { return try self.searchCommit() }
        guard self.end - self.start > Self.unfinishedByteCountMax else {
            var unlimited = Int.max
            if let found = try self.findValid(through: self.end, hashing: &unlimited) { return found }
            return try self.findEndMark(isBehindBlock: false)
        }
        // The rest need not be looked at, and what looks like a length at every byte of it is no reason for a slow start.
        var limit = Self.hashedByteCountMax
        let found = try self.findValid(through: self.start + Int64(Self.windowByteCount), hashing: &limit)
        return found ?? .tooMuch(byteCount: self.end - self.start)
    }

    /// A header or a block, and where.
    private func findValid(through last: Int64, hashing limit: inout Int) throws(FileError) -> Finding? {
        try self.search(through: last) { window, index, position in
            if FrameHeader.find(in: window, at: index) != nil { return .valid("a valid header", at: position) }
            let length = plausibleBlock(in: window, at: index)
            limit -= length ?? 0
            guard limit > 0, length != nil, validBlock(in: window, at: index) != nil else { return nil }
            return .valid("a valid block", at: position)
        }
    }

    /// Within a large commit a header alone proves something, or an end mark behind the commit's blocks.
    private func searchCommit() throws(FileError) -> Finding {
        let mark = self.end - Int64(FrameFormat.endMark.count)
        var isBehindBlock = false
        let header = try self.search(through: self.end) { window, index, position in
            if FrameHeader.find(in: window, at: index) != nil { return .valid("a valid header", at: position) }
            guard let length = plausibleBlock(in: window, at: index), position + Int64(length) == mark else {
                return nil
            }
            if validBlock(in: window, at: index) != nil { isBehindBlock = true }
            return nil
        }
        if let header { return header }
        return try self.findEndMark(isBehindBlock: isBehindBlock)
    }

    /// Calls `look` where a header or a block may begin, with a window, the place in it, and the place in the file.
    private func search(
        through last: Int64, _ look: ([UInt8], Int, Int64) -> Finding?
    ) throws(FileError) -> Finding? {
        var position = self.start
        while position < min(last, self.end) {
            let wanted = min(Int64(Self.windowByteCount + Self.overlap), self.blockEnd - position)
            let window = try self.file.read(at: position, upTo: Int(wanted))
            let stop = min(
                window.count, position + Int64(window.count) < self.end ? Self.windowByteCount : window.count)
            var index = 0
            while let candidate = firstCandidate(in: window, index..<stop) {
                if let found = look(window, candidate, position + Int64(candidate)) { return found }
                index = candidate + 1
            }
            guard stop > 0 else { break }
            position += Int64(stop)
        }
        return nil
    }

    /// A frame's end mark at the end of the file proves that the block before it was synced.
    private func findEndMark(isBehindBlock: Bool) throws(FileError) -> Finding {
        let mark = self.end - Int64(FrameFormat.endMark.count)
        guard mark > self.start, try self.file.read(at: mark, upTo: 4) == FrameFormat.endMark else { return .nothing }
        let found = Finding.valid("the end mark of a frame", at: mark)
        if isBehindBlock { return found }
        let (reached, blockCount) = try self.hop(to: mark)
        if reached == mark {
            let total = (self.commitBlocks?.before ?? 0) + blockCount
            return blockCount > 0 && total >= self.commitBlocks?.needed ?? 0 ? found : .nothing
        }
        // A block whose length field alone is wrong: at the first bad byte, where the lengths led astray, or where four zero
        // bytes were taken for an end mark.
        for candidate in [self.start, reached, self.start - 4] where try self.isBlock(from: candidate, to: mark) {
            return found
        }
        return .nothing
    }

    /// Follows the lengths from the first bad byte, whatever the checksums say.
    private func hop(to mark: Int64) throws(FileError) -> (position: Int64, blockCount: Int64) {
        var position = self.start
        var blockCount: Int64 = 0
        while self.isInFrame, position + 4 <= mark {
            let field = try self.file.read(at: position, upTo: 4)
            guard field.count == 4 else { break }
            let length = Int(littleEndian32(field, at: 0) & ~FrameFormat.storedFlag)
            let next = position + Int64(length + 8)
            guard 1...FrameFormat.blockByteCountMax ~= length, next <= mark else { break }
            position = next
            blockCount += 1
        }
        return (position, blockCount)
    }

    /// Whether the bytes between are a length field, content and the content's checksum.
    private func isBlock(from position: Int64, to end: Int64) throws(FileError) -> Bool {
        let count = end - position
        guard position >= 0, 9...Int64(Self.overlap) ~= count else { return false }
        let bytes = try self.file.read(at: position, upTo: Int(count))
        guard bytes.count == Int(count) else { return false }
        let content = 4..<bytes.count - 4
        return blockChecksum(bytes, content) == littleEndian32(bytes, at: content.upperBound)
    }

    private func isAllZeros() throws(FileError) -> Bool {
        var position = self.start
        while position < self.end {
            let window = try self.file.read(at: position, upTo: Self.windowByteCount)
            guard !window.isEmpty else { break }
            guard window.allSatisfy({ $0 == 0 }) else { return false }
            position += Int64(window.count)
        }
        return true
    }
}

/// The whole length of the block at an index of some bytes, if its checksum holds.
func validBlock(in bytes: [UInt8], at index: Int) -> Int? {
    guard let length = plausibleBlock(in: bytes, at: index) else { return nil }
    let content = index + FrameFormat.blockLengthByteCount..<index + length - FrameFormat.blockChecksumByteCount
    guard blockChecksum(bytes, content) == littleEndian32(bytes, at: content.upperBound) else { return nil }
    return length
}

/// The whole length that a block at an index of some bytes has by its length field; nil if it can't have it.
private func plausibleBlock(in bytes: [UInt8], at index: Int) -> Int? {
    guard index + 9 <= bytes.count else { return nil }
    let length = Int(littleEndian32(bytes, at: index) & ~FrameFormat.storedFlag)
    guard 1...FrameFormat.blockByteCountMax ~= length, index + 8 + length <= bytes.count else { return nil }
    return 8 + length
}
