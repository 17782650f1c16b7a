/// One operation of a patch (RFC 6902, section 4).
package enum JSONPatchOperation: Sendable, Equatable {
    /// Sets a member or inserts an element.
    case add(JSONPointer, JSONValue)
    /// Takes away what is there.
    case remove(JSONPointer)
    /// Puts another value in the place of what is there.
    case replace(JSONPointer, JSONValue)
    /// `remove` of the first, then `add` at the second.
    case move(from: JSONPointer, to: JSONPointer)
    /// `add` at the second of what is at the first.
    case copy(from: JSONPointer, to: JSONPointer)
    /// Refuses the whole patch unless an equal value is there.
    case test(JSONPointer, JSONValue)

    /// The operation's `path`.
    package var path: JSONPointer {
        switch self {
        case .add(let path, _), .replace(let path, _), .test(let path, _), .remove(let path): path
        case .move(_, let path), .copy(_, let path): path
        }
    }

    /// The places that the operation may change: `path`, and `from` for a move.
    ///
    /// None for a test.
    package var touched: [JSONPointer] {
        switch self {
        case .add(let path, _), .replace(let path, _), .remove(let path), .copy(_, let path): [path]
        case .move(let from, let path): [path, from]
        case .test: []
        }
    }
}

/// A list of operations that are done in order, all of them or none (RFC 6902).
package struct JSONPatch: Sendable, Equatable {
    /// The operations in order.
    package var operations: [JSONPatchOperation]

    /// - Parameter operations: In the order in which they are to be done.
    package init(_ operations: [JSONPatchOperation] = []) { self.operations = operations }

    /// Whether it changes nothing, because it does nothing.
    package var isEmpty: Bool { operations.isEmpty }

    /// Adds the patch's text, a JSON array without white space, to the end of `out`.
    package func write(into out: inout [UInt8]) {
        out.append(UInt8(ascii: "["))
        var isFirst = true
        for operation in operations {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            operation.write(into: &out)
        }
        out.append(UInt8(ascii: "]"))
    }

    /// The patch's text as UTF-8.
    package func serialized() -> [UInt8] {
        var out: [UInt8] = []
        write(into: &out)
        return out
    }

    /// The patch as a value.
    package var jsonValue: JSONValue { .array(operations.map(\.jsonValue)) }
}

extension JSONPatchOperation {
    private var name: StaticString {
        switch self {
        case .add: "add"
        case .remove: "remove"
        case .replace: "replace"
        case .move: "move"
        case .copy: "copy"
        case .test: "test"
        }
    }

    /// Adds the operation's text: `op`, `path`, then `from` or `value`, which is the order that ``EncodedOperation``
    /// reads fastest.
    func write(into out: inout [UInt8]) {
        out.append(contentsOf: #"{"op":""#.utf8)
        name.withUTF8Buffer { out.append(contentsOf: $0) }
        out.append(contentsOf: #"","path":"#.utf8)
        path.writeString(into: &out)
        switch self {
        case .add(_, let value), .replace(_, let value), .test(_, let value):
            out.append(contentsOf: #","value":"#.utf8)
            value.write(into: &out)
        case .move(let from, _), .copy(let from, _):
            out.append(contentsOf: #","from":"#.utf8)
            from.writeString(into: &out)
        case .remove: break
        }
        out.append(UInt8(ascii: "}"))
    }

    var jsonValue: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("op", .string("\(name)")), ("path", .string(path.text)),
        ]
        switch self {
        case .add(_, let value), .replace(_, let value), .test(_, let value): members.append(("value", value))
        case .move(let from, _), .copy(let from, _): members.append(("from", .string(from.text)))
        case .remove: break
        }
        return .object(members)
    }
}

extension JSONPointer {
    /// Adds the pointer as a JSON string, quotes included.
    func writeString(into out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        JSONStringCoding.encode(slice.buffer.span.extracting(slice.range), into: &out)
        out.append(UInt8(ascii: "\""))
    }
}
