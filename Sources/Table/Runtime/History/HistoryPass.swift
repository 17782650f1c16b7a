/// How far a long look into the past is.
package struct HistoryPass: Sendable, Equatable {
    /// What is done with the events.
    package enum Kind: Sendable {
        /// They are applied, the oldest first.
        case replaying
        /// They are looked through, the newest first.
        case lookingBack
    }

    package let kind: Kind
    /// How many events are behind it.
    package let done: Int64
    /// How many there are at most; what is looked for may come sooner.
    package let total: Int64
}

/// Told now and then by looks that may take long; cheap to call.
package typealias HistoryReport = (HistoryPass) -> Void

/// Reports a replay, not at each event.
struct ReplayCounter {
    private static let interval: Int64 = 1024

    private let start: Int64
    private let end: Int64

    /// From after an event through another.
    init(after start: Int64, through end: Int64) {
        (self.start, self.end) = (start, end)
    }

    /// An event was applied.
    func note(_ offset: Int64, _ report: HistoryReport) {
        let done = offset - self.start
        guard done % Self.interval == 0 || offset == self.end else { return }
        report(HistoryPass(kind: .replaying, done: done, total: self.end - self.start))
    }
}
