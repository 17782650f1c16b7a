import HashTreeCollections

/// The kind of a JSON value.
package enum JSONKind: Sendable { case null, bool, number, string, array, object }

/// An immutable-by-value JSON document that keeps number texts and member order as they came.
///
/// A container stays as its checked, compact bytes until somebody looks inside; a look expands one level and leaves the
/// containers below as bytes. Values share storage: a copy costs a reference, and a change copies only the containers on
/// the way to it (large objects are persistent trees, so that cost doesn't grow with their size).
package struct JSONValue: Sendable {
    enum Node: Sendable {
        case null
        case bool(Bool)
        case number(String)
        case string(String)
        case array([JSONValue])
        case object(ObjectStorage)
        case encoded(EncodedContainer)
    }

    var node: Node

    init(_ node: Node) { self.node = node }

    package static let null = JSONValue(.null)
    package static func bool(_ value: Bool) -> JSONValue { JSONValue(.bool(value)) }
    package static func string(_ value: String) -> JSONValue { JSONValue(.string(value)) }
    package static func number(_ value: Int) -> JSONValue { JSONValue(.number(String(value))) }
    package static func array(_ elements: [JSONValue]) -> JSONValue { JSONValue(.array(elements)) }
    /// Of members with the same key the last wins, in the first one's place.
    package static func object(_ members: [(key: String, value: JSONValue)]) -> JSONValue {
        JSONValue(.object(ObjectStorage(members)))
    }
    /// A number with exactly this text.
    package static func number(text: String) throws(JSONSyntaxError) -> JSONValue {
        let value = try parse(text: text)
        guard value.kind == .number else { throw JSONSyntaxError(kind: .syntax, offset: 0, expected: "a number") }
        return value
    }

    package var kind: JSONKind {
        switch node {
        case .null: .null
        case .bool: .bool
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        case .encoded(let container): container.isObject ? .object : .array
        }
    }

    package var isObject: Bool { kind == .object }
    package var isArray: Bool { kind == .array }
    package var isNull: Bool { kind == .null }

    package var stringValue: String? {
        if case .string(let value) = node { value } else { nil }
    }
    package var boolValue: Bool? {
        if case .bool(let value) = node { value } else { nil }
    }
    package var numberText: String? {
        if case .number(let text) = node { text } else { nil }
    }
    package var doubleValue: Double? { numberText.flatMap { Double($0) } }
    /// The number as an integer, if it is one (1.0 and 1e2 are).
    package var intValue: Int? {
        numberText.flatMap { text in Int(text) ?? Double(text).flatMap { Int(exactly: $0) } }
    }

    package var elements: [JSONValue]? {
        if case .array(let elements) = expanded { elements } else { nil }
    }
    package var members: [(key: String, value: JSONValue)]? {
        if case .object(let storage) = expanded { storage.members } else { nil }
    }
    /// Members or elements; 0 for scalars.
    package var count: Int {
        switch expanded {
        case .array(let elements): elements.count
        case .object(let storage): storage.count
        default: 0
        }
    }

    package subscript(_ key: String) -> JSONValue? {
        if case .object(let storage) = expanded { storage[key] } else { nil }
    }
    package subscript(_ index: Int) -> JSONValue? {
        if case .array(let elements) = expanded, elements.indices.contains(index) { elements[index] } else { nil }
    }

    /// This level as a tree.
    var expanded: Node {
        if case .encoded(let container) = node { container.expand() } else { node }
    }

    /// Sets a member of an object: in its place if it is there, else at the end. Does nothing to other values.
    package mutating func setMember(_ key: String, to value: JSONValue) {
        guard case .object(var storage) = expanded else { return }
        node = .null
        storage.set(key, value)
        node = .object(storage)
    }
    package mutating func removeMember(_ key: String) {
        guard case .object(var storage) = expanded else { return }
        node = .null
        _ = storage.remove(key)
        node = .object(storage)
    }

    /// Whether both are the same memory, so that they are equal without a look. May say false of equal values.
    package func sharesStorage(with other: JSONValue) -> Bool {
        switch (node, other.node) {
        case (.encoded(let a), .encoded(let b)): a === b
        case (.array(let a), .array(let b)):
            a.count == b.count && a.withUnsafeBufferPointer { x in b.withUnsafeBufferPointer { x.baseAddress == $0.baseAddress } }
        case (.object(let a), .object(let b)): a.isIdentical(to: b)
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): a == b
        default: false
        }
    }
}

/// A container as its checked, compact bytes.
final class EncodedContainer: Sendable {
    let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }
    var isObject: Bool { bytes.first == UInt8(ascii: "{") }
}
