import Glibc

/// A moment as the clock on the wall shows it, for log lines and the names of log files.
package struct LocalTime: Sendable, Equatable {
    /// The year, such as 2026.
    package var year: Int
    /// 1 to 12.
    package var month: Int
    /// 1 to 31.
    package var day: Int
    /// 0 to 23.
    package var hour: Int
    /// 0 to 59.
    package var minute: Int
    /// 0 to 60, as there are leap seconds.
    package var second: Int
    /// 0 to 999.
    package var millisecond: Int

    /// A moment from its parts; what is left out is zero.
    package init(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, millisecond: Int = 0
    ) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.millisecond = millisecond
    }

    /// The present in this machine's time zone.
    package static func now() -> LocalTime {
        var present = timespec()
        clock_gettime(CLOCK_REALTIME, &present)
        var fields = tm()
        localtime_r(&present.tv_sec, &fields)
        return LocalTime(
            year: Int(fields.tm_year) + 1900, month: Int(fields.tm_mon) + 1, day: Int(fields.tm_mday),
            hour: Int(fields.tm_hour), minute: Int(fields.tm_min), second: Int(fields.tm_sec),
            millisecond: present.tv_nsec / 1_000_000)
    }

    /// The date, `2026-11-23`.
    package var date: String { "\(year)-\(Self.padded(month, 2))-\(Self.padded(day, 2))" }

    /// The time of day with milliseconds, `06:40:00.016`.
    package var time: String { "\(timeOfDay).\(Self.padded(millisecond, 3))" }

    /// The time of day, `06:40:00`.
    package var timeOfDay: String {
        [hour, minute, second].map { Self.padded($0, 2) }.joined(separator: ":")
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
