extension JSONPatch {
    /// Reads a patch from its text.
    package init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONPatchError) {
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try JSONValue.parse(bytes, limits: limits)
        } catch {
            throw .syntax(error)
        }
        try self.init(value)
    }

    /// Reads a patch from an array of operations.
    ///
    /// Members that RFC 6902 does not name are ignored.
    package init(_ value: JSONValue) throws(JSONPatchError) {
        guard let elements = value.childElements else { throw .notAnArray }
        operations = []
        operations.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            operations.append(try Self.operation(element, index))
        }
    }

    private static func operation(_ element: JSONValue, _ index: Int) throws(JSONPatchError) -> JSONPatchOperation {
        guard element.isObject else { throw .invalidOperation(index: index, reason: "expected an object") }
        guard let name = element["op"]?.stringValue else {
            throw .invalidOperation(index: index, reason: "expected a string as \"op\"")
        }
        let path = try pointer(element, "path", index)
        switch name {
        case "add": return .add(path, try value(element, index))
        case "remove": return .remove(path)
        case "replace": return .replace(path, try value(element, index))
        case "move": return .move(from: try pointer(element, "from", index), to: path)
        case "copy": return .copy(from: try pointer(element, "from", index), to: path)
        case "test": return .test(path, try value(element, index))
        default: throw .invalidOperation(index: index, reason: "unknown \"op\" \"\(name)\"")
        }
    }

    private static func value(_ element: JSONValue, _ index: Int) throws(JSONPatchError) -> JSONValue {
        guard let value = element["value"] else {
            throw .invalidOperation(index: index, reason: "expected a \"value\"")
        }
        return value
    }

    private static func pointer(
        _ element: JSONValue, _ name: String, _ index: Int
    ) throws(JSONPatchError) -> JSONPointer {
        guard case .string(let text) = element[name]?.storage else {
            throw .invalidOperation(index: index, reason: "expected a string as \"\(name)\"")
        }
        let bytes = text.decodedBytes
        if let (offset, expected) = JSONPointer.fault(bytes.span) {
            throw .invalidOperation(
                index: index, reason: "\"\(name)\" is no JSON Pointer: at its byte \(offset), expected \(expected)")
        }
        return JSONPointer(validated: ByteSlice(bytes))
    }
}
