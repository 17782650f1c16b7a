import JSONDocument
import Journal

/// The part of a journal that somebody wants to see, and how it is walked.
package struct EventLog: Sendable {
    /// What to show, as asked for.
    package struct Range: Sendable, Equatable {
        /// Events from here on, this offset included.
        package var from: Int64?
        /// Events up to here, this offset included.
        package var through: Int64?

        /// No bounds unless given.
        package init(from: Int64? = nil, through: Int64? = nil) {
            self.from = from
            self.through = through
        }
    }

    private let source: JournalSource
    private let filter: EventFilter

    /// `filter` decides event by event; ranges are given per walk.
    package init(_ source: JournalSource, filter: EventFilter) {
        self.source = source
        self.filter = filter
    }

    /// Hands the wanted events to `body`, oldest first, until the end or until `body` answers false.
    ///
    /// - Parameters:
    ///   - range: Offsets; frames before its start aren't read.
    ///   - progress: Told how many events were looked at.
    /// - Returns: Where the walk ended, for ``follow(_:)``.
    package func walk(
        _ range: Range, progress: ProgressSink = { _ in }, body: (LoggedEvent) throws -> Bool
    ) throws -> JournalCursor {
        let first = try source.beginning() + 1
        let newest = try source.newest()
        let start = max(first, range.from ?? first)
        let end = min(range.through ?? .max, newest)
        var cursor = source.reader.cursor(from: start)
        while cursor.nextOffset <= end {
            guard let chunk = try next(&cursor) else { break }
            guard try show(chunk, through: end, body) else { break }
            let done = min(cursor.nextOffset, end + 1) - start
            progress(ProgressStep(title: "Searching", done: done, total: end + 1 - start, unit: .events))
        }
        return cursor
    }

    /// The newest wanted events of a range, oldest first, found from its end.
    ///
    /// Without a filter only their own frames are read; otherwise stretches of growing length, until there are enough.
    /// - Parameters:
    ///   - count: The most that are wanted, at least one.
    ///   - stretch: Events of the first stretch, where there is a filter.
    ///   - progress: Told how many events were looked at.
    package func last(
        _ count: Int, of range: Range, stretch: Int64 = 4096, progress: ProgressSink = { _ in }
    ) throws -> (events: [LoggedEvent], end: JournalCursor) {
        var kept: [LoggedEvent] = []
        guard let held = try source.held(range) else {
            return (kept, source.reader.cursor(from: try source.newest() + 1))
        }
        let count = Int(min(Int64(count), Int64(held.count)))
        var end = held.upperBound
        var length = filter.isEmpty ? Int64(count) : max(Int64(count), stretch)
        while end >= held.lowerBound, kept.count < count {
            let start = max(held.lowerBound, end - length + 1)
            kept =
                try newest(count - kept.count, of: start...end) { through in
                    // Each stretch is read forward, but what is behind the walk only grows.
                    progress(
                        ProgressStep(
                            title: "Searching", done: held.upperBound - end + through - start + 1,
                            total: held.upperBound - held.lowerBound + 1, unit: .events))
                } + kept
            end = start - 1
            length = min(length * 2, 1 << 20)
        }
        return (kept, source.reader.cursor(from: held.upperBound + 1))
    }

    /// The newest wanted events of some offsets, in one pass from the first.
    ///
    /// - Parameter reached: Told how far it is.
    private func newest(
        _ count: Int, of offsets: ClosedRange<Int64>, reached: (Int64) -> Void
    ) throws -> [LoggedEvent] {
        var found: [LoggedEvent] = []
        var cursor = source.reader.cursor(
            from: offsets.lowerBound, through: CommittedLimit(newestOffset: offsets.upperBound))
        while let chunk = try next(&cursor) {
            _ = try show(chunk, through: offsets.upperBound) { event in
                found.append(event)
                return true
            }
            // What is dropped was gathered once: twice the events and a chunk's at most are held.
            if found.count > 2 * count { found.removeFirst(found.count - count) }
            reached(min(cursor.nextOffset - 1, offsets.upperBound))
        }
        return found.suffix(count)
    }

    /// Goes on from a cursor with what was appended since: one chunk, or nothing.
    ///
    /// - Returns: Whether something was there.
    package func follow(_ cursor: inout JournalCursor, body: (LoggedEvent) throws -> Bool) throws -> Bool {
        guard let chunk = try next(&cursor) else { return false }
        _ = try show(chunk, through: .max, body)
        return true
    }

    private func next(_ cursor: inout JournalCursor) throws(ReplayError) -> LineChunk? {
        do throws(JournalError) {
            return try cursor.next()
        } catch {
            throw ReplayError(error)
        }
    }

    private func show(
        _ chunk: LineChunk, through end: Int64, _ body: (LoggedEvent) throws -> Bool
    ) throws -> Bool {
        for index in 0..<chunk.count where chunk.firstOffset + Int64(index) <= end {
            let event = try LoggedEvent(line: chunk.line(index))
            guard filter.accepts(event.envelope) else { continue }
            if !filter.paths.isEmpty, !filter.touches(try event.patch()) { continue }
            guard try body(event) else { return false }
        }
        return true
    }
}
