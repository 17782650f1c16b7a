import JSONDocument

extension Deciding {
    /// Brings the table, or places of it, back to what it was: the difference from the present, however far back.
    func tableRestore(_ plan: RestorePlan) throws(CommandError) -> Decision {
        var data: JSONValue = ["to": .number(Int(plan.offset))]
        guard !plan.paths.isEmpty else {
            let decision = try Decision.group(
                "table.restored", data: data, patch: difference(to: plan.document),
                answer: .message("Table restored to offset \(plan.offset)"))
            return try checked(decision, plan.ifChange)
        }
        let target = try plan.target(from: document)
        data.setMember("paths", to: .array(plan.paths.map { .string($0.text) }))
        var answer = JSONValue.message(
            "\(plan.paths.map(\.text).joined(separator: ", ")) restored to offset \(plan.offset)")
        let also = plan.alsoTouched(from: document, to: target)
        answer.setMember("with", to: .array(also.map { .string($0.text) }))
        let decision = try Decision.group(
            "table.restored", data: data, patch: difference(to: target), answer: answer)
        return try checked(decision, plan.ifChange)
    }

    /// Takes back one step and leaves everything that came after it.
    ///
    /// - Throws: ``CommandError/Code/conflict`` if what the step left has been changed again since, or is gone.
    func tableUndo(_ plan: UndoPlan) throws(CommandError) -> Decision {
        let verb = plan.isRedo ? "redone" : "undone"
        let patch: JSONPatch
        switch try UndoOutcome.of(plan, on: document) {
        case .conflicts(let conflicts): throw .undoConflict(plan, conflicts)
        case .nothingLeft: throw .nothingLeftToUndo(plan)
        case .changedNothing: patch = JSONPatch()
        case .changes(let target): patch = difference(to: target)
        }
        let decision = try Decision.group(
            "table.\(verb)", data: plan.step.data, patch: patch, answer: .message("\(plan.step) \(verb)"))
        return try checked(decision, plan.ifChange)
    }

    /// Refuses what isn't the change that its sender has looked at.
    private func checked(_ decision: Decision, _ expected: String?) throws(CommandError) -> Decision {
        guard let expected, try ChangeDigest.of(decision, on: document) != expected else { return decision }
        throw .anotherChange
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

extension RestorePlan {
    /// The present document with what is to be put back.
    ///
    /// - Throws: ``CommandError/Code/notFound`` for a path that leads nowhere, ``CommandError/Code/conflict`` where a map
    ///   would come back in the place of what is a folder now.
    func target(from present: JSONValue) throws(CommandError) -> JSONValue {
        guard !paths.isEmpty else { return document }
        var restore = PartRestore(then: document, present: present)
        for path in paths { try restore.restore(path) }
        let target = try TableInvariants.restored(in: restore.document)
        if let path = TableInvariants.clashes(in: target).first {
            throw CommandError(.conflict, "'\(path)' would be a map and a folder at once")
        }
        return target
    }

    /// The entries that change besides those that were asked for, such as the folder of a scene, or the whole of
    /// something that was gone and of which a part was asked for.
    func alsoTouched(from present: JSONValue, to target: JSONValue) -> [JSONPointer] {
        (target.members ?? []).map(\.key).flatMap { name in
            Self.differences(present[name] ?? .null, target[name] ?? .null, at: JSONPointer(tokens: [name]))
        }.filter { entry in
            if paths.contains(where: { $0.isPrefix(of: entry) }) { return false }
            let isAround = paths.contains { entry.isPrefix(of: $0) }
            return !isAround || (present.value(at: entry)?.isNull ?? true)
        }
    }

    private static func differences(
        _ present: JSONValue, _ target: JSONValue, at pointer: JSONPointer
    ) -> [JSONPointer] {
        guard let old = present.members, let new = target.members else { return present == target ? [] : [pointer] }
        let changed = old.filter { target[$0.key] != $0.value }.map(\.key)
        return (changed + new.map(\.key).filter { present[$0] == nil }).map { pointer.appending($0) }
    }
}
