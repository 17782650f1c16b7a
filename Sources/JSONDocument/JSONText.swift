/// Up to 15 bytes of text inside the value itself, ended by the first zero byte.
///
/// JSON text holds no zero byte: inside strings it is escaped. The fields leave the sixteenth byte free, where the enums
/// around this type keep their case, so that a ``JSONValue`` is 16 bytes.
struct InlineText: Sendable, Equatable {
    private let bytes0to7: UInt64
    private let bytes8to11: UInt32
    private let bytes12to13: UInt16
    private let byte14: UInt8

    /// The longest text that fits, in bytes.
    static let countMax = 15

    @inline(__always)
    init(low: UInt64, high: UInt64) {
        bytes0to7 = low
        bytes8to11 = UInt32(truncatingIfNeeded: high)
        bytes12to13 = UInt16(truncatingIfNeeded: high &>> 32)
        byte14 = UInt8(truncatingIfNeeded: high &>> 48)
    }

    /// - Parameter text: At most ``countMax`` bytes, none of them zero.
    @inline(__always)
    init(_ text: Span<UInt8>) {
        let count = text.count
        guard count > 8 else {
            self.init(short: text)
            return
        }
        let high = text.load8(count &- 8) &>> UInt64(truncatingIfNeeded: 8 &* (16 &- count))
        self.init(low: text.load8(0), high: high)
    }

    /// - Parameter text: At most eight bytes, none of them zero.
    @inline(__always)
    init(short text: Span<UInt8>) {
        let count = text.count
        var low: UInt64 = 0
        if count >= 8 {
            low = text.load8(0)
        } else if count >= 4 {
            let rest = UInt64(text.load4(count &- 4))
            low = UInt64(text.load4(0)) | rest &<< UInt64(truncatingIfNeeded: 8 &* (count &- 4))
        } else {
            for at in 0..<count { low |= UInt64(text[at]) &<< UInt64(truncatingIfNeeded: 8 &* at) }
        }
        self.init(low: low, high: 0)
    }

    /// The first eight bytes, the first one lowest.
    @inline(__always)
    var low: UInt64 { bytes0to7 }

    /// The other seven.
    @inline(__always)
    var high: UInt64 {
        UInt64(bytes8to11) | UInt64(bytes12to13) &<< 32 | UInt64(byte14) &<< 48
    }

    /// The text's length in bytes.
    @inline(__always)
    var count: Int {
        let high = high
        return high == 0 ? 8 &- low.leadingZeroBitCount / 8 : 16 &- high.leadingZeroBitCount / 8
    }

    @inline(__always)
    static func == (a: InlineText, b: InlineText) -> Bool { a.low == b.low && a.high == b.high }

    /// Adds the text to the end of `out`.
    @inline(__always)
    func write(into out: inout [UInt8]) {
        var word = low
        while word != 0 {
            out.append(UInt8(truncatingIfNeeded: word))
            word &>>= 8
        }
        word = high
        while word != 0 {
            out.append(UInt8(truncatingIfNeeded: word))
            word &>>= 8
        }
    }
}

/// A run of bytes in a buffer that is shared and never changed.
struct ByteSlice: Sendable {
    private let lower: UInt32
    private let upper: UInt32
    let buffer: [UInt8]

    /// A slice keeps its whole buffer alive, so only buffers up to this size are sliced; out of larger ones the bytes
    /// are copied.
    ///
    /// It is also the largest container that stays encoded, so a look-up scans no more than this.
    static let bufferCountMax = 32 << 10

    @inline(__always)
    init(_ buffer: [UInt8], _ range: Range<Int>) {
        self.buffer = buffer
        lower = UInt32(truncatingIfNeeded: range.lowerBound)
        upper = UInt32(truncatingIfNeeded: range.upperBound)
    }

    init(_ buffer: [UInt8]) { self.init(buffer, 0..<buffer.count) }

    @inline(__always)
    var start: Int { Int(lower) }
    @inline(__always)
    var end: Int { Int(upper) }
    @inline(__always)
    var range: Range<Int> { start..<end }
    @inline(__always)
    var count: Int { end &- start }

    @inline(__always)
    func write(into out: inout [UInt8]) { out.append(contentsOf: buffer[range]) }

    /// Whether both are the same run of the same memory.
    func isIdentical(to other: ByteSlice) -> Bool {
        range == other.range && buffer.sharesBuffer(with: other.buffer)
    }

    func hasSameBytes(as other: ByteSlice) -> Bool {
        isIdentical(to: other)
            || ByteComparison.areEqual(buffer.span.extracting(range), other.buffer.span.extracting(other.range))
    }
}

/// The text of a number, or what stands between the quotes of a string or a member name.
///
/// Strings are kept in their normal form (the one of RFC 8785, section 3.2.2.2: only what must be escaped is, each
/// character in one way), so equal strings are equal bytes. A text of at most 15 bytes is always `inline`.
enum JSONText: Sendable {
    case inline(InlineText)
    case slice(ByteSlice)

    /// The text in `range` of `buffer`, inline, shared, or copied where sharing would keep a large buffer alive.
    @inline(__always)
    init(_ buffer: [UInt8], _ range: Range<Int>) {
        if range.count <= InlineText.countMax {
            self = .inline(InlineText(buffer.span.extracting(range)))
        } else if buffer.count <= ByteSlice.bufferCountMax {
            self = .slice(ByteSlice(buffer, range))
        } else {
            self = .slice(ByteSlice([UInt8](buffer[range])))
        }
    }

    /// A copy of the text in `text`.
    @inline(__always)
    init(copying text: Span<UInt8>) {
        if text.count <= InlineText.countMax {
            self = .inline(InlineText(text))
        } else {
            self = .slice(ByteSlice([UInt8](copying: text)))
        }
    }

    var count: Int {
        switch self {
        case .inline(let text): text.count
        case .slice(let slice): slice.count
        }
    }

    /// The bytes as an array of their own.
    var bytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(count)
        write(into: &out)
        return out
    }

    @inline(__always)
    func write(into out: inout [UInt8]) {
        switch self {
        case .inline(let text): text.write(into: &out)
        case .slice(let slice): slice.write(into: &out)
        }
    }

    /// Whether the text is `other`, byte for byte.
    @inline(__always)
    func equals(_ other: Span<UInt8>) -> Bool {
        switch self {
        case .inline(let text):
            return other.count <= InlineText.countMax && text == InlineText(other)
        case .slice(let slice):
            return slice.count == other.count
                && ByteComparison.areEqual(slice.buffer.span.extracting(slice.range), other)
        }
    }
}

extension JSONText: Hashable {
    static func == (a: JSONText, b: JSONText) -> Bool {
        switch (a, b) {
        case (.inline(let x), .inline(let y)): x == y
        case (.slice(let x), .slice(let y)): x.hasSameBytes(as: y)
        default: false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch self {
        case .inline(let text):
            hasher.combine(text.low)
            hasher.combine(text.high)
        case .slice(let slice):
            ByteHashing.combine(slice.buffer.span.extracting(slice.range), into: &hasher)
        }
    }
}

/// Feeding byte runs to a `Hasher` without a pointer.
enum ByteHashing {
    static func combine(_ run: Span<UInt8>, into hasher: inout Hasher) {
        var at = 0
        while at &+ 8 <= run.count {
            hasher.combine(run.load8(at))
            at &+= 8
        }
        hasher.combine(InlineText(short: run.extracting(at..<run.count)).low)
        hasher.combine(run.count)
    }
}
