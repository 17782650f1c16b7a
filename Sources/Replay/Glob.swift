/// A pattern with `*` (any run) and `?` (any one character), as shells have it, without character classes.
package struct Glob: Sendable, Equatable {
    private let pattern: [UInt8]

    /// Takes every text; one without wildcards matches itself only.
    package init(_ pattern: String) {
        self.pattern = Array(pattern.utf8)
    }

    /// Whether the whole text matches.
    ///
    /// Linear for one `*`, at worst pattern × text; compares UTF-8 bytes, so `?`
    /// stands for one byte (types and actors are ASCII in practice).
    package func matches(_ text: some StringProtocol) -> Bool {
        let text = Array(text.utf8)
        var (patternIndex, textIndex) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while textIndex < text.count {
            if patternIndex < pattern.count, pattern[patternIndex] == Self.any {
                star = (patternIndex, textIndex)
                patternIndex += 1
            } else if patternIndex < pattern.count,
                pattern[patternIndex] == Self.one || pattern[patternIndex] == text[textIndex]
            {
                patternIndex += 1
                textIndex += 1
            } else if let back = star {
                // The last star takes one character more.
                star = (back.pattern, back.text + 1)
                patternIndex = back.pattern + 1
                textIndex = back.text + 1
            } else {
                return false
            }
        }
        return pattern[patternIndex...].allSatisfy { $0 == Self.any }
    }

    private static let any = UInt8(ascii: "*")
    private static let one = UInt8(ascii: "?")
}
