/// Why a text is no JSON Pointer.
package struct JSONPointerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text that was refused.
    package let text: String
    /// Where the fault is, in bytes.
    package let offset: Int
    /// What would have been right there.
    package let expected: String

    /// A message for an answer: what, where, and what would have been right.
    package var description: String {
        "JSON Pointer \"\(text)\" refused at byte \(offset): expected \(expected)"
    }
}

/// A place inside a document (RFC 6901).
package struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    /// The text as UTF-8, not escaped for JSON.
    ///
    /// It was validated.
    let slice: ByteSlice

    /// The whole document: the empty pointer.
    package static let root = JSONPointer(validated: ByteSlice([]))

    init(validated slice: ByteSlice) { self.slice = slice }

    /// Reads a pointer's text, such as `/scenes/a~1b/maps/0`.
    package init(_ text: String) throws(JSONPointerError) {
        let bytes = [UInt8](text.utf8)
        if let (offset, expected) = Self.fault(bytes.span) {
            throw JSONPointerError(text: text, offset: offset, expected: expected)
        }
        slice = ByteSlice(bytes)
    }

    /// The pointer that goes through these member names and indexes, not escaped.
    package init(tokens: [String]) {
        var text: [UInt8] = []
        for token in tokens { Self.append(token, to: &text) }
        slice = ByteSlice(text)
    }

    /// The member names and indexes on the way, not escaped.
    package var tokens: [String] {
        var tokens: [String] = []
        let path = slice.buffer.span.extracting(slice.range)
        var start = 0
        while start < path.count {
            let token = PointerToken(path, slashAt: start)
            tokens.append(token.text(path))
            start = token.end
        }
        return tokens
    }

    /// The pointer as RFC 6901 writes it.
    package var text: String { String(decoding: slice.buffer[slice.range], as: UTF8.self) }

    /// The same as ``text``.
    package var description: String { text }

    /// Whether it is the whole document.
    package var isRoot: Bool { slice.count == 0 }

    /// The pointer to a member of what this one leads to.
    package func appending(_ key: String) -> JSONPointer {
        var text = [UInt8](slice.buffer[slice.range])
        Self.append(key, to: &text)
        return JSONPointer(validated: ByteSlice(text))
    }

    /// The pointer to an element of what this one leads to.
    package func appending(_ index: Int) -> JSONPointer { appending(String(index)) }

    /// Whether this leads to `other` or to something around it.
    package func isPrefix(of other: JSONPointer) -> Bool {
        guard slice.count <= other.slice.count else { return false }
        let path = other.slice.buffer.span.extracting(other.slice.range)
        let head = path.extracting(0..<slice.count)
        guard ByteComparison.areEqual(slice.buffer.span.extracting(slice.range), head) else { return false }
        return path.count == slice.count || path[slice.count] == UInt8(ascii: "/")
    }

    /// The pointer to what is around this; nil for the root.
    package var parent: JSONPointer? {
        guard let slash = slice.buffer[slice.range].lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return JSONPointer(validated: ByteSlice(slice.buffer, slice.start..<slash))
    }

    /// The last member name or index, not escaped; nil for the root.
    package var lastToken: String? {
        guard let slash = slice.buffer[slice.range].lastIndex(of: UInt8(ascii: "/")) else { return nil }
        let path = slice.buffer.span.extracting(slash..<slice.end)
        return PointerToken(path, slashAt: 0).text(path)
    }

    /// The first member names on the way, not escaped; nil where the pointer has fewer.
    ///
    /// For the two levels that most questions are about; ``tokens`` makes an array of all.
    package var firstTokens: (first: String?, second: String?) {
        let path = slice.buffer.span.extracting(slice.range)
        guard path.count > 0 else { return (nil, nil) }
        let first = PointerToken(path, slashAt: 0)
        guard first.end < path.count else { return (first.text(path), nil) }
        return (first.text(path), PointerToken(path, slashAt: first.end).text(path))
    }

    /// Whether the pointer begins with a member name, or is the root: whether it leads to, into or above that member.
    ///
    /// - Parameter member: A name of a document's first level that needs no escapes.
    package func touches(_ member: String) -> Bool {
        let path = slice.buffer.span.extracting(slice.range)
        guard path.count > 0 else { return true }
        let name = member.utf8.span
        let end = name.count + 1
        return path.count >= end && (path.count == end || path[end] == UInt8(ascii: "/"))
            && ByteComparison.areEqual(path.extracting(1..<end), name)
    }

    /// The number of tokens.
    var depth: Int {
        slice.buffer[slice.range].reduce(0) { $1 == UInt8(ascii: "/") ? $0 + 1 : $0 }
    }

    package static func == (a: JSONPointer, b: JSONPointer) -> Bool { a.slice.hasSameBytes(as: b.slice) }

    package func hash(into hasher: inout Hasher) {
        ByteHashing.combine(slice.buffer.span.extracting(slice.range), into: &hasher)
    }

    /// Where and why `text` is no pointer, if it is none.
    static func fault(_ text: Span<UInt8>) -> (offset: Int, expected: String)? {
        guard text.count > 0 else { return nil }
        guard text[0] == UInt8(ascii: "/") else { return (0, "nothing or /") }
        for at in text.indices where text[at] == UInt8(ascii: "~") {
            let isEscape = at + 1 < text.count && text[at + 1] | 1 == UInt8(ascii: "1")
            guard isEscape else { return (at, "~0 or ~1") }
        }
        return nil
    }

    /// Adds a slash and the token, escaped.
    static func append(_ token: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "/"))
        for byte in token.utf8 { appendEscaped(byte, to: &text) }
    }

    /// Adds a slash and the member name, escaped for a pointer instead of for JSON.
    static func append(_ key: JSONText, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "/"))
        let start = text.count
        key.write(into: &text)
        let isPlain = text[start...].allSatisfy { byte in
            byte != UInt8(ascii: "~") && byte != UInt8(ascii: "/") && byte != UInt8(ascii: "\\")
        }
        if isPlain { return }
        text.removeSubrange(start...)
        for byte in key.decodedBytes { appendEscaped(byte, to: &text) }
    }

    @inline(__always)
    private static func appendEscaped(_ byte: UInt8, to text: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "~"): text += [byte, UInt8(ascii: "0")]
        case UInt8(ascii: "/"): text += [UInt8(ascii: "~"), UInt8(ascii: "1")]
        default: text.append(byte)
        }
    }
}

/// One token of a validated pointer's text.
struct PointerToken {
    /// Behind its slash.
    let start: Int
    /// At the next slash or the end.
    let end: Int
    /// Whether it is, byte for byte, a member name's normal form: nothing in it needs an escape in either notation.
    let isPlain: Bool

    @inline(__always)
    init(_ path: Span<UInt8>, slashAt slash: Int) {
        start = slash &+ 1
        var at = start
        var isPlain = true
        while at < path.count {
            let byte = path[at]
            if byte == UInt8(ascii: "/") { break }
            if byte < 0x20 || byte == UInt8(ascii: "~") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                isPlain = false
            }
            at &+= 1
        }
        end = at
        self.isPlain = isPlain
    }

    /// The token without its escapes.
    func characters(_ path: Span<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        var at = start
        while at < end {
            if path[at] == UInt8(ascii: "~") {
                out.append(path[at &+ 1] == UInt8(ascii: "1") ? UInt8(ascii: "/") : UInt8(ascii: "~"))
                at &+= 2
            } else {
                out.append(path[at])
                at &+= 1
            }
        }
        return out
    }

    /// The token's text, not escaped.
    func text(_ path: Span<UInt8>) -> String {
        for at in start..<end where path[at] == UInt8(ascii: "~") {
            return String(decoding: characters(path), as: UTF8.self)
        }
        return String(copying: path.extracting(start..<end))
    }

    /// The token as a member name in normal form.
    func key(_ path: Span<UInt8>) -> JSONText {
        if isPlain { return JSONText(copying: path.extracting(start..<end)) }
        var out: [UInt8] = []
        JSONStringCoding.encode(characters(path).span, into: &out)
        return JSONText(copying: out.span)
    }

    /// The token as an array index: digits without a leading zero (RFC 6901, section 4).
    @inline(__always)
    func index(_ path: Span<UInt8>) -> Int? {
        let count = end &- start
        guard count > 0, count <= 10, count == 1 || path[start] != UInt8(ascii: "0") else { return nil }
        var value = 0
        for at in start..<end {
            let digit = path[at] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
        }
        return value
    }

    /// Whether it is `-`, the place behind an array's last element.
    @inline(__always)
    func isAppend(_ path: Span<UInt8>) -> Bool {
        end &- start == 1 && path[start] == UInt8(ascii: "-")
    }
}
