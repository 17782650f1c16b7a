import Journal

/// Events counted over time, by kind, for a picture: sessions side by side, the time between them left out.
package struct Timeline: Sendable {
    /// One session's stretch of the picture.
    package struct Stretch: Sendable, Equatable {
        package let session: Session
        /// Where its first bucket begins, milliseconds since 1970 UTC: at a whole multiple of the step in UTC.
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
    ///   - mostBuckets: The step is the shortest that needs no more buckets than this, but for one a session.
    package init(_ sessions: [Session], mostBuckets: Int = 240) {
        let step = Self.steps.first { step in
            sessions.reduce(0) { $0 + Self.bucketCount($1, step) } <= max(mostBuckets, sessions.count)
        }
        self.step = step ?? Self.longStep(sessions, mostBuckets)
        stretches = []
        for session in sessions {
            stretches.append(
                Stretch(
                    session: session, start: Self.bucket(of: session.start, self.step) * self.step,
                    buckets: Array(repeating: [:], count: Self.bucketCount(session, self.step))))
        }
    }

    /// The kind of a type: its noun.
    package static func kind(of type: String) -> String { String(type.prefix { $0 != "." }) }

    /// Counts an event; they come in order, and belong to the sessions that were given.
    mutating func add(_ event: EventEnvelope) {
        while current < stretches.count, stretches[current].session.lastOffset < event.offset { current += 1 }
        guard current < stretches.count else { return }
        let bucket = Int(Self.bucket(of: event.time, step) - stretches[current].start / step)
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

    private static func bucket(of time: JournalTime, _ step: Int64) -> Int64 {
        time.milliseconds >= 0 ? time.milliseconds / step : (time.milliseconds - step + 1) / step
    }

    private static func bucketCount(_ session: Session, _ step: Int64) -> Int {
        Int(bucket(of: session.end, step) - bucket(of: session.start, step)) + 1
    }

    /// Whole days, for sessions that last for months (`--gap 30d`).
    private static func longStep(_ sessions: [Session], _ mostBuckets: Int) -> Int64 {
        let day: Int64 = 86_400_000
        let length = sessions.reduce(0) { $0 + $1.length }
        return day * (1 + length / day / Int64(max(1, mostBuckets / 2)))
    }
}
