/// Walks one JSON text and checks all of RFC 8259, without building anything.
///
/// Positions are byte offsets into the text. Nothing is allocated but the member names of objects that have escapes or
/// many members, which are needed to find duplicates.
struct JSONScanner {
    let text: [UInt8]
    let limits: JSONLimits
    var at = 0
    /// Whether white space stood between the tokens, so that the text isn't in compact form.
    var sawWhiteSpace = false

    init(_ text: [UInt8], limits: JSONLimits) {
        self.text = text
        self.limits = limits
    }

    /// Checks that the whole text is one value with nothing but white space around it.
    mutating func scanDocument() throws(JSONSyntaxError) {
        guard text.count <= limits.byteCount else {
            throw fault(.size, "at most \(limits.byteCount) bytes", at: limits.byteCount)
        }
        skipWhiteSpace()
        try scanValue(depth: 0)
        skipWhiteSpace()
        guard at == text.count else { throw fault(.syntax, "the end of the text") }
    }

    /// Moves past one value.
    mutating func scanValue(depth: Int) throws(JSONSyntaxError) {
        guard at < text.count else { throw fault(.syntax, "a value") }
        switch text[at] {
        case UInt8(ascii: "{"): try scanObject(depth: depth + 1)
        case UInt8(ascii: "["): try scanArray(depth: depth + 1)
        case UInt8(ascii: "\""): _ = try scanString()
        case UInt8(ascii: "t"): try scanWord("true")
        case UInt8(ascii: "f"): try scanWord("false")
        case UInt8(ascii: "n"): try scanWord("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try scanNumber()
        default: throw fault(.syntax, "a value")
        }
    }

    mutating func skipWhiteSpace() {
        while at < text.count, text[at] <= 0x20 {
            let byte = text[at]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            sawWhiteSpace = true
            at &+= 1
        }
    }

    func fault(_ kind: JSONSyntaxError.Kind, _ expected: String, at offset: Int? = nil) -> JSONSyntaxError {
        JSONSyntaxError(kind: kind, offset: offset ?? at, expected: expected)
    }
}
