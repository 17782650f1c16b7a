import Glibc

/// What the machine's clocks say, in milliseconds.
package enum SystemTime {
    /// Since 1970 in UTC (CLOCK_REALTIME); may be set, also back.
    package static var real: Int64 { read(CLOCK_REALTIME) }

    /// Since some moment in the past (CLOCK_MONOTONIC); nobody sets it.
    package static var steady: Int64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
