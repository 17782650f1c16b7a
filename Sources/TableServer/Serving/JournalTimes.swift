import Journal
import WallClock

/// The system's clock, as the journal wants it.
package enum JournalTimes {
    /// The present in UTC, with milliseconds.
    package static func now() -> JournalTime { JournalTime(milliseconds: SystemTime.real) }
}
