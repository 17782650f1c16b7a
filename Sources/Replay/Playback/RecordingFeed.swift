import Journal
import Table

/// The events that come next, read a chunk at a time; memory is bounded by one chunk.
struct RecordingFeed {
    private let source: JournalSource
    private let end: Int64
    private var cursor: JournalCursor
    private var chunk: LineChunk?
    /// Lines of the chunk that were taken.
    private var taken = 0

    /// Begins behind an event.
    init(_ source: JournalSource, after offset: Int64, through end: Int64) {
        self.source = source
        self.end = end
        self.cursor = source.reader.cursor(from: offset + 1, through: CommittedLimit(newestOffset: end))
    }

    /// When the next event happened; `nil` at the end.
    mutating func nextTime() throws(ReplayError) -> JournalTime? {
        try fill()
        return try time(ofLine: taken)
    }

    /// Takes the next lines, as long as `isWanted` says so; at most those that have been read together.
    ///
    /// - Parameter isWanted: Asked for each line's offset and time, in order.
    mutating func take(while isWanted: (Int64, JournalTime) -> Bool) throws(ReplayError) -> LineChunk? {
        try fill()
        guard let chunk else { return nil }
        var count = taken
        while let time = try time(ofLine: count), isWanted(chunk.firstOffset + Int64(count), time) { count += 1 }
        defer { taken = count }
        return chunk.part(taken..<count)
    }

    private mutating func fill() throws(ReplayError) {
        while chunk == nil || taken == chunk?.count {
            do throws(JournalError) {
                guard let next = try cursor.next() else {
                    chunk = nil
                    taken = 0
                    return
                }
                chunk = next
                taken = 0
            } catch {
                throw ReplayError(error)
            }
        }
    }

    private func time(ofLine index: Int) throws(ReplayError) -> JournalTime? {
        guard let chunk, index < chunk.count else { return nil }
        do throws(JournalError) {
            return try EventEnvelope.parse(chunk.bytes[chunk.range(ofLine: index)]).time
        } catch {
            throw ReplayError(error)
        }
    }
}

extension LineChunk {
    /// Some of the lines, `nil` for none.
    fileprivate func part(_ lines: Range<Int>) -> LineChunk? {
        guard let last = lines.last else { return nil }
        guard lines != 0..<count else { return self }
        let start = range(ofLine: lines.lowerBound).lowerBound
        return LineChunk(
            firstOffset: firstOffset + Int64(lines.lowerBound), bytes: Array(bytes[start...lineEnds[last]]),
            lineEnds: lineEnds[lines].map { $0 - start })
    }
}
