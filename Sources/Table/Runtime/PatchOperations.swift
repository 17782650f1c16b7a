/// Finds the operations of a patch's text, by where each stands.
///
/// Knows no more of JSON than brackets and strings: it says how a text in normal form falls apart, and whoever reads the
/// parts finds what is wrong with them.
enum PatchOperations {
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    /// Splits `[{…},{…}]`.
    ///
    /// - Parameter ranges: Gets the operations, each from its `{` to its `}`; what it held is dropped.
    /// - Returns: Whether the text is nothing but that, without white space between the parts.
    static func split(_ patch: Span<UInt8>, into ranges: inout [Range<Int>]) -> Bool {
        ranges.removeAll(keepingCapacity: true)
        guard patch.count > 2, patch[0] == UInt8(ascii: "[") else { return false }
        var at = 1
        while let end = self.end(ofObject: at, in: patch) {
            ranges.append(at..<end)
            guard end < patch.count else { return false }
            switch patch[end] {
            case UInt8(ascii: ","): at = end + 1
            case UInt8(ascii: "]"): return end + 1 == patch.count
            default: return false
            }
        }
        return false
    }

    /// The place after the object that begins at `start`; `nil` if none does or it has no end.
    private static func end(ofObject start: Int, in text: Span<UInt8>) -> Int? {
        guard start < text.count, text[start] == UInt8(ascii: "{") else { return nil }
        var depth = 0
        var at = start
        while at < text.count {
            switch text[at] {
            case self.quote: at = self.end(ofString: at + 1, in: text)
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return at + 1 }
            default: break
            }
            at += 1
        }
        return nil
    }

    /// The place of the quote that ends the string whose content begins at `start`; the text's end if there is none.
    static func end(ofString start: Int, in text: Span<UInt8>) -> Int {
        var at = start
        while at < text.count, text[at] != self.quote { at += text[at] == self.backslash ? 2 : 1 }
        return min(at, text.count)
    }
}
