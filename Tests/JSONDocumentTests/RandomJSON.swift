import JSONDocument
import TestSupport

/// Random values, and random changes to them, that are the same for the same seed.
struct RandomJSON {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    private static let keys = [
        "id", "name", "x", "y", "position", "data", "a/b", "m~n", "quo\"te", "back\\slash", "", "é", "😀", "tab\t",
        "aMemberNameOfMoreThanFifteenBytes",
    ]
    private static let numbers = [
        "0", "-0", "1", "-1", "1.0", "1e2", "100", "12.5", "0.1", "1e-7", "123456789012345678", "5e-324",
        "1.7976931348623157e308", "10.615496497855604",
    ]
    private static let strings = [
        "", "a", "Goblin", "a text of more than fifteen bytes", "line\nbreak", "\u{1}", "é", "日本語", "😀", "/~\"\\",
    ]

    mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

    mutating func scalar() -> JSONValue {
        switch below(6) {
        case 0: return .null
        case 1: return .bool(generator.chance(percent: 50))
        case 2, 3:
            guard let number = try? JSONValue.number(text: Self.numbers[below(Self.numbers.count)]) else {
                return 0
            }
            return number
        default: return .string(Self.strings[below(Self.strings.count)])
        }
    }

    mutating func value(depth: Int = 4) -> JSONValue {
        guard depth > 0, generator.chance(percent: 70) else { return scalar() }
        switch below(4) {
        case 0: return .array((0..<below(6)).map { _ in value(depth: depth - 1) })
        case 1: return .array((0..<below(8)).map { _ in element(depth: depth - 1) })
        default: return object(depth: depth - 1)
        }
    }

    /// An element with an identity, as in the lists of a scene; identities repeat now and then.
    private mutating func element(depth: Int) -> JSONValue {
        var element = object(depth: depth)
        if generator.chance(percent: 80) { element.setMember("id", to: .string("id-\(below(9))")) }
        return element
    }

    private mutating func object(depth: Int) -> JSONValue {
        let wide = generator.chance(percent: 5)
        var object: JSONValue = [:]
        for at in 0..<(wide ? 20 + below(40) : below(7)) {
            let key = wide ? "member-\(at)" : Self.keys[below(Self.keys.count)]
            object.setMember(key, to: wide ? scalar() : value(depth: depth))
        }
        return object
    }

    /// The value with some of what is inside changed, added, removed or moved.
    mutating func changed(_ value: JSONValue) -> JSONValue {
        if generator.chance(percent: 10) { return self.value(depth: 2) }
        if let elements = value.elements, !elements.isEmpty { return .array(changedElements(elements)) }
        guard let members = value.members, !members.isEmpty else {
            return generator.chance(percent: 30) ? scalar() : value
        }
        var object = value
        let (key, child) = members[below(members.count)]
        switch below(4) {
        case 0: object.removeMember(key)
        case 1: object.setMember(Self.keys[below(Self.keys.count)], to: self.value(depth: 2))
        default: object.setMember(key, to: changed(child))
        }
        return object
    }

    private mutating func changedElements(_ elements: [JSONValue]) -> [JSONValue] {
        var elements = elements
        for _ in 0...below(3) where !elements.isEmpty {
            let at = below(elements.count)
            switch below(5) {
            case 0: elements.remove(at: at)
            case 1: elements.insert(element(depth: 2), at: at)
            case 2: elements.swapAt(at, below(elements.count))
            case 3: elements.insert(elements.remove(at: at), at: below(elements.count + 1))
            default: elements[at] = changed(elements[at])
            }
        }
        return elements
    }

    /// The value's text with white space and roundabout escapes thrown in.
    mutating func loose(_ value: JSONValue) -> [UInt8] {
        var out: [UInt8] = []
        var inString = false
        var escaped = false
        for byte in value.serialized() {
            if !inString, generator.chance(percent: 10) { out += Array([" ", "\n", "\t", "\r"][below(4)].utf8) }
            let isNameStart = !inString && byte == UInt8(ascii: "\"")
            if inString, !escaped, byte == UInt8(ascii: "a"), generator.chance(percent: 50) {
                out += Array("\\u0061".utf8)
                continue
            }
            // White space may not go into the middle of a number or a word.
            if !inString, let last = out.last, !isNameStart, Self.isWord(byte), [9, 10, 13, 32].contains(last) {
                out = Self.withoutTrailingSpace(out)
            }
            out.append(byte)
            if inString {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == 0x22 {
                    inString = false
                }
            } else if byte == 0x22 {
                inString = true
            }
        }
        return out
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        !"{}[]:,\"".utf8.contains(byte)
    }

    private static func withoutTrailingSpace(_ text: [UInt8]) -> [UInt8] {
        Array(text[...(text.lastIndex { ![9, 10, 13, 32].contains($0) } ?? text.startIndex)])
    }
}

extension JSONValue {
    /// The value of a text that is known to be right.
    init(json text: String) throws { self = try JSONValue.parse(text: text) }
}
