extension JSONValue {
    package static func parse(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONSyntaxError) -> JSONValue {
        var scanner = JSONScanner(bytes, limits: limits)
        try scanner.scanDocument()
        if scanner.sawWhiteSpace {
            let compact = compacted(bytes.span)
            return checked(compact.span, 0..<compact.count)
        }
        return checked(bytes.span, 0..<bytes.count)
    }

    package static func parse(text: String) throws(JSONSyntaxError) -> JSONValue { try parse(Array(text.utf8)) }

    /// Parses a whole text (RFC 8259, strict).
    package static func parse(_ bytes: Span<UInt8>, limits: JSONLimits = .standard) throws(JSONSyntaxError) -> JSONValue {
        try parse([UInt8](copying: bytes, 0..<bytes.count), limits: limits)
    }

    /// The value of checked, compact bytes.
    static func checked(_ bytes: Span<UInt8>, _ range: Range<Int>) -> JSONValue {
        switch bytes[range.lowerBound] {
        case UInt8(ascii: "n"): .null
        case UInt8(ascii: "t"): .bool(true)
        case UInt8(ascii: "f"): .bool(false)
        case UInt8(ascii: "\""): .string(decodeString(bytes, range.lowerBound &+ 1..<range.upperBound &- 1))
        case UInt8(ascii: "{"), UInt8(ascii: "["): JSONValue(.encoded(EncodedContainer([UInt8](copying: bytes, range))))
        default: JSONValue(.number(String(decoding: [UInt8](copying: bytes, range), as: UTF8.self)))
        }
    }
}

/// The text without the white space between its tokens.
func compacted(_ bytes: Span<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var inString = false
    var at = 0
    while at < bytes.count {
        let byte = bytes[at]
        if inString || byte > 0x20 { out.append(byte) }
        if byte == UInt8(ascii: "\"") { inString.toggle() }
        if inString, byte == UInt8(ascii: "\\") {
            at &+= 1
            out.append(bytes[at])
        }
        at &+= 1
    }
    return out
}

extension EncodedContainer {
    /// One level as a tree; the containers in it stay encoded.
    func expand() -> JSONValue.Node {
        let bytes = self.bytes
        let text = bytes.span
        var walker = CompactWalker(at: 1)
        if !isObject {
            var elements: [JSONValue] = []
            while text[walker.at] != UInt8(ascii: "]") { elements.append(walker.next(text)) }
            return .array(elements)
        }
        var keys: [String] = []
        var values: [JSONValue] = []
        while text[walker.at] != UInt8(ascii: "}") {
            keys.append(walker.key(text))
            values.append(walker.next(text))
        }
        return .object(ObjectStorage(distinct: keys, values))
    }
}

/// Walks one level of checked, compact bytes.
struct CompactWalker {
    var at: Int

    mutating func key(_ text: Span<UInt8>) -> String {
        let start = at
        skipString(text)
        let key = decodeString(text, start &+ 1..<at &- 1)
        at &+= 1
        return key
    }

    /// The value here; moves past it and the comma behind it.
    mutating func next(_ text: Span<UInt8>) -> JSONValue {
        let start = at
        skipValue(text)
        let value = JSONValue.checked(text, start..<at)
        if text[at] == UInt8(ascii: ",") { at &+= 1 }
        return value
    }

    mutating func skipValue(_ text: Span<UInt8>) {
        var depth = 0
        repeat {
            switch text[at] {
            case UInt8(ascii: "\""):
                skipString(text)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth &+= 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth &-= 1
            case UInt8(ascii: ","), UInt8(ascii: ":"): break
            default:
                skipScalar(text)
                continue
            }
            at &+= 1
        } while depth > 0
    }

    private mutating func skipScalar(_ text: Span<UInt8>) {
        while at < text.count {
            switch text[at] {
            case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"): return
            default: at &+= 1
            }
        }
    }

    mutating func skipString(_ text: Span<UInt8>) {
        at &+= 1
        while text[at] != UInt8(ascii: "\"") { at &+= text[at] == UInt8(ascii: "\\") ? 2 : 1 }
        at &+= 1
    }
}
