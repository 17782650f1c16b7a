import JSONDocument

extension Decision {
    /// The most bytes of patch in one event of a group; a line may have twice that (journal-format.md, "Line").
    static let groupPartByteCountMax = 32 << 20
    /// The most bytes that a single operation may have, since it can't be divided.
    static let operationByteCountMax = 60 << 20

    /// One event, or a group of several of the same type if the patch is too large for one.
    ///
    /// The operations keep their order, so the document between two events of the group is one on the way.
    ///
    /// - Throws: ``CommandError/Code/tooLarge`` if a single operation doesn't fit a line.
    static func group(
        _ type: String, data: JSONValue, patch: JSONPatch, answer: JSONValue,
        partByteCountMax: Int = groupPartByteCountMax
    ) throws(CommandError) -> Decision {
        var parts: [[JSONPatchOperation]] = []
        var room = 0
        for operation in patch.operations {
            let byteCount = JSONPatch([operation]).serialized().count
            guard byteCount <= operationByteCountMax else {
                throw CommandError(
                    .tooLarge, "'\(operation.path.text)' alone takes \(byteCount) bytes, more than an event can hold")
            }
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
}
