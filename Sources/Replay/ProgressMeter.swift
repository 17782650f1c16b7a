/// How far a long piece of work is.
package struct ProgressStep: Sendable, Equatable {
    /// What the numbers count.
    package enum Unit: Sendable { case events, bytes, files }

    package let title: String
    package let done: Int64
    package let total: Int64
    package let unit: Unit

    /// `total` 0 means not known.
    package init(title: String, done: Int64, total: Int64, unit: Unit) {
        self.title = title
        self.done = done
        self.total = total
        self.unit = unit
    }
}

/// Told now and then by work that may take long; cheap to call, the receiver decides what it shows.
package typealias ProgressSink = (ProgressStep) -> Void

/// Turns steps into the line that a terminal shows: bar, share, rate, time left.
///
/// Pure: time comes in as milliseconds of any steady clock. Nothing is shown for the first second, so that quick work
/// leaves no trace, and after that at most ten lines a second.
package struct ProgressMeter: Sendable {
    private let startedAt: Int64
    private var shownAt: Int64?
    private var title: String?
    /// Where the work stood at some moments of the last seconds, oldest first: the rate is that of a sliding window.
    private var samples: [(at: Int64, done: Int64)] = []

    private static let quietMilliseconds: Int64 = 1_000
    private static let intervalMilliseconds: Int64 = 100
    private static let windowMilliseconds: Int64 = 5_000

    /// Begins to count at `now`.
    package init(now: Int64) {
        startedAt = now
    }

    /// Whether a line stands on the terminal and has to be cleared in the end.
    package var isShown: Bool { shownAt != nil }

    /// Takes a step in.
    ///
    /// - Returns: The line to show instead of the last one, at most `width` columns; `nil` if it's not time yet.
    package mutating func line(for step: ProgressStep, now: Int64, width: Int) -> String? {
        if title != step.title {
            title = step.title
            samples = []
        }
        if samples.last.map({ now - $0.at >= Self.intervalMilliseconds }) ?? true {
            samples.append((now, step.done))
            samples.removeAll { now - $0.at > Self.windowMilliseconds }
        }
        guard now - startedAt >= Self.quietMilliseconds else { return nil }
        if let shownAt, now - shownAt < Self.intervalMilliseconds { return nil }
        shownAt = now
        return render(step, width: width)
    }

    /// Units per second over the window, `nil` while there is nothing to tell it from.
    private var rate: Double? {
        guard let first = samples.first, let last = samples.last, last.at > first.at, last.done > first.done else {
            return nil
        }
        return Double(last.done - first.done) * 1000 / Double(last.at - first.at)
    }

    private func render(_ step: ProgressStep, width: Int) -> String {
        var facts = [amount(step)]
        if let rate { facts.append(rateText(rate, step.unit)) }
        if let rate, step.total > step.done {
            facts.append("\(Units.remaining(milliseconds: Int64(Double(step.total - step.done) / rate * 1000))) left")
        }
        let tail = facts.joined(separator: "  ")
        guard step.total > 0 else { return shortened("\(step.title)  \(tail)", to: width) }
        let share = min(1, max(0, Double(step.done) / Double(step.total)))
        let percent = "\(Int(share * 100))%"
        let room = width - columns(of: step.title) - columns(of: tail) - 10
        guard room >= 8 else { return shortened("\(step.title) \(percent)  \(tail)", to: width) }
        let gap = String(repeating: " ", count: 4 - percent.count)
        return "\(step.title) [\(bar(share, cells: min(40, room)))] \(gap)\(percent)  \(tail)"
    }

    private func amount(_ step: ProgressStep) -> String {
        switch step.unit {
        case .events: Units.plural(step.done, "event")
        case .files: Units.plural(step.done, "file")
        case .bytes: Units.bytes(step.done)
        }
    }

    private func rateText(_ rate: Double, _ unit: ProgressStep.Unit) -> String {
        switch unit {
        case .events, .files: "\(Units.count(Int64(rate)))/s"
        case .bytes: "\(Units.bytes(Int64(rate)))/s"
        }
    }

    private func bar(_ share: Double, cells: Int) -> String {
        let full = Int((share * Double(cells)).rounded(.down))
        return String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
    }
}
