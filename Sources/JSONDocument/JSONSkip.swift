/// Stepping over parts of a text that was scanned and is in normal form, so nothing is checked again.
enum JSONSkip {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Marks the bytes of `word` that are `"` or `\`, exact up to the first one.
    @inline(__always)
    private static func stringStops(_ word: UInt64) -> UInt64 {
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        return (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)) & highs
    }

    /// The offset behind the string whose opening quote is at `start`.
    @inline(__always)
    static func string(_ text: Span<UInt8>, _ start: Int) -> Int {
        var at = start &+ 1
        while at &+ 8 <= text.count {
            let stop = stringStops(text.load8(at))
            guard stop != 0 else {
                at &+= 8
                continue
            }
            at &+= stop.trailingZeroBitCount / 8
            if text[at] == 0x22 { return at &+ 1 }
            at &+= 2
        }
        while text[at] != 0x22 { at &+= text[at] == 0x5C ? 2 : 1 }
        return at &+ 1
    }

    /// The offset behind the value that begins at `start`.
    @inline(__always)
    static func value(_ text: Span<UInt8>, _ start: Int) -> Int {
        switch text[start] {
        case UInt8(ascii: "\""): return string(text, start)
        case UInt8(ascii: "{"), UInt8(ascii: "["): return container(text, start)
        default:
            var at = start &+ 1
            while at < text.count, !endsScalar(text[at]) { at &+= 1 }
            return at
        }
    }

    @inline(__always)
    private static func endsScalar(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }

    private static func container(_ text: Span<UInt8>, _ start: Int) -> Int {
        var at = start
        var depth = 0
        while true {
            let byte = text[at]
            if byte == 0x22 {
                at = string(text, at)
                continue
            }
            at &+= 1
            // Setting 0x20 makes [ a { and ] a }.
            if byte | 0x20 == UInt8(ascii: "{") {
                depth &+= 1
            } else if byte | 0x20 == UInt8(ascii: "}") {
                depth &-= 1
                if depth == 0 { return at }
            }
        }
    }

    /// How many levels of containers the value in `text` has, itself included.
    static func depth(_ text: Span<UInt8>) -> Int {
        var at = 0
        var depth = 0
        var deepest = 0
        while at < text.count {
            let byte = text[at]
            if byte == 0x22 {
                at = string(text, at)
                continue
            }
            at &+= 1
            if byte | 0x20 == UInt8(ascii: "{") {
                depth &+= 1
                deepest = max(deepest, depth)
            } else if byte | 0x20 == UInt8(ascii: "}") {
                depth &-= 1
            }
        }
        return deepest
    }
}
