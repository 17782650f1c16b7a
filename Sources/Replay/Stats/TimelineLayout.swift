/// Where the parts of a timeline's picture stand, in pixels.
struct TimelineLayout: Sendable {
    let width: Double
    let height: Double = 430
    let left: Double = 64
    let top: Double = 116
    let bucketWidth: Double

    private let gap: Double
    private let bucketCounts: [Int]
    /// Buckets before each stretch.
    private let bucketsBefore: [Int]

    /// - Parameter bucketCounts: Those of each stretch.
    init(bucketCounts: [Int]) {
        let margins: Double = 64 + 24
        let buckets = max(1, bucketCounts.reduce(0, +))
        let gaps = Double(max(0, bucketCounts.count - 1))
        // Two pixels a bucket at least: a picture of very many sessions is wider.
        width = max(1200, margins + Double(buckets) * 2 + gaps * 2)
        gap = gaps > 0 ? min(14, max(2, (width - margins) * 0.15 / gaps)) : 0
        bucketWidth = min(40, (width - margins - gap * gaps) / Double(buckets))
        self.bucketCounts = bucketCounts
        var before: [Int] = []
        var sum = 0
        for count in bucketCounts {
            before.append(sum)
            sum += count
        }
        bucketsBefore = before
    }

    var right: Double { width - 24 }
    var bottom: Double { height - 54 }

    /// Where a share of the largest count is, 0 at the axis.
    func y(_ share: Double) -> Double { bottom - (bottom - top) * share }

    func x(ofStretch index: Int) -> Double {
        left + Double(bucketsBefore[index]) * bucketWidth + Double(index) * gap
    }

    func width(ofStretch index: Int) -> Double { Double(bucketCounts[index]) * bucketWidth }

    /// From a stretch's beginning to the next one's, or to the picture's edge: room for its heading.
    func room(ofStretch index: Int) -> Double {
        (index + 1 < bucketCounts.count ? x(ofStretch: index + 1) : right) - x(ofStretch: index)
    }

    /// Minutes from one clock time on the axis to the next, so that they have room.
    func labelMinutes(bucketMilliseconds: Int64) -> Int {
        let steps = [5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440]
        let pixelsPerMinute = bucketWidth / (Double(bucketMilliseconds) / 60_000)
        return steps.first { Double($0) * pixelsPerMinute >= 52 } ?? 1440
    }
}

/// The axis of counts: a round number above the largest, and some round numbers up to it.
struct CountScale: Sendable, Equatable {
    let top: Int
    let ticks: [Int]

    init(largest: Int) {
        var step = 1
        var factor = 0
        while step * 5 < largest {
            step = step / [1, 2, 5][factor % 3] * [2, 5, 10][factor % 3]
            factor += 1
        }
        let count = max(1, (largest + step - 1) / step)
        top = count * step
        ticks = (0...count).map { $0 * step }
    }
}

/// The kinds that have a colour of their own; what is over is gathered as `other`.
struct TimelineKinds: Sendable {
    private(set) var shown: [(name: String, events: Int)]
    private let places: [String: Int]
    private static let colourCount = 8

    init(_ kinds: [(name: String, events: Int)]) {
        shown = Array(kinds.prefix(kinds.count <= Self.colourCount ? Self.colourCount : Self.colourCount - 1))
        places = Dictionary(uniqueKeysWithValues: shown.enumerated().map { ($0.element.name, $0.offset) })
        let rest = kinds.dropFirst(shown.count)
        if !rest.isEmpty { shown.append(("other", rest.reduce(0) { $0 + $1.events })) }
    }

    /// The counts of a bucket in the order of ``shown``.
    func counts(in bucket: [String: Int]) -> [Int] {
        var counts = [Int](repeating: 0, count: shown.count)
        for (kind, events) in bucket { counts[places[kind] ?? shown.count - 1] += events }
        return counts
    }
}
