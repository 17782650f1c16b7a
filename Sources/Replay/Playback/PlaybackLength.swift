/// Lengths of time as people write them on a command line.
package enum PlaybackLength {
    /// Reads `5s`, `500ms`, `2m`, `1h`, `0`; a number alone counts seconds.
    ///
    /// - Throws: ``ReplayError/usage(_:hint:)``.
    package static func milliseconds(_ text: String) throws(ReplayError) -> Int64 {
        let units: [String: Int64] = ["ms": 1, "s": 1000, "": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000]
        let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        let unit = text[digits.endIndex...].trimmingSpaces().lowercased()
        guard let number = Double(digits), let factor = units[unit], number * Double(factor) <= 1e15 else {
            throw .usage("'\(text)' is no length of time", hint: "Give one like 5s, 500ms, 2m or 1h.")
        }
        return Int64(number * Double(factor))
    }
}
