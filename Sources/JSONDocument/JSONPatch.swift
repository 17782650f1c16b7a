/// Why a patch can't be parsed or applied.
package enum JSONPatchError: Error, Sendable, Equatable, CustomStringConvertible {
    case invalidOperation(index: Int, reason: String)
    case pathNotFound(index: Int, path: String)
    case testFailed(index: Int, path: String)

    package var description: String {
        switch self {
        case .invalidOperation(let index, let reason): "patch operation \(index): \(reason)"
        case .pathNotFound(let index, let path): "patch operation \(index): there is nothing at `\(path)`"
        case .testFailed(let index, let path): "patch operation \(index): the value at `\(path)` is another"
        }
    }
}

/// One step of a JSON Patch (RFC 6902, section 4).
package enum JSONPatchOperation: Sendable, Equatable {
    case add(JSONPointer, JSONValue)
    case remove(JSONPointer)
    case replace(JSONPointer, JSONValue)
    case move(from: JSONPointer, to: JSONPointer)
    case copy(from: JSONPointer, to: JSONPointer)
    case test(JSONPointer, JSONValue)

    package var path: JSONPointer {
        switch self {
        case .add(let path, _), .remove(let path), .replace(let path, _), .test(let path, _): path
        case .move(_, let path), .copy(_, let path): path
        }
    }

    /// The places that the operation changes.
    package var touched: [JSONPointer] {
        switch self {
        case .move(let from, let to): [from, to]
        case .test: []
        default: [path]
        }
    }
}

/// A list of changes that is applied whole or not at all (RFC 6902).
package struct JSONPatch: Sendable, Equatable {
    package var operations: [JSONPatchOperation]
    package init(_ operations: [JSONPatchOperation] = []) { self.operations = operations }
    package var isEmpty: Bool { operations.isEmpty }

    package init(_ value: JSONValue) throws(JSONPatchError) {
        guard let elements = value.elements else {
            throw .invalidOperation(index: 0, reason: "a patch is an array of operations")
        }
        operations = []
        operations.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() { operations.append(try Self.operation(element, index)) }
    }

    private static func operation(_ value: JSONValue, _ index: Int) throws(JSONPatchError) -> JSONPatchOperation {
        func pointer(_ name: String) throws(JSONPatchError) -> JSONPointer {
            guard let text = value[name]?.stringValue else {
                throw .invalidOperation(index: index, reason: "`\(name)` must be a JSON Pointer")
            }
            do { return try JSONPointer(text) } catch { throw .invalidOperation(index: index, reason: "\(error)") }
        }
        func operand() throws(JSONPatchError) -> JSONValue {
            guard let operand = value["value"] else { throw .invalidOperation(index: index, reason: "`value` is missing") }
            return operand
        }
        switch value["op"]?.stringValue {
        case "add": return .add(try pointer("path"), try operand())
        case "remove": return .remove(try pointer("path"))
        case "replace": return .replace(try pointer("path"), try operand())
        case "move": return .move(from: try pointer("from"), to: try pointer("path"))
        case "copy": return .copy(from: try pointer("from"), to: try pointer("path"))
        case "test": return .test(try pointer("path"), try operand())
        default: throw .invalidOperation(index: index, reason: "`op` must be add, remove, replace, move, copy or test")
        }
    }

    package var jsonValue: JSONValue {
        .array(operations.map { operation in
            func object(_ op: String, _ rest: [(key: String, value: JSONValue)]) -> JSONValue {
                .object([(key: "op", value: .string(op))] + rest)
            }
            func text(_ pointer: JSONPointer) -> JSONValue { .string(pointer.text) }
            switch operation {
            case .add(let path, let value): return object("add", [("path", text(path)), ("value", value)])
            case .remove(let path): return object("remove", [("path", text(path))])
            case .replace(let path, let value): return object("replace", [("path", text(path)), ("value", value)])
            case .move(let from, let to): return object("move", [("from", text(from)), ("path", text(to))])
            case .copy(let from, let to): return object("copy", [("from", text(from)), ("path", text(to))])
            case .test(let path, let value): return object("test", [("path", text(path)), ("value", value)])
            }
        })
    }
    package func write(into out: inout [UInt8]) { jsonValue.write(into: &out) }
    package func serialized() -> [UInt8] { jsonValue.serialized() }
}
