/// Finds every frame of a segment that can still be read, whatever is damaged around it.
///
/// Pure: works on the segment's bytes. Where recovery stops, this goes on: behind bad bytes it looks for the next frame, at every byte.
/// What it reads past a checksum that doesn't hold is marked as doubtful; only the chain can prove that.
struct SalvageFrames {
    /// Bytes that are not as they must be.
    struct Fault: Sendable, Equatable {
        /// The first bad byte.
        let position: Int
        /// Where the frame begins that they are part of; nil between frames.
        let frame: Int?
        /// The event that must come next there, where that is known.
        let event: Int64?
        /// What is wrong.
        let reason: String
    }

    /// The segment's content.
    let bytes: [UInt8]

    /// Where the next frame is looked for.
    private(set) var position = 0

    /// What was found wrong so far, in the order of the file.
    private(set) var faults: [Fault] = []

    private var isLost = false

    /// The segment's last bytes are such that nothing could be made of them.
    private(set) var endsUnread = false

    /// Nothing begins from here on, as prepared space does; a block's last bytes may be zeros of it.
    private let end: Int

    init(_ bytes: [UInt8], end: Int? = nil) {
        self.bytes = bytes
        self.end = end ?? bytes.count
    }

    /// The next frame of which anything can be read; nil at the segment's end.
    ///
    /// - Parameter expected: The event that must come next; nil if that isn't known.
    mutating func next(expected: Int64?) -> SalvagedFrame? {
        while let (start, header) = self.findFrame(expected) {
            let frame = self.read(from: start, header, expected: expected)
            if frame.lineCount > 0 || header != nil { return frame }
        }
        return nil
    }

    // MARK: Finding

    /// A valid header, or the beginning of a data frame whose header is gone.
    private mutating func findFrame(_ expected: Int64?) -> (start: Int, header: (FrameHeader, byteCount: Int)?)? {
        let begun = self.position
        while self.position < self.end {
            if let found = FrameHeader.find(in: self.bytes, at: self.position) {
                self.noteGap(from: begun, expected)
                return (self.position, found)
            }
            if self.isDataFrame(at: self.position), validBlock(in: self.bytes, at: self.position + 7) != nil {
                self.noteGap(from: begun, expected)
                return (self.position, nil)
            }
            self.position += 1
        }
        self.endsUnread = self.position > begun
        self.noteGap(from: begun, expected)
        return nil
    }

    /// Bytes that nothing could be made of; where a frame broke off they were named already.
    private mutating func noteGap(from start: Int, _ expected: Int64?) {
        defer { self.isLost = false }
        guard self.position > start, !self.isLost else { return }
        self.faults.append(
            Fault(
                position: start, frame: nil, event: expected,
                reason: "no frame header whose check holds, for \(self.position - start) bytes"))
    }

    private func isDataFrame(at index: Int) -> Bool {
        let start = FrameFormat.dataFrameStart
        guard index + start.count <= self.bytes.count, self.bytes[index] == start[0] else { return false }
        return self.bytes[index..<index + start.count].elementsEqual(start)
    }

    // MARK: Reading

    private mutating func read(
        from start: Int, _ found: (FrameHeader, byteCount: Int)?, expected: Int64?
    ) -> SalvagedFrame {
        let dataStart = start + (found?.byteCount ?? 0)
        var reading = SalvagedFrame(position: start, header: found?.0)
        if found != nil, !self.isDataFrame(at: dataStart) {
            self.note(dataStart, reading, "not the beginning of an LZ4 frame as this format has it")
        }
        self.position = min(self.bytes.count, dataStart + FrameFormat.dataFrameStart.count)
        self.readBlocks(of: &reading)
        return reading
    }

    private mutating func readBlocks(of frame: inout SalvagedFrame) {
        var decoder = FrameDecoder()
        decoder.begin()
        while self.position < self.end {
            let at = self.position
            if self.endsFrame(at: at) {
                self.position = at + FrameFormat.endMark.count
                return self.end(&frame, at: at, decoder)
            }
            guard let block = self.block(at: at, &frame) else { return self.breakOff(&frame, at) }
            if let reason = self.unpack(block, &decoder, &frame) {
                if !frame.isDoubtful { self.note(at, frame, reason) }
                return self.breakOff(&frame, at)
            }
            self.position = block.range.upperBound + FrameFormat.blockChecksumByteCount
        }
        guard decoder.pendingByteCount > 0 else { return }
        frame.isCutShort = true
        if !frame.isDoubtful { self.note(self.bytes.count, frame, "the segment ends within a line") }
    }

    /// Takes a block's lines; returns what is wrong with it.
    ///
    /// No checksum guards the flag that says whether a block is packed: one that makes no sense is read the other way.
    private mutating func unpack(
        _ block: StoredBlock, _ decoder: inout FrameDecoder, _ frame: inout SalvagedFrame
    ) -> String? {
        let mark = frame.mark
        let reason = self.take(block, &decoder, &frame)
        guard reason != nil || !decoder.endsAsWritten else { return nil }
        decoder.takeBackBlock()
        frame.goBack(to: mark)
        let other = StoredBlock(position: block.position, range: block.range, isPacked: !block.isPacked)
        if self.take(other, &decoder, &frame) == nil, decoder.endsAsWritten {
            let was = other.isPacked ? "stored, and it is packed" : "packed, and it is stored"
            self.note(Int(block.position), mark.nextOffset, frame, "a block's length field says that it is \(was)")
            return nil
        }
        decoder.takeBackBlock()
        frame.goBack(to: mark)
        return self.take(block, &decoder, &frame)
    }

    private func take(
        _ block: StoredBlock, _ decoder: inout FrameDecoder, _ frame: inout SalvagedFrame
    ) -> String? {
        guard decoder.append(block, of: self.bytes) else {
            return "a block whose checksum holds and that doesn't unpack"
        }
        let (lines, ends) = decoder.takeLines()
        return frame.take(lines, ends)
    }

    private mutating func end(_ frame: inout SalvagedFrame, at position: Int, _ decoder: FrameDecoder) {
        if decoder.pendingByteCount > 0 || frame.lines.openGroup != nil {
            frame.isCutShort = true
            if !frame.isDoubtful { self.note(position, frame, "a frame that ends within a commit") }
        } else {
            frame.isEnded = true
        }
    }

    private mutating func breakOff(_ frame: inout SalvagedFrame, _ position: Int) {
        frame.isCutShort = true
        self.position = position
        self.isLost = true
    }

    private mutating func note(_ position: Int, _ frame: SalvagedFrame, _ reason: String) {
        self.note(position, frame.nextOffset, frame, reason)
    }

    private mutating func note(_ position: Int, _ event: Int64?, _ frame: SalvagedFrame, _ reason: String) {
        self.faults.append(Fault(position: position, frame: frame.position, event: event, reason: reason))
    }

    // MARK: Blocks

    private func isEndMark(at index: Int) -> Bool {
        index + 4 <= self.bytes.count && littleEndian32(self.bytes, at: index) == 0
    }

    /// Whether a frame ends here: an end mark, and not a block whose length field became zero.
    private func endsFrame(at index: Int) -> Bool {
        guard self.isEndMark(at: index) else { return false }
        let next = index + FrameFormat.endMark.count
        return next == self.bytes.count || FrameHeader.find(in: self.bytes, at: next) != nil
            || self.lengthByContent(at: index) == nil
    }

    /// The block at an index, also one whose length or checksum field alone is damaged.
    private mutating func block(at index: Int, _ frame: inout SalvagedFrame) -> StoredBlock? {
        if let whole = validBlock(in: self.bytes, at: index) { return self.stored(index, whole) }
        let found = self.damagedBlock(at: index)
        self.note(index, frame, found.reason)
        switch found {
        case .doubtful(let byteCount):
            frame.isDoubtful = true
            frame.noteDoubt()
            return self.stored(index, byteCount)
        case .wrongLength(let byteCount): return self.stored(index, byteCount)
        case .unreadable: return nil
        }
    }

    /// What stands where no block is as it was written.
    private enum DamagedBlock {
        /// Content or checksum is bad; what follows shows that the length is right.
        case doubtful(byteCount: Int)
        /// The content's own checksum says how long it is.
        case wrongLength(byteCount: Int)
        /// Nothing can be made of it.
        case unreadable(String)

        var reason: String {
            switch self {
            case .doubtful: "a block's checksum doesn't hold"
            case .wrongLength: "a block's length is wrong, its content is as it was written"
            case .unreadable(let reason): reason
            }
        }
    }

    private func damagedBlock(at index: Int) -> DamagedBlock {
        guard self.bytes.count - index >= 9 else { return .unreadable("a block is cut off") }
        let length = Int(littleEndian32(self.bytes, at: index) & ~FrameFormat.storedFlag)
        let isPossible = 1...FrameFormat.blockByteCountMax ~= length
        let end = index + 8 + length
        if isPossible, end <= self.bytes.count, self.isAnchor(at: end) { return .doubtful(byteCount: 8 + length) }
        if let whole = self.lengthByContent(at: index) { return .wrongLength(byteCount: whole) }
        guard isPossible else { return .unreadable("a block's length is impossible") }
        return .unreadable(end > self.bytes.count ? "a block is cut off" : "a block's checksum doesn't hold")
    }

    private func stored(_ index: Int, _ byteCount: Int) -> StoredBlock {
        StoredBlock(
            position: Int64(index), range: index + 4..<index + byteCount - 4,
            isPacked: littleEndian32(self.bytes, at: index) & FrameFormat.storedFlag == 0)
    }

    /// Something that can stand behind a block.
    private func isAnchor(at index: Int) -> Bool {
        if index == self.bytes.count || validBlock(in: self.bytes, at: index) != nil { return true }
        guard self.isEndMark(at: index) else { return FrameHeader.find(in: self.bytes, at: index) != nil }
        return index + 4 == self.bytes.count || FrameHeader.find(in: self.bytes, at: index + 4) != nil
    }

    /// A block whose length field lies: the content's checksum says where it ends.
    private func lengthByContent(at index: Int) -> Int? {
        let last = min(self.bytes.count, index + 8 + FrameFormat.blockByteCountMax)
        var end = index + 9
        while end <= last {
            if self.isAnchor(at: end),
                blockChecksum(self.bytes, index + 4..<end - 4) == littleEndian32(self.bytes, at: end - 4)
            {
                return end - index
            }
            end += 1
        }
        return nil
    }
}
