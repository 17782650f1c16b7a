import JSONDocument

/// Offsets in ascending order, as runs: what was kept, what was lost.
package struct OffsetRuns: Sendable, Equatable {
    /// The runs, ascending, none touching the next.
    package private(set) var runs: [ClosedRange<Int64>] = []

    /// Adds an offset above all so far.
    mutating func append(_ offset: Int64) {
        if let last = self.runs.last, last.upperBound + 1 == offset {
            self.runs[self.runs.count - 1] = last.lowerBound...offset
        } else {
            self.runs.append(offset...offset)
        }
    }

    /// How many offsets there are.
    package var count: Int64 { self.runs.reduce(0) { $0 + $1.upperBound - $1.lowerBound + 1 } }

    /// `0 to 17, 20`; `none`.
    package var text: String {
        self.runs.isEmpty ? "none" : self.runs.map(Self.text).joined(separator: ", ")
    }

    private static func text(_ run: ClosedRange<Int64>) -> String {
        run.count == 1 ? "\(run.lowerBound)" : "\(run.lowerBound) to \(run.upperBound)"
    }

    /// `[[0,17],[20,20]]`.
    package var json: JSONValue {
        .array(self.runs.map { .array([.number(Int($0.lowerBound)), .number(Int($0.upperBound))]) })
    }
}
