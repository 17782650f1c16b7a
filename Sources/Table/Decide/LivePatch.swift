import JSONDocument

/// The patches that event clients send for the live scene.
enum LivePatch {
    /// How many operations a client's patch may have.
    ///
    /// One user's action makes a few, dragging everything on a large map some hundreds. Whoever changes more sends the
    /// scene.
    static let operationCountMax = 10_000
    /// What they may cost together: about a tenth of a second of the writer, which everybody waits for meanwhile.
    static let limits = JSONPatchLimits(effort: 1 << 24)

    /// - Throws: ``CommandError/Code/tooLarge``.
    static func check(operationCount: Int) throws(CommandError) {
        guard operationCount > operationCountMax else { return }
        throw CommandError(
            .tooLarge,
            "The patch has \(operationCount) operations; at most \(operationCountMax) are taken. Send the scene instead."
        )
    }

    /// What a patch that can't be applied is answered with.
    static func refusal(_ error: JSONPatchError) -> CommandError {
        if case .tooCostly = error {
            return CommandError(.tooLarge, "The patch asks for too much work: \(error). Send the scene instead.")
        }
        return CommandError(.conflict, "The patch doesn't fit the present scene: \(error)")
    }

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
