/// Unpacks the blocks of one frame after the other into one buffer, and hands out whole lines.
///
/// Pure: no file. The buffer keeps the 64 KiB that the next block may refer to, and whatever was not taken yet.
struct FrameDecoder: Sendable {
    /// History, lines, room for a block.
    private var buffer: [UInt8] = []

    /// Where this frame's content begins in the buffer (or where the history that is kept of it does).
    private var frameStart = 0

    /// Where the bytes begin that nobody took yet.
    private var taken = 0

    /// Where the unpacked bytes end.
    private var end = 0

    /// What the newest block gave, and how much of it and of what was before it was taken since.
    private var newest = (added: 0, taken: 0)

    /// How many lines were taken last: about as many are taken next.
    private var lineCount = 0

    /// Unpacked bytes of this frame so far, taken or not.
    private(set) var frameByteCount: Int64 = 0

    /// Unpacked bytes that nobody took yet, a line's beginning included.
    var pendingByteCount: Int { self.end - self.taken }

    /// Whether the bytes so far end with a line feed (or there are none).
    var endsWithLine: Bool { self.pendingByteCount == 0 || self.buffer[self.end - 1] == 0x0A }

    /// Whether the newest block ends as a writer ends one: with a line, or full.
    var endsAsWritten: Bool {
        self.newest.added == FrameFormat.blockByteCountMax || self.end > 0 && self.buffer[self.end - 1] == 0x0A
    }

    /// A new frame: no history.
    ///
    /// What nobody took is dropped.
    mutating func begin() {
        self.frameStart = 0
        self.taken = 0
        self.end = 0
        self.frameByteCount = 0
        self.newest = (0, 0)
    }

    /// Unpacks one block; false if its bytes are no block.
    mutating func append(_ block: StoredBlock, of window: [UInt8]) -> Bool {
        self.newest = (0, 0)
        self.makeRoom(block.isPacked ? maxUnpackedByteCount(block.range.count) : block.range.count)
        let added: Int
        if block.isPacked {
            let history = min(self.end - self.frameStart, FrameFormat.historyByteCount)
            guard
                let count = unpackBlock(window, block.range, into: &self.buffer, end: self.end, history: history)
            else { return false }
            added = count
        } else {
            added = block.range.count
            self.buffer.replaceSubrange(self.end..<self.end + added, with: window[block.range])
        }
        self.end += added
        self.frameByteCount += Int64(added)
        self.newest.added = added
        return added > 0
    }

    /// Takes back the newest block and the lines that were taken since, to unpack it another way.
    mutating func takeBackBlock() {
        self.end -= self.newest.added
        self.taken -= self.newest.taken
        self.frameByteCount -= Int64(self.newest.added)
        self.newest = (0, 0)
    }

    /// All whole lines that nobody took, with the ends of each (positions of line feeds, from the chunk's first byte).
    mutating func takeLines() -> (bytes: [UInt8], lineEnds: [Int]) {
        var ends: [Int] = []
        ends.reserveCapacity(min(self.lineCount, self.pendingByteCount))
        appendLineFeeds(in: self.buffer, self.taken..<self.end, origin: self.taken, to: &ends)
        guard let last = ends.last else { return ([], []) }
        let bytes = Array(self.buffer[self.taken...self.taken + last])
        self.taken += last + 1
        self.newest.taken += last + 1
        self.lineCount = ends.count
        return (bytes, ends)
    }

    /// Takes all whole lines that nobody took without copying them, as far as `accept` finds nothing wrong.
    ///
    /// - Returns: What `accept` said of a line, given without its line feed; nil if all are right.
    mutating func takeLines(_ accept: (Span<UInt8>) -> String?) -> String? {
        var start = self.taken
        defer {
            self.newest.taken += start - self.taken
            self.taken = start
        }
        while let end = firstLineFeed(in: self.buffer, start..<self.end) {
            if let reason = accept(self.buffer.span.extracting(start..<end)) { return reason }
            start = end + 1
        }
        return nil
    }

    /// Moves what is still needed to the front, or grows where that isn't enough.
    private mutating func makeRoom(_ byteCount: Int) {
        guard self.end + byteCount > self.buffer.count else { return }
        let keep = max(self.frameStart, min(self.taken, self.end - FrameFormat.historyByteCount))
        if keep > 0 {
            moveToFront(&self.buffer, keep..<self.end)
            self.frameStart = 0
            self.taken -= keep
            self.end -= keep
        }
        let missing = self.end + byteCount - self.buffer.count
        if missing > 0 { self.buffer += [UInt8](repeating: 0, count: max(missing, self.buffer.count / 2)) }
    }
}

/// So many bytes a block can have unpacked: LZ4 makes at most 255 of one, and a block is bounded.
private func maxUnpackedByteCount(_ packedByteCount: Int) -> Int {
    min(packedByteCount * 255, FrameFormat.blockByteCountMax)
}
