extension JSONScanner {
    mutating func scanWord(_ word: String) throws(JSONSyntaxError) {
        for byte in word.utf8 {
            guard at < text.count, text[at] == byte else { throw fault(.syntax, "`\(word)`") }
            at &+= 1
        }
    }

    private mutating func scanDigits() throws(JSONSyntaxError) {
        let start = at
        while at < text.count, text[at] &- 0x30 < 10 { at &+= 1 }
        guard at > start else { throw fault(.syntax, "a digit") }
    }

    mutating func scanNumber() throws(JSONSyntaxError) {
        let start = at
        if text[at] == UInt8(ascii: "-") { at &+= 1 }
        if at < text.count, text[at] == UInt8(ascii: "0") { at &+= 1 } else { try scanDigits() }
        if at < text.count, text[at] == UInt8(ascii: ".") {
            at &+= 1
            try scanDigits()
        }
        var mayOverflow = at &- start > 300
        if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
            mayOverflow = true
            at &+= 1
            if at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at &+= 1 }
            try scanDigits()
        }
        guard mayOverflow else { return }
        guard let value = Double(string(start..<at)), value.isFinite else {
            throw fault(.numberOverflow, "a number within the range of a double", at: start)
        }
    }

    /// Moves past a string, from quote to quote. Answers whether it has escapes.
    mutating func scanString() throws(JSONSyntaxError) -> Bool {
        guard at < text.count, text[at] == UInt8(ascii: "\"") else { throw fault(.syntax, "a string") }
        at &+= 1
        var escaped = false
        while at < text.count {
            let byte = text[at]
            switch byte {
            case UInt8(ascii: "\""):
                at &+= 1
                return escaped
            case UInt8(ascii: "\\"):
                escaped = true
                try scanEscape()
            case 0..<0x20: throw fault(.syntax, "no control character inside a string (escape it)")
            case 0x20..<0x80: at &+= 1
            default: try scanMultibyte(byte)
            }
        }
        throw fault(.syntax, "the string's closing quote")
    }

    private mutating func scanEscape() throws(JSONSyntaxError) {
        let start = at
        at &+= 1
        guard at < text.count else { throw fault(.syntax, "an escaped character") }
        switch text[at] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at &+= 1
        case UInt8(ascii: "u"):
            let unit = try scanHex()
            guard unit & 0xF800 == 0xD800 else { return }
            guard unit < 0xDC00, at &+ 1 < text.count, text[at] == UInt8(ascii: "\\"), text[at &+ 1] == UInt8(ascii: "u")
            else { throw fault(.loneSurrogate, "both halves of a surrogate pair", at: start) }
            at &+= 1
            guard try scanHex() & 0xFC00 == 0xDC00 else {
                throw fault(.loneSurrogate, "both halves of a surrogate pair", at: start)
            }
        default: throw fault(.syntax, "one of \" \\ / b f n r t u after a backslash")
        }
    }

    /// Moves past `u` and four hex digits and answers their value.
    private mutating func scanHex() throws(JSONSyntaxError) -> UInt32 {
        var unit: UInt32 = 0
        for step in 1...4 {
            guard at &+ step < text.count, let digit = hexDigit(text[at &+ step]) else {
                throw fault(.syntax, "four hex digits", at: at &+ step)
            }
            unit = unit << 4 | digit
        }
        at &+= 5
        return unit
    }

    /// RFC 3629, section 4.
    private mutating func scanMultibyte(_ lead: UInt8) throws(JSONSyntaxError) {
        let (count, lower, upper): (Int, UInt8, UInt8)
        switch lead {
        case 0xC2...0xDF: (count, lower, upper) = (1, 0x80, 0xBF)
        case 0xE0: (count, lower, upper) = (2, 0xA0, 0xBF)
        case 0xED: (count, lower, upper) = (2, 0x80, 0x9F)
        case 0xE1...0xEF: (count, lower, upper) = (2, 0x80, 0xBF)
        case 0xF0: (count, lower, upper) = (3, 0x90, 0xBF)
        case 0xF4: (count, lower, upper) = (3, 0x80, 0x8F)
        case 0xF1...0xF3: (count, lower, upper) = (3, 0x80, 0xBF)
        default: throw fault(.utf8, "UTF-8")
        }
        for step in 1...count {
            let valid = step == 1 ? lower...upper : 0x80...0xBF
            guard at &+ step < text.count, valid.contains(text[at &+ step]) else { throw fault(.utf8, "UTF-8") }
        }
        at &+= count &+ 1
    }

    /// The bytes in `range`, which are known to be UTF-8, as a string.
    func string(_ range: Range<Int>) -> String {
        String(decoding: text[range], as: UTF8.self)
    }
}

func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte &- 0x30)
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte &- 0x57)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte &- 0x37)
    default: nil
    }
}

extension [UInt8] {
    init(copying span: Span<UInt8>, _ range: Range<Int>) {
        self.init()
        reserveCapacity(range.count)
        for index in range { append(span[index]) }
    }
}
