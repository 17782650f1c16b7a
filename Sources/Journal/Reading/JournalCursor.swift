/// A place in a journal from which lines are read on, to the end and beyond it as the journal grows.
///
/// Needs no lock. Memory is bounded by a frame. A value: a copy reads on by itself.
package struct JournalCursor: Sendable {
    /// The offset of the next line that will be handed out.
    package private(set) var nextOffset: Int64

    private let reader: JournalReader
    private let limit: CommittedLimit?
    private var segment: SegmentCursor?

    /// - Parameter segment: Where to read from, if that is known already.
    init(reader: JournalReader, offset: Int64, limit: CommittedLimit?, segment: SegmentCursor? = nil) {
        self.reader = reader
        self.nextOffset = offset
        self.limit = limit
        self.segment = segment
    }

    /// The next whole lines, about 128 KiB of them or what there is; nil at the end for now.
    ///
    /// Asked again, it goes on where the journal has grown. Hands out no line behind the limit, and no part of a large commit
    /// that isn't whole yet.
    /// - Throws: ``JournalError/damaged(_:)``, ``JournalError/cutBack(file:byteOffset:)``, ``JournalError/io(_:)``. The cursor
    ///   stays where it was.
    package mutating func next() throws(JournalError) -> LineChunk? {
        let newest = self.limit?.newestOffset ?? .max
        guard self.nextOffset <= newest else { return nil }
        var hasTriedAgain = false
        while var segment = try self.takeSegment() {
            if let chunk = try segment.next(identity: self.reader.identity) {
                hasTriedAgain = false
                if chunk.lastOffset < self.nextOffset {
                    self.segment = segment
                    continue
                }
                guard let asked = chunk.clamped(to: self.nextOffset...newest) else { return nil }
                self.nextOffset = asked.lastOffset + 1
                // Lines behind the limit are read again once they are committed.
                if asked.lastOffset == chunk.lastOffset { self.segment = segment }
                return asked
            }
            guard let following = try self.reader.segment(after: segment.info) else {
                try segment.judgeEnd()
                self.segment = segment
                return nil
            }
            if following.baseOffset == segment.lineOffset {
                self.segment = try self.reader.open(following)
            } else {
                // More may have been written between the end that was met and the change of segments.
                guard !hasTriedAgain else { throw self.hole(after: segment, before: following) }
                hasTriedAgain = true
                self.segment = segment
            }
        }
        return nil
    }

    /// Events are missing between a segment and the next: in an archive that nobody gave, or damaged.
    private func hole(after segment: SegmentCursor, before following: SegmentInfo) -> JournalError {
        guard !segment.isFaulty,
            let missing = self.reader.archivedHole(from: segment.lineOffset, before: following)
        else { return segment.hole(before: following) }
        return .damaged(missing)
    }

    /// The place that was reached.
    ///
    /// Should anything throw, the next call begins at the frame anew.
    private mutating func takeSegment() throws(JournalError) -> SegmentCursor? {
        if let segment = self.segment.take() { return segment }
        return try self.reader.segmentCursor(for: self.nextOffset)
    }
}
