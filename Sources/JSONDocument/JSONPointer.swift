/// Why a text is no JSON Pointer.
package struct JSONPointerError: Error, Sendable, CustomStringConvertible {
    package let text: String
    package var description: String { "`\(text)` is no JSON Pointer: it must be empty or begin with `/`, with ~0 for ~ and ~1 for /" }
}

/// A place in a document (RFC 6901).
package struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    package let tokens: [String]

    package static let root = JSONPointer(tokens: [])
    package init(tokens: [String]) { self.tokens = tokens }

    package init(_ text: String) throws(JSONPointerError) {
        guard !text.isEmpty else {
            self = .root
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else { throw JSONPointerError(text: text) }
        guard text.utf8.contains(UInt8(ascii: "~")) else {
            tokens = text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            return
        }
        var tokens: [String] = []
        for part in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let token = Self.unescaped(part) else { throw JSONPointerError(text: text) }
            tokens.append(token)
        }
        self.tokens = tokens
    }

    private static func unescaped(_ part: some Collection<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var iterator = part.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "~") else {
                bytes.append(byte)
                continue
            }
            switch iterator.next() {
            case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
            case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
            default: return nil
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    package var text: String {
        var bytes: [UInt8] = []
        for token in tokens {
            bytes.append(UInt8(ascii: "/"))
            for byte in token.utf8 {
                switch byte {
                case UInt8(ascii: "~"): bytes.append(contentsOf: "~0".utf8)
                case UInt8(ascii: "/"): bytes.append(contentsOf: "~1".utf8)
                default: bytes.append(byte)
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
    package var description: String { text }
    package var lastToken: String? { tokens.last }
    package var parent: JSONPointer? { tokens.isEmpty ? nil : JSONPointer(tokens: Array(tokens.dropLast())) }
    package func appending(_ token: String) -> JSONPointer { JSONPointer(tokens: tokens + [token]) }
    package func appending(_ index: Int) -> JSONPointer { appending(String(index)) }
    /// Whether `other` is this place or one below it.
    package func isPrefix(of other: JSONPointer) -> Bool { other.tokens.starts(with: tokens) }

    /// RFC 6901, section 4: no leading zeros; RFC 6902: `-` only where `allowsEnd`.
    static func index(_ token: String, count: Int, allowsEnd: Bool) -> Int? {
        if allowsEnd, token == "-" { return count }
        guard let index = Int(token), token.utf8.allSatisfy({ $0 >= 0x30 }), token == "0" || token.utf8.first != 0x30 else {
            return nil
        }
        return index < count || (allowsEnd && index == count) ? index : nil
    }
}

extension JSONValue {
    package func value(at pointer: JSONPointer) -> JSONValue? {
        var value = self
        for token in pointer.tokens {
            switch value.expanded {
            case .object(let storage):
                guard let next = storage[token] else { return nil }
                value = next
            case .array(let elements):
                guard let index = JSONPointer.index(token, count: elements.count, allowsEnd: false) else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }
}
