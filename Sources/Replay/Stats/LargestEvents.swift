import Journal

/// The events with the longest lines, of those that were offered.
package struct LargestEvents: Sendable {
    /// One of them.
    package struct Entry: Sendable, Equatable {
        package let offset: Int64
        package let time: JournalTime
        package let type: String
        package let actor: String?
        /// Bytes of its line, line feed included.
        package let lineByteCount: Int64
    }

    /// The largest first, of equal ones the older first.
    package private(set) var entries: [Entry] = []
    private let limit: Int

    /// Keeps `limit` of them, at least one.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Takes it in if it is one of the largest.
    mutating func offer(_ event: EventEnvelope, lineByteCount: Int64) {
        if entries.count == limit, let least = entries.last, least.lineByteCount >= lineByteCount { return }
        let entry = Entry(
            offset: event.offset, time: event.time, type: event.type, actor: event.actor, lineByteCount: lineByteCount)
        let place = entries.firstIndex { $0.lineByteCount < lineByteCount } ?? entries.count
        entries.insert(entry, at: place)
        if entries.count > limit { entries.removeLast() }
    }
}
