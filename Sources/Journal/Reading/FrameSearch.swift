/// Finds one frame of a segment by bisection, so that a read from the middle of a large file reads little of it.
///
/// A header can't stand inside a block by chance: its check is 64 bits of SHA-256.
struct FrameSearch {
    private let file: any OpenFile
    private let end: Int64
    private let identity: JournalIdentity

    /// Bytes that are read at a time; headers that begin in one window and end behind it are read whole.
    private static let windowByteCount: Int64 = 64 << 10
    private static let overlap = FrameFormat.headerPrefixByteCount + FrameFormat.headerByteCountMax

    /// - Parameters:
    ///   - end: The file's size.
    ///   - identity: The journal that the segment belongs to.
    init(_ file: any OpenFile, end: Int64, identity: JournalIdentity) {
        self.file = file
        self.end = end
        self.identity = identity
    }

    /// The last frame that has a first line and of which `isWanted` holds; nil if there is none.
    ///
    /// - Parameter isWanted: Holds of all frames up to some one and of none behind it.
    func last(where isWanted: (SparseIndex.Entry) -> Bool) throws(FileError) -> SparseIndex.Entry? {
        // Often the whole segment is later than what is looked for.
        let beginning = try self.file.read(at: 0, upTo: Self.overlap)
        if let entry = try self.entry(at: 0, beginning, 0), !isWanted(entry) { return nil }
        var (low, high) = (Int64(0), self.end)
        while high - low > 4 * Self.windowByteCount {
            let middle = low + (high - low) / 2
            if let entry = try self.first(from: middle, to: high), isWanted(entry) {
                low = entry.position
            } else {
                high = middle
            }
        }
        return try self.last(from: low, to: high, where: isWanted)
    }

    /// The last frame of the file that has a first line.
    func newest() throws(FileError) -> SparseIndex.Entry? {
        try self.last(from: 0, to: self.end) { _ in true }
    }

    /// The first frame whose header begins in a range.
    private func first(from low: Int64, to high: Int64) throws(FileError) -> SparseIndex.Entry? {
        var start = low
        while start < high {
            let bytes = try self.window(start, high)
            let count = Int(min(Self.windowByteCount, high - start))
            var index = 0
            while let place = firstHeaderMagic(in: bytes, index..<count) {
                if let entry = try self.entry(at: start + Int64(place), bytes, place) { return entry }
                index = place + 1
            }
            start += Self.windowByteCount
        }
        return nil
    }

    /// The last frame whose header begins in a range and of which the condition holds.
    private func last(
        from low: Int64, to high: Int64, where isWanted: (SparseIndex.Entry) -> Bool
    ) throws(FileError) -> SparseIndex.Entry? {
        var end = high
        while end > low {
            let start = max(low, end - Self.windowByteCount)
            let bytes = try self.window(start, end)
            var limit = Int(end - start)
            while let place = lastHeaderMagic(in: bytes, before: limit) {
                if let entry = try self.entry(at: start + Int64(place), bytes, place), isWanted(entry) { return entry }
                limit = place
            }
            end = start
        }
        return nil
    }

    private func window(_ start: Int64, _ end: Int64) throws(FileError) -> [UInt8] {
        try self.file.read(at: start, upTo: Int(min(Self.windowByteCount, end - start)) + Self.overlap)
    }

    /// The frame whose header stands at an index of some bytes; nil if none does, or it has no line.
    private func entry(
        at position: Int64, _ bytes: [UInt8], _ index: Int
    ) throws(FileError) -> SparseIndex.Entry? {
        guard let (header, _) = FrameHeader.find(in: bytes, at: index), header.journal == self.identity.uuid else {
            return nil
        }
        var walker = SegmentWalker(self.file, from: position, readByteCount: 8 << 10)
        guard case .frame = try walker.next(), case .block(let block) = try walker.next(),
            let time = SparseIndex.firstTime(block, walker.window)
        else { return nil }
        return SparseIndex.Entry(position: position, base: header.base, time: time)
    }
}
