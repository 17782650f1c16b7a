/// The kinds of JSON value.
package enum JSONKind: Sendable {
    case null, bool, number, string, array, object
}

/// A JSON value that keeps the texts of its numbers and the order of its members.
///
/// A container that came out of a text stays its validated bytes ("encoded") until somebody changes something inside,
/// and then one level of it is expanded: its children stay encoded. So a saved scene costs about its bytes, and a
/// patch costs the width of the levels on its path. Looking without changing reads the bytes. Values share their
/// storage: copying one is a reference count, and changing a copy copies only the levels on the way.
///
/// Containers above 32 KiB are expanded at once, which bounds what a look-up scans. Objects above 32 members are hash
/// trees, so a patch to one of ten thousand members costs no more than to one of forty.
///
/// Two values are equal if they mean the same: `1.0` is `1` (numbers are compared as doubles), and member order is
/// nothing. Strings are compared by their characters' code points.
package struct JSONValue: Sendable {
    enum Storage: Sendable {
        case null
        case `false`
        case `true`
        /// A number's text.
        case number(JSONText)
        /// What stands between a string's quotes, in normal form.
        case string(JSONText)
        case encodedArray(ByteSlice)
        case encodedObject(ByteSlice)
        case array([JSONValue])
        /// At most ``JSONTree/flatCountMax`` members.
        case members([JSONMember])
        indirect case tree(JSONTree)
    }

    var storage: Storage

    @inline(__always)
    init(_ storage: Storage) { self.storage = storage }
}

/// One member of a small object.
struct JSONMember: Sendable {
    /// The name in the normal form of a JSON string, without quotes.
    var key: JSONText
    var value: JSONValue
}

extension JSONValue {
    package var kind: JSONKind {
        switch storage {
        case .null: .null
        case .false, .true: .bool
        case .number: .number
        case .string: .string
        case .encodedArray, .array: .array
        case .encodedObject, .members, .tree: .object
        }
    }

    package var isObject: Bool { kind == .object }
    package var isArray: Bool { kind == .array }
    package var isNull: Bool { kind == .null }

    /// The characters of a string; nil for other kinds.
    package var stringValue: String? {
        guard case .string(let text) = storage else { return nil }
        return text.decodedString
    }

    /// The truth of `true` or `false`; nil for other kinds.
    package var boolValue: Bool? {
        switch storage {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The integer that a number stands for; nil for other kinds, for fractions, and for what an `Int` cannot hold.
    package var intValue: Int? {
        guard case .number(let text) = storage else { return nil }
        return JSONNumber.integer(text.bytes.span)
    }

    /// The double nearest to a number, always finite; nil for other kinds.
    package var doubleValue: Double? {
        guard case .number(let text) = storage else { return nil }
        return JSONNumber.double(text.bytes.span)
    }

    /// A number as it was written; nil for other kinds.
    package var numberText: String? {
        guard case .number(let text) = storage else { return nil }
        return String(decoding: text.bytes, as: UTF8.self)
    }
}

extension JSONText {
    /// The characters that the inside of a string stands for.
    var decodedString: String { String(decoding: decodedBytes, as: UTF8.self) }

    /// The UTF-8 of the characters that the inside of a string stands for.
    var decodedBytes: [UInt8] {
        let bytes = bytes
        guard !JSONStringCoding.needsNoEscape(bytes.span) else { return bytes }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        JSONStringCoding.decode(bytes.span, into: &out)
        return out
    }

    /// The text of a string or member name with the characters of `string`.
    init(encoding string: String) {
        var copy = string
        self = copy.withUTF8 { letters in
            let characters = letters.span
            if JSONStringCoding.needsNoEscape(characters) { return JSONText(copying: characters) }
            var out: [UInt8] = []
            JSONStringCoding.encode(characters, into: &out)
            return JSONText(copying: out.span)
        }
    }
}
