/// Where the parts of one line stand, found in a single pass over its bytes.
///
/// Reads what a line says beyond `data` and `patch`, and skips over those two by strings and brackets only: whether they are
/// right JSON is for those who look inside. Members that this version doesn't know are skipped. Costs no allocation.
/// Source: journal-format.md, "Line".
package struct EventLayout: Sendable, Equatable {
    /// The event's offset.
    package let offset: Int64

    /// The event's time.
    package let time: JournalTime

    /// Between the quotes of `type`.
    package internal(set) var type: Range<Int> = 0..<0

    /// Between the quotes of `actor`.
    package internal(set) var actor: Range<Int>?

    /// Between the quotes of `command`.
    package internal(set) var command: Range<Int>?

    /// The group that the event is part of.
    package internal(set) var group: EventGroup?

    /// The text of `data`.
    package internal(set) var data: Range<Int> = 0..<0

    /// The text of `patch`, an array.
    package internal(set) var patch: Range<Int> = 0..<0

    /// Reads one line, given without its line feed; nil if it isn't one.
    package static func scan(_ line: Span<UInt8>) -> EventLayout? {
        self.scanUsual(line) ?? self.scanAny(line)
    }

    /// Reads one line, given without its line feed.
    ///
    /// - Throws: ``JournalError/invalidDraft(reason:)`` if it isn't a line.
    package static func parse(_ line: Span<UInt8>) throws(JournalError) -> EventLayout {
        guard let layout = self.scan(line) else {
            throw .invalidDraft(reason: "these \(line.count) bytes aren't an event's line")
        }
        return layout
    }

    /// The client's command id, if it sent one.
    ///
    /// - Parameter line: The line that this was read from.
    package func commandText(_ line: Span<UInt8>) -> String? { self.command.map { jsonText(line, $0) } }

    /// The same for members in any order.
    static func scanAny(_ line: Span<UInt8>) -> EventLayout? {
        var scanner = LineScanner()
        guard let offset = scanner.readOffset(line), let time = scanner.readTime(line) else { return nil }
        var layout = EventLayout(offset: offset, time: time)
        while scanner.position < line.count - 1 {
            guard let key = scanner.readKey(line) else { return nil }
            let start = scanner.position
            guard start < line.count, scanner.skipValue(line), layout.note(key, start..<scanner.position, line) else {
                return nil
            }
        }
        guard scanner.position == line.count - 1, line[scanner.position] == UInt8(ascii: "}"), !layout.type.isEmpty,
            !layout.data.isEmpty, !layout.patch.isEmpty
        else { return nil }
        return layout
    }

    init(offset: Int64, time: JournalTime) {
        self.offset = offset
        self.time = time
    }

    /// Takes one member; false if it is of the wrong kind or there twice.
    private mutating func note(_ key: Range<Int>, _ value: Range<Int>, _ line: Span<UInt8>) -> Bool {
        let isString = line[value.lowerBound] == UInt8(ascii: "\"")
        let inside = isString ? value.lowerBound + 1..<value.upperBound - 1 : value
        switch EventMember(line.extracting(key)) {
        case .type:
            guard isString, !inside.isEmpty, self.type.isEmpty else { return false }
            self.type = inside
        case .data:
            guard self.data.isEmpty else { return false }
            self.data = value
        case .patch:
            guard line[value.lowerBound] == UInt8(ascii: "["), self.patch.isEmpty else { return false }
            self.patch = value
        case .actor:
            guard isString, self.actor == nil else { return false }
            self.actor = inside
        case .command:
            guard isString, self.command == nil else { return false }
            self.command = inside
        case .group:
            guard self.group == nil, let group = LineScanner.readGroup(line, value),
                group.first <= self.offset, self.offset - group.first < group.count
            else { return false }
            self.group = group
        case .repeated: return false
        case .other: break
        }
        return true
    }
}

/// The members of a line that this version knows.
private enum EventMember {
    case type, data, patch, actor, command, group
    /// `offset` or `time`, which stand at the line's beginning.
    case repeated
    case other

    init(_ name: Span<UInt8>) {
        // By length first: one comparison for nearly every member.
        switch name.count {
        case 4 where equal(name, "type"): self = .type
        case 4 where equal(name, "data"): self = .data
        case 4 where equal(name, "time"): self = .repeated
        case 5 where equal(name, "patch"): self = .patch
        case 5 where equal(name, "actor"): self = .actor
        case 5 where equal(name, "group"): self = .group
        case 6 where equal(name, "offset"): self = .repeated
        case 7 where equal(name, "command"): self = .command
        default: self = .other
        }
    }
}

/// No line, header, file name or `journal.json` has a larger offset: 18 digits, so that sums of two never overflow.
let offsetMax: Int64 = 999_999_999_999_999_999

/// A position in a line, and the steps forward.
struct LineScanner {
    /// The next byte.
    var position = 0

    /// Reads `{"offset":17`.
    @inline(__always)
    mutating func readOffset(_ line: Span<UInt8>) -> Int64? {
        guard self.skip(line, #"{"offset":"#) else { return nil }
        return self.readInteger(line)
    }

    /// Reads `,"time":"2026-11-23T06:40:00.016Z"`.
    mutating func readTime(_ line: Span<UInt8>) -> JournalTime? {
        guard self.skip(line, #","time":""#), self.position + 25 <= line.count,
            line[self.position + 24] == UInt8(ascii: "\""),
            let time = JournalTime(ofLine: line.extracting(self.position..<self.position + 24))
        else { return nil }
        self.position += 25
        return time
    }

    /// `,"key":`; the range is the key's, without quotes.
    mutating func readKey(_ line: Span<UInt8>) -> Range<Int>? {
        guard self.skip(line, #",""#) else { return nil }
        let start = self.position
        while self.position < line.count, line[self.position] != UInt8(ascii: "\"") { self.position += 1 }
        let key = start..<self.position
        guard self.skip(line, #"":"#) else { return nil }
        return key
    }

    /// Reads `{"first":N,"count":M}`.
    static func readGroup(_ line: Span<UInt8>, _ range: Range<Int>) -> EventGroup? {
        var scanner = LineScanner(position: range.lowerBound)
        guard scanner.skip(line, #"{"first":"#), let first = scanner.readInteger(line),
            scanner.skip(line, #","count":"#), let count = scanner.readInteger(line), count >= 1,
            scanner.skip(line, "}"), scanner.position == range.upperBound
        else { return nil }
        return EventGroup(first: first, count: count)
    }

    /// Decimal digits, no sign, no leading zero.
    @inline(__always)
    mutating func readInteger(_ line: Span<UInt8>) -> Int64? {
        let start = self.position
        var value: Int64 = 0
        if start + 8 <= line.count {
            let (first, count) = leadingDigits(littleEndian64(line, at: start))
            value = first
            self.position += count
        }
        // Where the number goes on, or too few bytes are left for eight at once.
        while self.position < line.count {
            let digit = line[self.position] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            guard self.position - start < 18 else { return nil }
            value = value * 10 + Int64(digit)
            self.position += 1
        }
        let length = self.position - start
        guard length > 0, length == 1 || line[start] != UInt8(ascii: "0") else { return nil }
        return value
    }

    /// Steps over a literal.
    @inline(__always)
    mutating func skip(_ line: Span<UInt8>, _ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard self.position + count <= line.count,
            equal(line.extracting(self.position..<self.position + count), literal)
        else { return false }
        self.position += count
        return true
    }

    /// Steps over one JSON value, by strings and brackets only.
    mutating func skipValue(_ line: Span<UInt8>) -> Bool {
        var depth = 0
        let start = self.position
        while self.position < line.count {
            switch line[self.position] {
            case UInt8(ascii: "\""):
                guard self.skipString(line) else { return false }
                if depth == 0 { return true }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                self.position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return self.position > start }
                depth -= 1
                self.position += 1
                if depth == 0 { return true }
            case UInt8(ascii: ","):
                if depth == 0 { return self.position > start }
                self.position += 1
            default: self.position += 1
            }
        }
        return false
    }

    /// Steps over a string, from its first quote to behind its last.
    @inline(__always)
    private mutating func skipString(_ line: Span<UInt8>) -> Bool {
        guard let end = closingQuote(in: line, from: self.position + 1) else { return false }
        self.position = end + 1
        return true
    }
}
