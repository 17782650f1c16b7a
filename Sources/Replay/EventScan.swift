import JSONDocument
import Journal

extension JournalSource {
    /// Hands every event of a range to `body`, oldest first, without keeping any: for counting.
    ///
    /// Events that are written meanwhile aren't looked at.
    /// - Parameters:
    ///   - title: What the progress bar says.
    ///   - body: Gets the envelope and the line, without its line feed.
    func scan(
        _ range: ClosedRange<Int64>, title: String, progress: ProgressSink,
        _ body: (EventEnvelope, Span<UInt8>) throws(ReplayError) -> Void
    ) throws(ReplayError) {
        let limit = CommittedLimit(newestOffset: range.upperBound)
        var cursor = reader.cursor(from: range.lowerBound, through: limit)
        let total = range.upperBound - range.lowerBound + 1
        while let chunk = try next(&cursor) {
            try chunk.forEachLine { _, line throws(ReplayError) in try body(try envelope(line), line) }
            progress(
                ProgressStep(title: title, done: cursor.nextOffset - range.lowerBound, total: total, unit: .events))
        }
    }

    /// The offsets of a range that the journal holds; `nil` if it holds none.
    func held(_ range: EventLog.Range) throws(ReplayError) -> ClosedRange<Int64>? {
        let first = max(try beginning() + 1, range.from ?? .min)
        let last = min(try newest(), range.through ?? .max)
        return first <= last ? first...last : nil
    }

    private func next(_ cursor: inout JournalCursor) throws(ReplayError) -> LineChunk? {
        do throws(JournalError) {
            return try cursor.next()
        } catch {
            throw ReplayError(error)
        }
    }

    private func envelope(_ line: Span<UInt8>) throws(ReplayError) -> EventEnvelope {
        do throws(JournalError) {
            return try EventEnvelope.parse(line)
        } catch {
            throw ReplayError(error)
        }
    }
}
