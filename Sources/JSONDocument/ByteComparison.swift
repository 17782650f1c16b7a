/// Comparisons of byte runs, many bytes at a time.
enum ByteComparison {
    /// From here on `memcmp` is worth the call.
    private static let longByteCount = 32

    /// So many bytes are compared at once where it matters in which place they differ: few enough to look for it among them.
    private static let blockByteCount = 256

    /// Whether both runs hold the same bytes.
    static func areEqual(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
        let count = a.count
        guard count == b.count else { return false }
        if count >= longByteCount { return a.isSame(as: b, at: 0, count: count) }
        var at = 0
        while at &+ 8 <= count {
            if a.load8(at) != b.load8(at) { return false }
            at &+= 8
        }
        while at < count {
            if a[at] != b[at] { return false }
            at &+= 1
        }
        return true
    }

    /// How many bytes both runs begin with alike.
    static func commonPrefix(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Int {
        let count = min(a.count, b.count)
        var at = 0
        while at &+ blockByteCount <= count, a.isSame(as: b, at: at, count: blockByteCount) { at &+= blockByteCount }
        while at &+ 8 <= count {
            let difference = a.load8(at) ^ b.load8(at)
            if difference != 0 { return at &+ difference.trailingZeroBitCount / 8 }
            at &+= 8
        }
        while at < count, a[at] == b[at] { at &+= 1 }
        return at
    }

    /// The order of the bytes as unsigned numbers; a run comes before its continuations.
    static func precedes(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
        let same = commonPrefix(a, b)
        guard same < a.count, same < b.count else { return a.count < b.count }
        return a[same] < b[same]
    }

    /// The order of RFC 8785, section 3.2.3: by UTF-16 code units, although the runs are UTF-8.
    ///
    /// The two orders differ in one thing: UTF-16 puts what needs a surrogate pair (lead bytes F0 and up) before
    /// U+E000 to U+FFFF (lead bytes EE and EF).
    static func precedesInUTF16(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
        let same = commonPrefix(a, b)
        guard same < a.count, same < b.count else { return a.count < b.count }
        let (x, y) = (a[same], b[same])
        if x >= 0xEE, y >= 0xEE, (x >= 0xF0) != (y >= 0xF0) { return x >= 0xF0 }
        return x < y
    }

    /// A number that equal runs share and different ones rarely do: both ends and the length.
    static func fingerprint(_ run: Span<UInt8>) -> UInt64 {
        let count = run.count
        let head: UInt64
        let tail: UInt64
        if count >= 8 {
            head = run.load8(0)
            tail = run.load8(count &- 8)
        } else {
            head = InlineText(short: run).low
            tail = head
        }
        let mixed = (head &* 0x9E37_79B9_7F4A_7C15) ^ (tail &* 0xC2B2_AE3D_27D4_EB4F)
        return (mixed ^ (mixed &>> 29)) &+ UInt64(truncatingIfNeeded: count)
    }
}
