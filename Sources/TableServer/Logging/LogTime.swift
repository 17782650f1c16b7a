import Journal
import WallClock

/// When a line was written: the wall clock for people and for the file's day, the instant for programs.
package struct LogTime: Sendable, Equatable {
    /// What the wall clock shows.
    package let wall: WallTime
    /// Milliseconds since 1970 UTC.
    package let milliseconds: Int64

    /// A time out of its two readings.
    package init(wall: WallTime, milliseconds: Int64) {
        self.wall = wall
        self.milliseconds = milliseconds
    }

    /// `2026-11-23T05:40:00.016Z`.
    package var rfc3339: String { JournalTime(milliseconds: milliseconds).description }

    /// The present, in the system's zone.
    package static func now() -> LogTime {
        let milliseconds = SystemTime.real
        // A clock outside the years 1 to 9999 is no reason to log nothing.
        let wall = LocalZone.system.reading(milliseconds)?.wall ?? WallTime(year: 1970, month: 1, day: 1)
        return LogTime(wall: wall, milliseconds: milliseconds)
    }
}
