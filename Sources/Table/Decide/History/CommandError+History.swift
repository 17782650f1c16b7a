import JSONDocument

/// Who changed a place, for the answer to an undo that is in conflict.
package struct ChangeAuthor: Sendable, Equatable {
    package let offset: Int64
    package let type: String
    package let actor: String?
    /// RFC 3339.
    package let time: String

    var jsonValue: JSONValue {
        var value: JSONValue = ["offset": .number(Int(offset)), "type": .string(type), "time": .string(time)]
        if let actor { value.setMember("actor", to: .string(actor)) }
        return value
    }
}

/// The refusals of undo, redo and restore.
extension CommandError {
    /// How many conflicts an answer lists.
    private static let conflictsMax = 100
    /// The largest value that a conflict quotes, in bytes; a larger one is left out.
    private static let quotedByteCountMax = 4096

    /// Something that the step changed was changed again since.
    ///
    /// - Parameter authors: Who did, by place, as far as known.
    static func undoConflict(
        _ plan: UndoPlan, _ conflicts: [UndoConflict], authors: [JSONPointer: ChangeAuthor] = [:]
    ) -> CommandError {
        let paths = conflicts.map(\.path.text)
        let shown = paths.prefix(5).joined(separator: ", ") + (paths.count > 5 ? ", …" : "")
        let verb = plan.isRedo ? "redone" : "undone"
        let entries = conflicts.prefix(conflictsMax).map { conflict in
            entry(conflict, author: authors[conflict.path])
        }
        return CommandError(
            .conflict, "\(plan.step) can't be \(verb): changed again since: \(shown)",
            details: details(plan, conflicts: entries))
    }

    private static func details(_ plan: UndoPlan, conflicts: [JSONValue]) -> JSONValue {
        [
            "offset": .number(Int(plan.step.offset)), "first": .number(Int(plan.step.first)),
            "conflicts": .array(conflicts),
        ]
    }

    private static func entry(_ conflict: UndoConflict, author: ChangeAuthor?) -> JSONValue {
        var entry: JSONValue = ["path": .string(conflict.path.text)]
        for (name, value) in [("was", conflict.was), ("became", conflict.became), ("now", conflict.now)] {
            guard let value else { continue }
            if value.serialized().count <= quotedByteCountMax {
                entry.setMember(name, to: value)
            } else {
                entry.setMember("long", to: .array((entry["long"]?.elements ?? []) + [.string(name)]))
            }
        }
        if let author { entry.setMember("by", to: author.jsonValue) }
        return entry
    }

    /// Somebody changed meanwhile what it would change.
    static let anotherChange = CommandError(
        .conflict, "The table was changed since this was shown, and nothing was done: look again")

    /// Nothing of what the step changed is left.
    static func nothingLeftToUndo(_ plan: UndoPlan) -> CommandError {
        CommandError(
            .conflict,
            "\(plan.step) can't be \(plan.isRedo ? "redone" : "undone"): nothing of what it changed is left",
            details: details(plan, conflicts: []))
    }

    /// What comes back names files that are no longer on disk.
    static func missingFiles(_ files: [MissingFile]) -> CommandError {
        let shown = files.prefix(5).map(\.description).joined(separator: ", ") + (files.count > 5 ? ", …" : "")
        let entries = files.prefix(conflictsMax).map { file in
            JSONValue.object([
                (key: "path", value: .string(file.path.text)), (key: "blob", value: .string(file.sha256)),
            ])
        }
        return CommandError(
            .conflict, "The content of what would come back is no longer on disk: \(shown)",
            details: ["missingFiles": .array(entries)])
    }
}

/// An entry of the document whose content is gone.
package struct MissingFile: Sendable, Equatable, CustomStringConvertible {
    /// The entry: `/maps/crypt.png`, `/sceneImages/<scene>/<image>`.
    package let path: JSONPointer
    /// The content's name, 64 hex digits.
    package let sha256: String

    package var description: String { "\(path.text) (blob \(sha256.prefix(12))…)" }
}
