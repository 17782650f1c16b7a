/// Checks strings.
enum JSONStringScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Marks (in each byte's top bit, exact up to the first one) the bytes of `word` that end or interrupt plain text:
    /// quote, backslash, control characters, and everything beyond ASCII.
    @inline(__always)
    private static func stops(_ word: UInt64) -> UInt64 {
        let quote = (word ^ (ones &* 0x22)) &- ones
        let backslash = (word ^ (ones &* 0x5C)) &- ones
        let control = word &- ones &* 0x20
        return (quote | backslash | control | word) & highs
    }

    /// Scans the string whose opening quote is at `position` and stops behind its closing quote.
    ///
    /// - Returns: Whether each of its characters is written as the normal form writes it.
    @inline(__always)
    static func scan(_ text: Span<UInt8>, _ position: inout Int) throws(JSONSyntaxError) -> Bool {
        var at = position &+ 1
        while at &+ 8 <= text.count {
            let stop = stops(text.load8(at))
            guard stop != 0 else {
                at &+= 8
                continue
            }
            at &+= stop.trailingZeroBitCount / 8
            guard text[at] == 0x22 else { break }
            position = at &+ 1
            return true
        }
        return try scanSlowly(text, &position, from: at)
    }

    /// Goes on at `start`, which is inside the string, with the cases that are rare.
    private static func scanSlowly(
        _ text: Span<UInt8>, _ position: inout Int, from start: Int
    ) throws(JSONSyntaxError) -> Bool {
        var at = start
        var isPlain = true
        while at < text.count {
            let byte = text[at]
            switch byte {
            case 0x22:
                position = at &+ 1
                return isPlain
            case 0x5C:
                if try !scanEscape(text, &at) { isPlain = false }
            case 0x00..<0x20:
                throw JSONSyntaxError(kind: .syntax, offset: at, expected: "an escape instead of a control character")
            case 0x20..<0x80:
                at &+= 1
            default:
                try UTF8Scan.scan(text, &at)
            }
        }
        throw JSONSyntaxError(kind: .syntax, offset: text.count, expected: "a closing quote")
    }

    /// - Returns: Whether the normal form writes this character so.
    private static func scanEscape(_ text: Span<UInt8>, _ at: inout Int) throws(JSONSyntaxError) -> Bool {
        guard at &+ 1 < text.count else {
            throw JSONSyntaxError(kind: .syntax, offset: text.count, expected: "an escape's letter")
        }
        switch text[at &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            at &+= 2
            return true
        case UInt8(ascii: "/"):
            at &+= 2
            return false
        case UInt8(ascii: "u"):
            return try scanUnicodeEscape(text, &at)
        default:
            throw JSONSyntaxError(
                kind: .syntax, offset: at &+ 1, expected: #"one of " \ / b f n r t u after a backslash"#)
        }
    }

    private static func scanUnicodeEscape(_ text: Span<UInt8>, _ at: inout Int) throws(JSONSyntaxError) -> Bool {
        let start = at
        let unit = try scanCodeUnit(text, at &+ 2)
        at &+= 6
        guard unit & 0xF800 == 0xD800 else {
            return unit < 0x20 && JSONStringCoding.isNormalEscape(unit, text.extracting(start..<at))
        }
        let isHigh = unit < 0xDC00
        if isHigh, at &+ 1 < text.count, text[at] == 0x5C, text[at &+ 1] == UInt8(ascii: "u") {
            let second = try scanCodeUnit(text, at &+ 2)
            if second & 0xFC00 == 0xDC00 {
                at &+= 6
                return false
            }
        }
        throw JSONSyntaxError(
            kind: .loneSurrogate, offset: start, expected: #"a whole surrogate pair, such as \ud83d\ude00"#)
    }

    private static func scanCodeUnit(_ text: Span<UInt8>, _ start: Int) throws(JSONSyntaxError) -> UInt16 {
        var unit: UInt16 = 0
        for at in start..<(start &+ 4) {
            guard at < text.count, let digit = JSONStringCoding.hexDigit(text[at]) else {
                throw JSONSyntaxError(
                    kind: .syntax, offset: min(at, text.count), expected: #"four hexadecimal digits after \u"#)
            }
            unit = unit &<< 4 | UInt16(digit)
        }
        return unit
    }
}

/// Checks characters beyond ASCII, by the table of well-formed sequences in Unicode, section 3.9 (D92).
enum UTF8Scan {
    /// Steps over the character at `at`, whose first byte is above 0x7F.
    static func scan(_ text: Span<UInt8>, _ at: inout Int) throws(JSONSyntaxError) {
        let first = text[at]
        let (length, second): (Int, ClosedRange<UInt8>)
        switch first {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw malformed(at)
        }
        guard at &+ length <= text.count, second.contains(text[at &+ 1]) else { throw malformed(at) }
        for next in (at &+ 2)..<max(at &+ 2, at &+ length) where text[next] & 0xC0 != 0x80 { throw malformed(at) }
        at &+= length
    }

    private static func malformed(_ at: Int) -> JSONSyntaxError {
        JSONSyntaxError(kind: .utf8, offset: at, expected: "a character in well-formed UTF-8")
    }
}

/// Checks numbers.
enum JSONNumberScan {
    /// Digits before the point of the largest double; texts this long are looked at for their value.
    private static let plainCountMax = 300

    /// Scans the number at `position` and stops behind it.
    @inline(__always)
    static func scan(_ text: Span<UInt8>, _ position: inout Int) throws(JSONSyntaxError) {
        let start = position
        var at = position
        var hasExponent = false
        if text[at] == UInt8(ascii: "-") { at &+= 1 }
        if at < text.count, text[at] == UInt8(ascii: "0") {
            at &+= 1
        } else {
            try skipDigits(text, &at)
        }
        if at < text.count, text[at] == UInt8(ascii: ".") {
            at &+= 1
            try skipDigits(text, &at)
        }
        if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
            hasExponent = true
            at &+= 1
            if at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at &+= 1 }
            try skipDigits(text, &at)
        }
        if hasExponent || at &- start > plainCountMax { try checkRange(text.extracting(start..<at), start) }
        position = at
    }

    @inline(__always)
    private static func skipDigits(_ text: Span<UInt8>, _ at: inout Int) throws(JSONSyntaxError) {
        let start = at
        while at < text.count, text[at] &- UInt8(ascii: "0") < 10 { at &+= 1 }
        if at == start { throw JSONSyntaxError(kind: .syntax, offset: at, expected: "a digit") }
    }

    private static func checkRange(_ number: Span<UInt8>, _ start: Int) throws(JSONSyntaxError) {
        guard JSONNumber.double(number).isFinite else {
            throw JSONSyntaxError(kind: .numberOverflow, offset: start, expected: "a number within a double's range")
        }
    }
}
