import Journal
import WallClock

/// Finds the local hour that a time is in; quick for times that follow one another.
struct LocalHour: Sendable {
    private let zone: LocalZone
    private var hour: Range<Int64> = 0..<0

    init(_ zone: LocalZone) {
        self.zone = zone
    }

    /// The instant, in milliseconds since 1970 UTC, when the hour on the wall clock began.
    mutating func start(of time: JournalTime) -> Int64 {
        let instant = time.milliseconds
        if hour.contains(instant) { return hour.lowerBound }
        // Minutes of the wall clock: some zones are half an hour off.
        let wall = zone.reading(instant)?.wall ?? WallTime(year: 1970, month: 1, day: 1)
        let start = instant - Int64((wall.minute * 60 + wall.second) * 1000 + wall.millisecond)
        hour = start..<start + 3_600_000
        return start
    }
}
