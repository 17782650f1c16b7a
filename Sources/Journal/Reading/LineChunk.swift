/// Whole lines, as they stand in the journal.
package struct LineChunk: Sendable, Equatable {
    /// Offset of the first line.
    package let firstOffset: Int64

    /// The lines, each ended by a line feed.
    package let bytes: [UInt8]

    /// Where each line ends: the position of its line feed.
    package let lineEnds: [Int]

    package init(firstOffset: Int64, bytes: [UInt8], lineEnds: [Int]) {
        self.firstOffset = firstOffset
        self.bytes = bytes
        self.lineEnds = lineEnds
    }

    /// How many lines there are.
    package var count: Int { self.lineEnds.count }

    /// Offset of the last line.
    package var lastOffset: Int64 { self.firstOffset + Int64(self.lineEnds.count) - 1 }

    /// Where a line stands in ``bytes``, without its line feed.
    package func range(ofLine index: Int) -> Range<Int> {
        (index == 0 ? 0 : self.lineEnds[index - 1] + 1)..<self.lineEnds[index]
    }

    /// A line's bytes, without its line feed, as an array of its own.
    package func line(_ index: Int) -> [UInt8] { Array(self.bytes[self.range(ofLine: index)]) }

    /// Goes over the lines without an array for each; the span is the line without its line feed.
    package func forEachLine<Failure: Error>(
        _ body: (_ offset: Int64, _ line: Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let span = self.bytes.span
        var start = 0
        var offset = self.firstOffset
        for end in self.lineEnds {
            try body(offset, span.extracting(start..<end))
            start = end + 1
            offset += 1
        }
    }

    /// The lines whose offsets are within `range`; nil if none are.
    func clamped(to range: ClosedRange<Int64>) -> LineChunk? {
        guard !self.lineEnds.isEmpty, self.lastOffset >= range.lowerBound, self.firstOffset <= range.upperBound else {
            return nil
        }
        if range.lowerBound <= self.firstOffset && self.lastOffset <= range.upperBound { return self }
        let first = Int(max(range.lowerBound - self.firstOffset, 0))
        let last = Int(min(range.upperBound, self.lastOffset) - self.firstOffset)
        let start = self.range(ofLine: first).lowerBound
        return LineChunk(
            firstOffset: self.firstOffset + Int64(first), bytes: Array(self.bytes[start...self.lineEnds[last]]),
            lineEnds: self.lineEnds[first...last].map { $0 - start })
    }
}
