/// Between characters and the inside of a JSON string, in the normal form of RFC 8785, section 3.2.2.2.
enum JSONStringCoding {
    private static let hexDigits: [UInt8] = Array("0123456789abcdef".utf8)

    @inline(__always)
    static func hexDigit(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): letter &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): letter &- UInt8(ascii: "A") &+ 10
        default: nil
        }
    }

    /// The letter of a control character's two-character escape.
    private static func shortEscape(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x08: UInt8(ascii: "b")
        case 0x09: UInt8(ascii: "t")
        case 0x0A: UInt8(ascii: "n")
        case 0x0C: UInt8(ascii: "f")
        case 0x0D: UInt8(ascii: "r")
        case 0x22, 0x5C: byte
        default: nil
        }
    }

    /// Whether `escape` (`\u00xx`) is how the normal form writes the control character `unit`.
    static func isNormalEscape(_ unit: UInt16, _ escape: Span<UInt8>) -> Bool {
        let byte = UInt8(truncatingIfNeeded: unit)
        return shortEscape(byte) == nil && escape[5] == hexDigits[Int(byte & 15)]
    }

    /// Whether the characters stand for themselves inside a JSON string.
    @inline(__always)
    static func needsNoEscape(_ characters: Span<UInt8>) -> Bool {
        for at in characters.indices {
            let byte = characters[at]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { return false }
        }
        return true
    }

    /// Adds `byte`, a byte of a UTF-8 text, as it is written inside a JSON string.
    @inline(__always)
    static func encode(_ byte: UInt8, into out: inout [UInt8]) {
        guard byte < 0x20 || byte == 0x22 || byte == 0x5C else {
            out.append(byte)
            return
        }
        out.append(UInt8(ascii: "\\"))
        if let letter = shortEscape(byte) {
            out.append(letter)
        } else {
            out.append(contentsOf: [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0")])
            out.append(hexDigits[Int(byte >> 4)])
            out.append(hexDigits[Int(byte & 15)])
        }
    }

    /// Adds well-formed UTF-8 as the inside of a JSON string.
    static func encode(_ characters: Span<UInt8>, into out: inout [UInt8]) {
        for at in characters.indices { encode(characters[at], into: &out) }
    }

    /// Adds the characters that the inside of a JSON string stands for.
    ///
    /// It must have been scanned before.
    static func decode(_ string: Span<UInt8>, into out: inout [UInt8]) {
        var at = 0
        while at < string.count {
            let byte = string[at]
            if byte == UInt8(ascii: "\\") {
                decodeEscape(string, &at) { out.append($0) }
            } else {
                out.append(byte)
                at &+= 1
            }
        }
    }

    /// Adds the inside of a JSON string in its normal form.
    ///
    /// It must have been scanned before.
    static func normalise(_ string: Span<UInt8>, into out: inout [UInt8]) {
        var at = 0
        while at < string.count {
            let byte = string[at]
            if byte == UInt8(ascii: "\\") {
                decodeEscape(string, &at) { encode($0, into: &out) }
            } else {
                out.append(byte)
                at &+= 1
            }
        }
    }

    /// Hands over the UTF-8 of the escape at `at` and steps behind it.
    private static func decodeEscape(_ string: Span<UInt8>, _ at: inout Int, _ emit: (UInt8) -> Void) {
        let letter = string[at &+ 1]
        guard letter == UInt8(ascii: "u") else {
            emit(unescaped(letter))
            at &+= 2
            return
        }
        var scalar = codeUnit(string, at &+ 2)
        at &+= 6
        if scalar & 0xF800 == 0xD800 {
            scalar = 0x10000 &+ (scalar & 0x3FF) &<< 10 &+ (codeUnit(string, at &+ 2) & 0x3FF)
            at &+= 6
        }
        guard let character = Unicode.Scalar(scalar) else {
            preconditionFailure("a string with a lone surrogate got past the scanner")
        }
        for byte in UTF8.encode(character) ?? .init() { emit(byte) }
    }

    private static func unescaped(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "r"): 0x0D
        default: letter
        }
    }

    private static func codeUnit(_ string: Span<UInt8>, _ start: Int) -> UInt32 {
        var unit: UInt32 = 0
        for at in start..<(start &+ 4) { unit = unit &<< 4 | UInt32(hexDigit(string[at]) ?? 0) }
        return unit
    }
}
