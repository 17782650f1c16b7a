import Journal

/// The events that an export is about: a dense run of offsets, perhaps empty.
package struct ExportRange: Sendable, Equatable {
    /// The first event.
    package let first: Int64
    /// The last event; one less than the first in an empty range.
    package let last: Int64

    /// The part of a range that the journal holds.
    ///
    /// - Throws: ``ReplayError/no(_:)`` if none of it is there, unless the whole journal is asked for and is empty.
    package init(_ range: EventLog.Range, in source: JournalSource) throws(ReplayError) {
        let (beginning, newest) = (try source.beginning(), try source.newest())
        first = max(range.from ?? beginning + 1, beginning + 1)
        last = min(range.through ?? newest, newest)
        let isWhole = range.from == nil && range.through == nil
        guard first <= last || (isWhole && first == last + 1) else {
            throw .no("no event is within this range")
        }
    }

    /// All events from the journal's beginning up to one; perhaps none.
    init(wholeOf source: JournalSource, through offset: Int64) throws(ReplayError) {
        let beginning = try source.beginning()
        guard offset >= beginning else { throw .noEvent(offset, first: beginning + 1, newest: try source.newest()) }
        self.init(first: beginning + 1, last: offset)
    }

    private init(first: Int64, last: Int64) {
        self.first = first
        self.last = last
    }

    /// How many events.
    package var count: Int64 { last - first + 1 }

    /// The range, extended such that a change of several events is in it whole.
    ///
    /// A journal may neither begin nor end within such a group.
    func withWholeGroups(in source: JournalSource) throws(ReplayError) -> ExportRange {
        guard count > 0 else { return self }
        let (before, after) = (try source.event(at: first).envelope.group, try source.event(at: last).envelope.group)
        return ExportRange(first: before?.first ?? first, last: after.map { $0.first + $0.count - 1 } ?? last)
    }
}

extension JournalSource {
    /// Hands out the lines of a range in chunks of bounded size.
    ///
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` for damage, and what `body` throws.
    func forEachChunk(
        _ range: ExportRange, title: String, progress: ProgressSink, _ body: (LineChunk) throws -> Void
    ) throws {
        guard range.count > 0 else { return }
        var cursor = reader.cursor(from: range.first, through: CommittedLimit(newestOffset: range.last))
        while cursor.nextOffset <= range.last {
            let chunk = try replayReading { () throws(JournalError) in try cursor.next() }
            guard let chunk else {
                throw ReplayError.no("there is no event \(range.last): this journal ends with \(cursor.nextOffset - 1)")
            }
            try body(chunk)
            progress(
                ProgressStep(title: title, done: chunk.lastOffset - range.first + 1, total: range.count, unit: .events))
        }
    }
}
