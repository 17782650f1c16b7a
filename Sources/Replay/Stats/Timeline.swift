import Journal
import WallClock

/// Events counted over time, by kind, for a picture: sessions side by side, the time between them left out.
package struct Timeline: Sendable {
    /// One session's stretch of the picture.
    package struct Stretch: Sendable, Equatable {
        package let session: Session
        /// Where its first bucket begins, milliseconds since 1970 UTC: at a whole multiple of the step by the local clock.
        package let start: Int64
        /// Events of each kind, bucket by bucket.
        package fileprivate(set) var buckets: [[String: Int]]
    }

    /// A bucket's length, in milliseconds.
    package let step: Int64
    package private(set) var stretches: [Stretch]
    private var current = 0

    /// Steps that read well on an axis: minutes, up to a day.
    private static let steps: [Int64] = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map { $0 * 60_000 }

    /// - Parameters:
    ///   - sessions: What will be counted, oldest first.
    ///   - zone: Whose clock the buckets begin with.
    ///   - mostBuckets: The step is the shortest that needs no more buckets than this, but for one a session.
    package init(_ sessions: [Session], zone: LocalZone, mostBuckets: Int = 240) {
        let step = Self.steps.first { step in
            sessions.reduce(0) { $0 + $1.length / step + 1 } <= max(mostBuckets, sessions.count)
        }
        self.step = step ?? Self.longStep(sessions, mostBuckets)
        stretches = []
        for session in sessions {
            let start = Self.start(of: session, zone, self.step)
            let count = Int((session.end.milliseconds - start) / self.step) + 1
            stretches.append(
                Stretch(session: session, start: start, buckets: Array(repeating: [:], count: count)))
        }
    }

    private static func start(of session: Session, _ zone: LocalZone, _ step: Int64) -> Int64 {
        let ahead = zone.offset(at: session.start.milliseconds) ?? 0
        let local = session.start.milliseconds + ahead
        let rest = local % step
        return session.start.milliseconds - (rest < 0 ? rest + step : rest)
    }

    /// The kind of a type: its noun.
    package static func kind(of type: String) -> String { String(type.prefix { $0 != "." }) }

    /// Counts an event; they come in order, and belong to the sessions that were given.
    mutating func add(_ event: EventEnvelope) {
        while current < stretches.count, stretches[current].session.lastOffset < event.offset { current += 1 }
        guard current < stretches.count else { return }
        let bucket = Int((event.time.milliseconds - stretches[current].start) / step)
        guard stretches[current].buckets.indices.contains(bucket) else { return }
        stretches[current].buckets[bucket][Self.kind(of: event.type), default: 0] += 1
    }

    /// The kinds that there are, the most frequent first.
    package var kinds: [(name: String, events: Int)] {
        var counts: [String: Int] = [:]
        for stretch in stretches {
            for bucket in stretch.buckets { counts.merge(bucket) { $0 + $1 } }
        }
        return counts.map { (name: $0.key, events: $0.value) }.sorted { ($1.events, $0.name) < ($0.events, $1.name) }
    }

    /// Whole days, for sessions that last for months (`--gap 30d`).
    private static func longStep(_ sessions: [Session], _ mostBuckets: Int) -> Int64 {
        let day: Int64 = 86_400_000
        let length = sessions.reduce(0) { $0 + $1.length }
        return day * (1 + length / day / Int64(max(1, mostBuckets / 2)))
    }
}
