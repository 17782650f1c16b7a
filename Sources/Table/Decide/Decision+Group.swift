import JSONDocument

extension Decision {
    /// The most bytes of patch in one event of a group; a line may have twice that (journal-format.md, "Line").
    static let groupPartByteCountMax = 32 << 20

    /// One event, or a group of several of the same type if the patch is too large for one.
    ///
    /// The operations keep their order, so the document between two events of the group is one on the way. A container
    /// that is too large is put in empty and then filled.
    ///
    /// - Throws: ``CommandError/Code/tooLarge`` if a single string or number doesn't fit.
    static func group(
        _ type: String, data: JSONValue, patch: JSONPatch, answer: JSONValue,
        partByteCountMax: Int = groupPartByteCountMax
    ) throws(CommandError) -> Decision {
        var parts: [[JSONPatchOperation]] = []
        var room = 0
        for (operation, byteCount) in try fitting(patch.operations, partByteCountMax) {
            if byteCount > room {
                parts.append([])
                room = partByteCountMax
            }
            parts[parts.count - 1].append(operation)
            room -= byteCount
        }
        return Decision(
            events: parts.map { EventContent(type: type, data: data, patch: JSONPatch($0)) }, answer: answer)
    }

    /// Operations that do the same, each with its size, none larger than the limit.
    private static func fitting(
        _ operations: [JSONPatchOperation], _ limit: Int
    ) throws(CommandError) -> [(operation: JSONPatchOperation, byteCount: Int)] {
        var result: [(operation: JSONPatchOperation, byteCount: Int)] = []
        for operation in operations {
            let byteCount = JSONPatch([operation]).serialized().count
            if byteCount <= limit {
                result.append((operation, byteCount))
            } else if let steps = steps(of: operation) {
                result += try fitting(steps, limit)
            } else {
                throw CommandError(
                    .tooLarge, "'\(operation.path.text)' alone takes \(byteCount) bytes, more than an event can hold")
            }
        }
        return result
    }

    /// The operation for the empty container, then one for each thing in it; nil if it puts in no container.
    private static func steps(of operation: JSONPatchOperation) -> [JSONPatchOperation]? {
        let empty: (JSONValue) -> JSONPatchOperation
        let container: JSONValue
        switch operation {
        case .add(let path, let value): (container, empty) = (value, { .add(path, $0) })
        case .replace(let path, let value): (container, empty) = (value, { .replace(path, $0) })
        default: return nil
        }
        let path = operation.path
        if let members = container.members {
            return [empty([:])] + members.map { .add(path.appending($0.key), $0.value) }
        }
        // The index can't be known of an element that is itself put in as the last ("-"), but nothing is that large.
        guard let elements = container.elements, path.tokens.last != "-" else { return nil }
        return [empty([])] + elements.enumerated().map { .add(path.appending($0.offset), $0.element) }
    }
}
