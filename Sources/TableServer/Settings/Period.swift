/// Spans of time as people write them.
package enum Period {
    /// Reads `90s`, `30m`, `24h`, `7d` as seconds; nil for anything else.
    package static func parse(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let factors: [String: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let number = Int64(digits), let factor = factors[text[digits.endIndex...].lowercased()] else {
            return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }
}
