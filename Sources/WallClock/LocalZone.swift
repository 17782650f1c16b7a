import Glibc

/// What a wall clock shows at an instant, and the other way round.
///
/// Comes in as a value so that tests choose their zone instead of inheriting the machine's.
package struct LocalZone: Sendable {
    /// What the clock on the wall shows, with the zone's short name (`CET`).
    package struct Reading: Sendable, Equatable {
        package var wall: WallTime
        package var zoneName: String

        package init(wall: WallTime, zoneName: String) {
            self.wall = wall
            self.zoneName = zoneName
        }
    }

    /// Milliseconds since 1970 UTC of a wall time; `nil` where the zone has no answer.
    package let milliseconds: @Sendable (WallTime) -> Int64?
    /// The wall time at so many milliseconds since 1970 UTC; `nil` outside the years 1 to 9999.
    package let reading: @Sendable (Int64) -> Reading?

    /// A zone out of its two directions.
    package init(
        milliseconds: @escaping @Sendable (WallTime) -> Int64?, reading: @escaping @Sendable (Int64) -> Reading?
    ) {
        self.milliseconds = milliseconds
        self.reading = reading
    }

    /// The zone that the system was told (TZ, /etc/localtime).
    ///
    /// `mktime` isn't asked: what it makes of an hour that comes twice depends on what it was asked before.
    package static let system = LocalZone(reading: { milliseconds in
        var seconds = time_t(floorDivision(milliseconds, 1000))
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return nil }
        let name = parts.tm_zone.map { String(cString: $0) } ?? ""
        return reading(of: parts, millisecond: Int(milliseconds - Int64(seconds) * 1000), zoneName: name)
    })

    /// Coordinated universal time.
    package static let utc = LocalZone(
        milliseconds: { wall in
            var parts = tm(wall)
            return Int64(timegm(&parts)) * 1000 + Int64(wall.millisecond)
        },
        reading: { milliseconds in
            var seconds = time_t(floorDivision(milliseconds, 1000))
            var parts = tm()
            guard gmtime_r(&seconds, &parts) != nil else { return nil }
            return reading(of: parts, millisecond: Int(milliseconds - Int64(seconds) * 1000), zoneName: "UTC")
        })

    private static func reading(of parts: tm, millisecond: Int, zoneName: String) -> Reading? {
        let wall = WallTime(
            year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
            hour: Int(parts.tm_hour), minute: Int(parts.tm_min), second: min(59, Int(parts.tm_sec)),
            millisecond: millisecond)
        return wall.isValid ? Reading(wall: wall, zoneName: zoneName) : nil
    }

    /// `2026-11-23 06:40:00.016 CET`.
    package func text(_ milliseconds: Int64) -> String {
        guard let reading = reading(milliseconds) else { return "\(milliseconds) ms since 1970" }
        return "\(reading.wall.text) \(reading.zoneName)"
    }

    /// `2026-11-23 06:40:00 CET`, for lists.
    package func seconds(_ milliseconds: Int64) -> String {
        guard let reading = reading(milliseconds) else { return "\(milliseconds) ms since 1970" }
        return "\(reading.wall.dayText) \(reading.wall.secondText) \(reading.zoneName)"
    }
}

extension tm {
    fileprivate init(_ wall: WallTime) {
        self.init()
        tm_year = Int32(wall.year - 1900)
        tm_mon = Int32(wall.month - 1)
        tm_mday = Int32(wall.day)
        tm_hour = Int32(wall.hour)
        tm_min = Int32(wall.minute)
        tm_sec = Int32(wall.second)
    }
}

/// Division that rounds down, so that instants before 1970 keep a positive remainder.
func floorDivision(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
}
