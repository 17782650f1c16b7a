import Journal

/// Divides events into sessions by the pauses between them, one event at a time.
///
/// Pure; holds the session that is going on and nothing else. Events may be left out where they can't make a
/// difference: between two that are no longer apart than the gap.
package struct SessionSplitter: Sendable {
    /// The longest pause within a session, in milliseconds; only a longer one begins another.
    private let gap: Int64
    private var number = 1
    private var first: (offset: Int64, time: JournalTime)?
    private var last: (offset: Int64, time: JournalTime)?

    package init(gap: Int64) {
        self.gap = gap
    }

    /// Takes the next event.
    ///
    /// - Returns: The session that ended before this event, if one did.
    package mutating func take(_ offset: Int64, at time: JournalTime) -> Session? {
        var ended: Session?
        if let last, time.milliseconds - last.time.milliseconds > gap { ended = finish() }
        if first == nil { first = (offset, time) }
        last = (offset, time)
        return ended
    }

    /// Ends the session that is going on; `nil` if there is none.
    package mutating func finish() -> Session? {
        guard let first, let last else { return nil }
        defer {
            (self.first, self.last) = (nil, nil)
            number += 1
        }
        return Session(
            number: number, firstOffset: first.offset, lastOffset: last.offset, start: first.time, end: last.time)
    }
}
