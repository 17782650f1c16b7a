import JSONDocument

/// Numbers and places in sentences.
enum ShownNumber {
    /// `4`, `7.25`: at most two digits after the point.
    static func text(_ value: Double) -> String {
        guard value.magnitude < 1e15 else { return "\(value)" }
        let hundredths = Int((value * 100).rounded())
        let (whole, rest) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
        let sign = hundredths < 0 ? "-" : ""
        guard rest > 0 else { return "\(sign)\(whole)" }
        let digits = rest < 10 ? "0\(rest)" : rest.isMultiple(of: 10) ? "\(rest / 10)" : "\(rest)"
        return "\(sign)\(whole).\(digits)"
    }

    /// `old → new`, both with as many digits as it takes to tell them apart.
    static func change(_ old: Double, _ new: Double) -> String {
        let (before, after) = (text(old), text(new))
        return before == after ? "\(old) → \(new)" : "\(before) → \(after)"
    }

    /// `(4,5) → (7,5)`; nil unless both are objects with numbers `x` and `y`, and one of these differs.
    static func move(_ old: JSONValue, _ new: JSONValue) -> String? {
        guard let oldX = old["x"]?.doubleValue, let oldY = old["y"]?.doubleValue, let newX = new["x"]?.doubleValue,
            let newY = new["y"]?.doubleValue, oldX != newX || oldY != newY
        else { return nil }
        let (before, after) = ("(\(text(oldX)),\(text(oldY)))", "(\(text(newX)),\(text(newY)))")
        return before == after ? "(\(oldX),\(oldY)) → (\(newX),\(newY))" : "\(before) → \(after)"
    }
}
