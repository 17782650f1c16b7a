/// The `name=value` pairs of a URL's query, percent-decoded.
///
/// Forgiving, as the wire contract asks of every URL: an escape that isn't one (`50%`, `%zz`) is kept as it
/// stands, a name without `=` has an empty value, and unknown names are nobody's concern.
struct QueryString: Equatable, Sendable {
    /// The pairs in the order in which they came.
    let pairs: [(name: String, value: String)]

    /// Splits and decodes `text`, the part of a URL after its `?` (a leading `?` is tolerated).
    init(_ text: String) {
        let body = text.utf8.first == UInt8(ascii: "?") ? text.utf8.dropFirst() : text.utf8[...]
        self.pairs = body.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decoded(parts[0]), parts.count > 1 ? Self.decoded(parts[1]) : "")
        }
    }

    /// The first value given under `name`; `nil` where the name isn't there.
    subscript(_ name: String) -> String? {
        self.pairs.first { $0.name == name }?.value
    }

    static func == (left: QueryString, right: QueryString) -> Bool {
        left.pairs.elementsEqual(right.pairs) { $0 == $1 }
    }

    private static func decoded(_ text: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), rest.count >= 2 else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard let high = hexValue(of: digits[digits.startIndex]),
                let low = hexValue(of: digits[digits.index(after: digits.startIndex)])
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(high << 4 | low)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The value of one hexadecimal digit in either case; `nil` where `byte` is none.
func hexValue(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
