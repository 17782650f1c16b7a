import Glibc
import Journal

/// The system's clock, as the journal wants it.
package enum WallClock {
    /// The present in UTC, with milliseconds.
    package static func now() -> JournalTime {
        var present = timespec()
        clock_gettime(CLOCK_REALTIME, &present)
        return JournalTime(milliseconds: Int64(present.tv_sec) * 1000 + Int64(present.tv_nsec) / 1_000_000)
    }
}
