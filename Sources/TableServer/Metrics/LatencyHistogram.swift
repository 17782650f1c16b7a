import Synchronization

/// How often something took how long.
///
/// Fixed buckets of atomic counters, so that recording costs a few comparisons and two additions, and never a lock. Safe from
/// every thread.
package final class LatencyHistogram: Sendable {
    /// The buckets' upper bounds in nanoseconds, 25 µs to 10 s; one bucket more is for what took longer.
    package static let bounds: [UInt64] = [
        25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000,
        100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    ]

    /// What was counted up to a moment.
    package struct Reading: Sendable, Equatable {
        /// How many fell into each bucket; the last one has no bound.
        package let counts: [Int]
        /// Nanoseconds of all together.
        package let sum: UInt64

        /// How many there were.
        package var count: Int { counts.reduce(0, +) }
    }

    private let counts: InlineArray<19, Atomic<Int>>
    private let sum = Atomic<UInt64>(0)

    /// Nothing counted yet.
    package init() {
        precondition(Self.bounds.count == 18, "one counter for each bound, and one more")
        counts = InlineArray { _ in Atomic(0) }
    }

    /// Something took so many nanoseconds.
    package func record(nanoseconds: UInt64) {
        let bucket = Self.bounds.firstIndex { nanoseconds <= $0 } ?? Self.bounds.count
        counts[bucket].wrappingAdd(1, ordering: .relaxed)
        // The sum of centuries would begin anew, which is no reason to end.
        sum.wrappingAdd(nanoseconds, ordering: .relaxed)
    }

    /// Something took this long.
    package func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return record(nanoseconds: 0) }
        record(nanoseconds: UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds) / 1_000_000_000)
    }

    /// The counts now; what is recorded meanwhile may be in the counts and not yet in the sum, or the other way round.
    package var reading: Reading {
        var read: [Int] = []
        for bucket in counts.indices { read.append(counts[bucket].load(ordering: .relaxed)) }
        return Reading(counts: read, sum: sum.load(ordering: .relaxed))
    }
}
