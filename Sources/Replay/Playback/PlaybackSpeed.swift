import JSONDocument

/// How fast a recording is played.
package enum PlaybackSpeed: Sendable, Equatable {
    /// So many times as fast as it happened, more than 0.
    case times(Double)
    /// As fast as it can be read.
    case max

    /// What + and - step through.
    private static let steps: [Double] = [0.25, 0.5, 1, 2, 5, 10, 20, 50, 100]

    /// Speeds beyond are the same as ``max`` to anybody who watches.
    private static let range = 0.01...10_000

    /// Reads `1`, `10`, `0.5`, `10x` or `max`.
    ///
    /// - Throws: ``ReplayError/usage(_:hint:)``.
    package static func parse(_ text: String) throws(ReplayError) -> PlaybackSpeed {
        if text.lowercased() == "max" { return .max }
        let digits = text.hasSuffix("x") || text.hasSuffix("×") ? text.dropLast() : text[...]
        guard let speed = Double(digits), let checked = PlaybackSpeed(factor: speed) else {
            throw .usage("'\(text)' is no speed", hint: "Give a number from 0.01 to 10000 (1 as it was, 10), or max.")
        }
        return checked
    }

    /// `nil` for a number that is out of range or none.
    package init?(factor: Double) {
        guard Self.range.contains(factor) else { return nil }
        self = .times(factor)
    }

    /// The next one up.
    package var faster: PlaybackSpeed {
        guard case .times(let factor) = self, let step = Self.steps.first(where: { $0 > factor }) else { return .max }
        return .times(step)
    }

    /// The next one down; the lowest stays.
    package var slower: PlaybackSpeed {
        let factor = if case .times(let factor) = self { factor } else { Double.infinity }
        return .times(Self.steps.last { $0 < factor } ?? min(factor, Self.steps[0]))
    }

    /// `1×`, `0.5×`, `max`.
    package var text: String {
        guard case .times(let factor) = self else { return "max" }
        return "\(Self.number(factor))×"
    }

    /// A number, or `"max"`.
    package var json: JSONValue {
        guard case .times(let factor) = self else { return "max" }
        // Every factor in range can be written as a number.
        return (try? JSONValue.number(text: Self.number(factor))) ?? .null
    }

    private static func number(_ factor: Double) -> String {
        factor == factor.rounded() ? String(Int(factor)) : String(factor)
    }
}
