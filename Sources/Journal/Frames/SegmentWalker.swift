/// A block as it stands in a walker's window.
struct StoredBlock: Sendable, Equatable {
    /// Where its length field stands in the file.
    let position: Int64

    /// Its content's place in ``SegmentWalker/window``; empty when the walk skips contents.
    let range: Range<Int>

    /// Compressed, not stored.
    let isPacked: Bool
}

/// Steps through a segment: headers, frame beginnings, blocks, end marks.
///
/// Knows nothing of lines.
///
/// Reads the file in windows; the memory is a window or the largest block. A file that grows is walked on from where it ended.
struct SegmentWalker: Sendable {
    /// What stands at the position.
    enum Step: Sendable, Equatable {
        /// A header and the first bytes of its data frame.
        case frame(FrameHeader)
        /// A block whose checksum holds (unverified where contents are skipped).
        case block(StoredBlock)
        /// The frame's end.
        case endMark
        /// The file ends here, and nothing is missing but perhaps an end mark.
        case endOfFile
        /// Zeros: prepared space, if nothing else follows. The position stays, as the next commit begins here.
        case zeros(SegmentFault)
        /// These bytes are none of it. The position stays.
        case bad(SegmentFault)
    }

    /// The file.
    let file: any OpenFile

    /// Nothing is read from here on; nil: to the file's end.
    let end: Int64?

    /// Where the next step begins.
    private(set) var position: Int64

    /// Between a frame's beginning and its end mark.
    private(set) var isInFrame: Bool

    /// Bytes of the file, from ``windowStart``.
    private(set) var window: [UInt8] = []

    private var windowStart: Int64 = 0
    private let readByteCount: Int

    init(_ file: any OpenFile, from position: Int64 = 0, end: Int64? = nil, readByteCount: Int = 256 << 10) {
        self.file = file
        self.position = position
        self.end = end
        self.isInFrame = false
        self.readByteCount = readByteCount
    }

    /// Takes one step.
    ///
    /// - Parameter skippingContents: Go by the blocks' lengths alone, reading neither content nor checksum.
    mutating func next(skippingContents: Bool = false) throws(FileError) -> Step {
        self.isInFrame
            ? try self.nextInFrame(skippingContents: skippingContents) : try self.nextBetweenFrames()
    }

    private mutating func nextBetweenFrames() throws(FileError) -> Step {
        let prefix = FrameFormat.headerPrefixByteCount
        let available = try self.load(prefix)
        guard available > 0 else { return .endOfFile }
        guard available >= prefix else { return .bad(self.fault("a header is cut off")) }
        let index = Int(self.position - self.windowStart)
        guard !self.isZero(index..<index + prefix) else { return .zeros(self.fault("zeros where a header must stand")) }
        let count = Int(littleEndian32(self.window, at: index + 4))
        guard littleEndian32(self.window, at: index) == FrameFormat.headerMagic,
            count <= FrameFormat.headerByteCountMax
        else { return .bad(self.fault("no frame header where one must stand")) }
        let whole = prefix + count + FrameFormat.dataFrameStart.count
        let loaded = try self.load(whole)
        guard loaded >= prefix + count else { return .bad(self.fault("a header is cut off")) }
        return self.readFrameStart(at: Int(self.position - self.windowStart), isWhole: loaded >= whole)
    }

    private mutating func readFrameStart(at index: Int, isWhole: Bool) -> Step {
        guard let (header, byteCount) = FrameHeader.find(in: self.window, at: index) else {
            return .bad(self.fault("a frame header's check doesn't hold"))
        }
        guard isWhole else { return .bad(self.fault("a frame's beginning is cut off", after: byteCount)) }
        let start = index + byteCount
        guard self.window[start..<start + FrameFormat.dataFrameStart.count].elementsEqual(FrameFormat.dataFrameStart)
        else { return .bad(self.fault("not the beginning of an LZ4 frame as this format has it", after: byteCount)) }
        self.position += Int64(byteCount + FrameFormat.dataFrameStart.count)
        self.isInFrame = true
        return .frame(header)
    }

    private mutating func nextInFrame(skippingContents: Bool) throws(FileError) -> Step {
        let lengthField = FrameFormat.blockLengthByteCount
        // An end mark is followed by a header or by nothing; more zeros are none.
        let available = min(try self.load(2 * lengthField), 2 * lengthField)
        guard available > 0 else { return .endOfFile }
        guard available >= lengthField else { return .bad(self.fault("a block's length is cut off")) }
        let index = Int(self.position - self.windowStart)
        let value = littleEndian32(self.window, at: index)
        if available > lengthField, self.isZero(index..<index + available) {
            return .zeros(self.fault("zeros where a block or an end mark must stand"))
        }
        if value == 0 {
            self.position += Int64(lengthField)
            self.isInFrame = false
            return .endMark
        }
        let count = Int(value & ~FrameFormat.storedFlag)
        guard 1...FrameFormat.blockByteCountMax ~= count else {
            return .bad(self.fault("a block's length is impossible"))
        }
        let isPacked = value & FrameFormat.storedFlag == 0
        return skippingContents
            ? try self.skipBlock(count, isPacked) : try self.readBlock(count, isPacked)
    }

    private mutating func readBlock(_ count: Int, _ isPacked: Bool) throws(FileError) -> Step {
        let whole = FrameFormat.blockLengthByteCount + count + FrameFormat.blockChecksumByteCount
        guard try self.load(whole) >= whole else { return .bad(self.fault("a block is cut off")) }
        let start = Int(self.position - self.windowStart) + FrameFormat.blockLengthByteCount
        let range = start..<start + count
        guard blockChecksum(self.window, range) == littleEndian32(self.window, at: range.upperBound) else {
            return .bad(self.fault("a block's checksum doesn't hold"))
        }
        let block = StoredBlock(position: self.position, range: range, isPacked: isPacked)
        self.position += Int64(whole)
        return .block(block)
    }

    private mutating func skipBlock(_ count: Int, _ isPacked: Bool) throws(FileError) -> Step {
        let whole = FrameFormat.blockLengthByteCount + count + FrameFormat.blockChecksumByteCount
        let next = self.position + Int64(whole)
        // Within the window the file's end need not be asked for.
        if next > self.windowStart + Int64(self.window.count) {
            let size = try self.file.size()
            guard next <= min(size, self.end ?? size) else {
                return .bad(self.fault("a block is cut off"))
            }
        }
        let block = StoredBlock(position: self.position, range: 0..<0, isPacked: isPacked)
        self.position = next
        return .block(block)
    }

    /// Sees to it that `count` bytes from the position are in the window.
    ///
    /// - Returns: How many are there; fewer than `count` only where the file ends.
    private mutating func load(_ count: Int) throws(FileError) -> Int {
        let index = self.position - self.windowStart
        if index >= 0, index + Int64(count) <= self.window.count { return self.window.count - Int(index) }
        var wanted = max(count, self.readByteCount)
        if let end { wanted = Int(min(Int64(wanted), max(0, end - self.position))) }
        self.window = try self.file.read(at: self.position, upTo: wanted)
        self.windowStart = self.position
        return self.window.count
    }

    private func isZero(_ range: Range<Int>) -> Bool { self.window[range].allSatisfy { $0 == 0 } }

    /// Whether the file still holds what was wrong at the present position; somebody may have written there since.
    func stillMeets(_ fault: SegmentFault) throws(FileError) -> Bool {
        var again = self
        again.forgetWindow()
        return switch try again.next() {
        case .zeros(let found), .bad(let found): found == fault
        default: false
        }
    }

    /// Reads from the file again what is asked for next, as others may have changed it.
    mutating func forgetWindow() { self.window = [] }

    private func fault(_ reason: String, after byteCount: Int = 0) -> SegmentFault {
        SegmentFault(position: self.position + Int64(byteCount), reason: reason)
    }
}

/// Bytes in a segment that are not what must stand there.
struct SegmentFault: Error, Sendable, Equatable {
    /// The first bad byte.
    let position: Int64

    /// What is wrong with it.
    let reason: String
}
