import JSONDocument

/// The patches that event clients send for the live scene.
enum LivePatch {
    /// The patch with pointers of the document.
    ///
    /// A client may write its pointers as the events do (`/live/name`) or relative to the scene (`/name`): if every one
    /// begins with `/live`, they are the document's. (A scene has no member of that name in the contract.)
    static func absolute(_ patch: JSONPatch) -> JSONPatch {
        let live = JSONPointer.to(.live)
        guard !patch.operations.flatMap(pointers).allSatisfy({ live.isPrefix(of: $0) }) else { return patch }
        return JSONPatch(patch.operations.map(absolute))
    }

    /// Every pointer that an operation names, also those that it only reads.
    private static func pointers(_ operation: JSONPatchOperation) -> [JSONPointer] {
        switch operation {
        case .move(let from, let to), .copy(let from, let to): [from, to]
        default: [operation.path]
        }
    }

    private static func absolute(_ operation: JSONPatchOperation) -> JSONPatchOperation {
        switch operation {
        case .add(let path, let value): .add(below(path), value)
        case .remove(let path): .remove(below(path))
        case .replace(let path, let value): .replace(below(path), value)
        case .move(let from, let to): .move(from: below(from), to: below(to))
        case .copy(let from, let to): .copy(from: below(from), to: below(to))
        case .test(let path, let value): .test(below(path), value)
        }
    }

    private static func below(_ pointer: JSONPointer) -> JSONPointer {
        JSONPointer(tokens: [TableDocument.Member.live.rawValue] + pointer.tokens)
    }
}
