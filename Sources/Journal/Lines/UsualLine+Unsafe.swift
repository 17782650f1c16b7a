import Glibc

// Why unsafe code: every start, replay and commit goes over each line's bytes, and a span has no comparison with a literal and
// no load of a wider integer. The pointer lives within the closure that hands it out, and every read is behind a comparison
// with the line's own count.

extension EventLayout {
    /// Reads a line that stands as ``EventLine`` writes nearly all of them, at a third of the cost of ``scanAny(_:)``.
    ///
    /// - Returns: What ``scanAny(_:)`` gives; nil for a line that is not of this layout (a group's, one with `clock` or
    ///   members that this version doesn't know, one that is no line at all).
    static func scanUsual(_ line: Span<UInt8>) -> EventLayout? {
        line.withUnsafeBytes { bytes -> EventLayout? in
            var scan = UsualLine(bytes)
            guard let (offset, time) = scan.beginning(line) else { return nil }
            var layout = EventLayout(offset: offset, time: time)
            guard let type = scan.string(#","type":""#), !type.isEmpty else { return nil }
            layout.type = type
            layout.actor = scan.string(#","actor":""#)
            layout.command = scan.string(#","command":""#)
            guard let data = scan.data(line) else { return nil }
            layout.data = data
            guard let patch = scan.patch(line), scan.isAtEnd else { return nil }
            layout.patch = patch
            return layout
        }
    }
}

/// Steps over a line's members in the order in which they are written.
private struct UsualLine {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Whether only the line's last bracket is left.
    var isAtEnd: Bool {
        self.position == self.bytes.count - 1 && self.bytes[self.position] == UInt8(ascii: "}")
    }

    /// The line's offset and time.
    mutating func beginning(_ line: Span<UInt8>) -> (offset: Int64, time: JournalTime)? {
        var scanner = LineScanner()
        guard let offset = scanner.readOffset(line), let time = scanner.readTime(line) else { return nil }
        self.position = scanner.position
        return (offset, time)
    }

    /// A string member; `key` goes up to the string's first quote.
    ///
    /// - Returns: What stands between the quotes; nil, and nothing stepped over, where another member stands.
    @inline(__always)
    mutating func string(_ key: StaticString) -> Range<Int>? {
        let before = self.position
        guard self.skip(key) else { return nil }
        let start = self.position
        guard let end = closingQuote(in: self.bytes, from: start) else {
            self.position = before
            return nil
        }
        self.position = end + 1
        return start..<end
    }

    mutating func data(_ line: Span<UInt8>) -> Range<Int>? {
        guard self.skip(#","data":"#) else { return nil }
        let start = self.position
        // Most events mean nothing beyond their patch.
        return self.skip("{}") ? start..<start + 2 : self.value(line)
    }

    mutating func patch(_ line: Span<UInt8>) -> Range<Int>? {
        guard self.skip(#","patch":"#), self.position < self.bytes.count,
            self.bytes[self.position] == UInt8(ascii: "[")
        else { return nil }
        let start = self.position
        if self.replacement() { return start..<self.position }
        self.position = start
        return self.value(line)
    }

    /// A patch that gives one place another number, string, `true`, `false` or `null`, which most do.
    private mutating func replacement() -> Bool {
        guard self.string(#"[{"op":"replace","path":""#) != nil, self.skip(#","value":"#) else { return false }
        if self.position < self.bytes.count, self.bytes[self.position] == UInt8(ascii: "\"") {
            guard let end = closingQuote(in: self.bytes, from: self.position + 1) else { return false }
            self.position = end + 1
        } else {
            while self.position < self.bytes.count, Self.isInScalar(self.bytes[self.position]) { self.position &+= 1 }
        }
        return self.skip("}]")
    }

    @inline(__always)
    private static func isInScalar(_ byte: UInt8) -> Bool {
        byte != UInt8(ascii: "}") && byte != UInt8(ascii: "]") && byte != UInt8(ascii: "{") && byte != UInt8(ascii: "[")
            && byte != UInt8(ascii: "\"")
    }

    private mutating func value(_ line: Span<UInt8>) -> Range<Int>? {
        var scanner = LineScanner(position: self.position)
        guard self.position < self.bytes.count, scanner.skipValue(line) else { return nil }
        defer { self.position = scanner.position }
        return self.position..<scanner.position
    }

    /// Steps over a literal, if it stands here.
    @inline(__always)
    private mutating func skip(_ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard let base = self.bytes.baseAddress, count <= self.bytes.count &- self.position,
            memcmp(base + self.position, literal.utf8Start, count) == 0
        else { return false }
        self.position &+= count
        return true
    }
}

/// Whether bytes are an ASCII literal.
@inline(__always)
func equal(_ bytes: Span<UInt8>, _ literal: StaticString) -> Bool {
    guard bytes.count == literal.utf8CodeUnitCount else { return false }
    return bytes.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return true }
        return memcmp(base, literal.utf8Start, bytes.count) == 0
    }
}

/// Whether two texts are the same bytes: to `==` an é in one character and one in two are the same.
func haveSameBytes(_ left: String, _ right: String) -> Bool {
    let (left, right) = (left.utf8.span, right.utf8.span)
    guard left.count == right.count else { return false }
    return left.withUnsafeBytes { left in
        right.withUnsafeBytes { right in
            guard let first = left.baseAddress, let second = right.baseAddress else { return true }
            return memcmp(first, second, left.count) == 0
        }
    }
}
