import Journal
import Synchronization

/// A clock that stands still until it is moved.
package final class ManualClock: Sendable {
    private let milliseconds: Atomic<Int64>

    /// Begins at 2026-11-23T06:40:00.000Z.
    package init(milliseconds: Int64 = 1_795_416_000_000) {
        self.milliseconds = Atomic(milliseconds)
    }

    /// What it says now.
    package var now: JournalTime { JournalTime(milliseconds: self.milliseconds.load(ordering: .relaxed)) }

    /// Moves it; backwards too.
    package func advance(milliseconds: Int64) {
        self.milliseconds.add(milliseconds, ordering: .relaxed)
    }

    /// The clock as the journal takes it.
    package var clock: JournalClock { { self.now } }
}
