/// How often each of some names came.
package struct Tally: Sendable, Equatable {
    private var counts: [String: Int] = [:]

    package init() {}

    /// Counts a name once more.
    package mutating func add(_ name: String) { counts[name, default: 0] += 1 }

    /// The names with their counts, the most frequent first, equals by name.
    package var sorted: [(name: String, count: Int)] {
        counts.map { (name: $0.key, count: $0.value) }.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }
}
