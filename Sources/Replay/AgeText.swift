/// A length of time as people write it.
enum AgeText {
    /// `2h`, `1d12h`, `90 min`, `1.5h`, `an hour`, `half an hour`, `2 hours and 5 minutes` in milliseconds; `nil` for anything else.
    static func milliseconds(_ text: Substring) -> Int64? {
        let plain = spelledOut(text)
        var rest = plain[...]
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix(while: { $0.isASCII && ($0.isNumber || $0 == ".") })
            let afterDigits = rest.dropFirst(digits.count).drop(while: \.isWhitespace)
            let unit = afterDigits.prefix(while: \.isLetter)
            guard let amount = Double(digits), let length = unitLength[String(unit)] else { return nil }
            total += amount * length
            rest = afterDigits.dropFirst(unit.count).drop(while: \.isWhitespace)
        }
        return total <= 1e15 ? Int64(total) : nil
    }

    /// With digits for `a` and `an`, without `and` and commas.
    private static func spelledOut(_ text: Substring) -> String {
        var words = text.split { $0.isWhitespace || $0 == "," }
        if words.first == "half", words.count > 1, ["a", "an"].contains(words[1]) { words[0...1] = ["0.5"] }
        return words.filter { $0 != "and" }.map { ["a", "an"].contains($0) ? "1" : $0 }.joined(separator: " ")
    }

    private static let unitLength: [String: Double] = {
        let units: [(names: [String], milliseconds: Double)] = [
            (["s", "sec", "secs", "second", "seconds"], 1_000),
            (["m", "min", "mins", "minute", "minutes"], 60_000),
            (["h", "hr", "hrs", "hour", "hours"], 3_600_000),
            (["d", "day", "days"], 86_400_000),
            (["w", "week", "weeks"], 604_800_000),
            // Spelled out, years are counted in the calendar (``DayText``).
            (["y", "yr", "yrs"], 31_536_000_000),
        ]
        return Dictionary(uniqueKeysWithValues: units.flatMap { unit in unit.names.map { ($0, unit.milliseconds) } })
    }()
}
