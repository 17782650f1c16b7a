extension JSONScanner {
    mutating func scanArray(depth: Int) throws(JSONSyntaxError) {
        guard try !entersEmpty(depth, close: UInt8(ascii: "]")) else { return }
        repeat { try scanValue(depth: depth) } while try goesOn(close: UInt8(ascii: "]"))
    }

    mutating func scanObject(depth: Int) throws(JSONSyntaxError) {
        guard try !entersEmpty(depth, close: UInt8(ascii: "}")) else { return }
        var names = MemberNames()
        repeat {
            let start = at
            let escaped = try scanString()
            guard names.insert(start &+ 1..<at &- 1, escaped: escaped, of: text.span) else {
                throw fault(.duplicateKey, "a member name that its object doesn't have yet", at: start)
            }
            try scanColon()
            try scanValue(depth: depth)
        } while try goesOn(close: UInt8(ascii: "}"))
    }

    mutating func scanColon() throws(JSONSyntaxError) {
        skipWhiteSpace()
        guard at < text.count, text[at] == UInt8(ascii: ":") else { throw fault(.syntax, "`:`") }
        at &+= 1
        skipWhiteSpace()
    }

    /// Moves past the opening bracket; also past the closing one, and answers true, if nothing is between.
    mutating func entersEmpty(_ depth: Int, close: UInt8) throws(JSONSyntaxError) -> Bool {
        guard depth <= limits.depth else { throw fault(.depth, "at most \(limits.depth) levels of nesting") }
        at &+= 1
        skipWhiteSpace()
        guard at < text.count, text[at] == close else { return false }
        at &+= 1
        return true
    }

    /// Moves past a comma and answers true, or past the closing bracket and answers false.
    mutating func goesOn(close: UInt8) throws(JSONSyntaxError) -> Bool {
        skipWhiteSpace()
        guard at < text.count, text[at] == UInt8(ascii: ",") || text[at] == close else {
            throw fault(.syntax, "`,` or `\(Character(Unicode.Scalar(close)))`")
        }
        let more = text[at] != close
        at &+= 1
        if more { skipWhiteSpace() }
        return more
    }
}

/// The member names of one object while it is scanned, to find one that comes twice.
struct MemberNames {
    private var plain: [Range<Int>] = []
    private var decoded: Set<String> = []
    private static let plainCountMax = 12

    /// - Returns: False if the object has the name already.
    mutating func insert(_ name: Range<Int>, escaped: Bool, of text: Span<UInt8>) -> Bool {
        if decoded.isEmpty, !escaped, plain.count < Self.plainCountMax {
            for other in plain where sameBytes(other, name, text) { return false }
            plain.append(name)
            return true
        }
        if decoded.isEmpty {
            for other in plain { decoded.insert(decodeString(text, other)) }
        }
        return decoded.insert(decodeString(text, name)).inserted
    }

    private func sameBytes(_ a: Range<Int>, _ b: Range<Int>, _ text: Span<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        for step in 0..<a.count where text[a.lowerBound &+ step] != text[b.lowerBound &+ step] { return false }
        return true
    }
}

/// What stands between the quotes of a checked string, its escapes resolved.
func decodeString(_ text: Span<UInt8>, _ range: Range<Int>) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    var at = range.lowerBound
    while at < range.upperBound {
        guard text[at] == UInt8(ascii: "\\") else {
            bytes.append(text[at])
            at &+= 1
            continue
        }
        at = decodeEscape(text, at &+ 1, into: &bytes)
    }
    return String(decoding: bytes, as: UTF8.self)
}

private func decodeEscape(_ text: Span<UInt8>, _ at: Int, into bytes: inout [UInt8]) -> Int {
    switch text[at] {
    case UInt8(ascii: "b"): bytes.append(8)
    case UInt8(ascii: "f"): bytes.append(12)
    case UInt8(ascii: "n"): bytes.append(10)
    case UInt8(ascii: "r"): bytes.append(13)
    case UInt8(ascii: "t"): bytes.append(9)
    case UInt8(ascii: "u"):
        var scalar = hexUnit(text, at &+ 1)
        var end = at &+ 5
        if scalar & 0xFC00 == 0xD800 {
            scalar = 0x10000 + (scalar & 0x3FF) << 10 + hexUnit(text, at &+ 7) & 0x3FF
            end = at &+ 11
        }
        if let scalar = Unicode.Scalar(scalar) { bytes.append(contentsOf: UTF8.encode(scalar) ?? .init()) }
        return end
    default: bytes.append(text[at])
    }
    return at &+ 1
}

private func hexUnit(_ text: Span<UInt8>, _ at: Int) -> UInt32 {
    (at..<at &+ 4).reduce(0) { $0 << 4 | (hexDigit(text[$1]) ?? 0) }
}
