import JSONDocument

extension Deciding {
    /// Brings the table back to what it was: the difference from the present, however far back that lies.
    func tableRestore(_ target: JSONValue, to offset: Int64) throws(CommandError) -> Decision {
        try Decision.group(
            "table.restored", data: ["to": .number(Int(offset))],
            patch: difference(to: target),
            answer: .message("Table restored to offset \(offset)"))
    }

    /// Takes back one change and leaves everything that came after it.
    ///
    /// - Throws: ``CommandError/Code/conflict`` if what the change left has been changed again since.
    func tableUndo(
        before: JSONValue, after: JSONValue, offset: Int64, redo: Bool
    ) throws(CommandError) -> Decision {
        let verb = redo ? "redone" : "undone"
        let conflicts = UndoConflicts.pointers(before: before, after: after, present: document).map(\.text).sorted()
        guard conflicts.isEmpty else {
            let shown = conflicts.prefix(5).joined(separator: ", ") + (conflicts.count > 5 ? ", …" : "")
            throw CommandError(.conflict, "Event \(offset) can't be \(verb): changed again since: \(shown)")
        }
        let target = JSONMerge.merge(base: after, mine: before, present: document)
        let patch = difference(to: try TableInvariants.restored(in: target))
        guard !patch.isEmpty || before == after else {
            throw CommandError(
                .conflict, "Event \(offset) can't be \(verb): nothing of what it changed is left")
        }
        return try Decision.group(
            "table.\(verb)", data: ["offset": .number(Int(offset))], patch: patch,
            answer: .message("Event \(offset) \(verb)"))
    }

    /// The way from the present document to another, by first-level members: the root itself is never replaced.
    private func difference(to target: JSONValue) -> JSONPatch {
        var operations: [JSONPatchOperation] = []
        for (name, _) in document.members ?? [] where target[name] == nil {
            operations.append(.remove(JSONPointer(tokens: [name])))
        }
        for (name, value) in target.members ?? [] {
            let pointer = JSONPointer(tokens: [name])
            if let present = document[name] {
                operations += JSONDiff.patch(from: present, to: value, at: pointer).operations
            } else {
                operations.append(.add(pointer, value))
            }
        }
        return JSONPatch(operations)
    }

    /// The type of a relayed message that is kept as an event.
    static let effectEventType = "effect.relayed"

    /// A relayed message as an event that changes nothing.
    func effect(_ effect: Effect) throws(CommandError) -> Decision {
        do {
            let message = try JSONValue.parse(effect.message)
            return Decision(events: [EventContent(type: Self.effectEventType, data: message, patch: JSONPatch())])
        } catch {
            throw .invalidJSON(error)
        }
    }
}
