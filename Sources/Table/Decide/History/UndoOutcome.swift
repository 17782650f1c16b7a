import JSONDocument

/// What taking a change back would make of the present document.
enum UndoOutcome {
    /// This document.
    case changes(JSONValue)
    /// Nothing, because the change itself left everything as it was.
    case changedNothing
    /// Nothing, because nothing of what it changed is left.
    case nothingLeft
    /// It can't be taken back: these places were changed again since.
    case conflicts([UndoConflict])

    /// Whether there is nothing to do.
    var isNothing: Bool {
        switch self {
        case .changedNothing, .nothingLeft: true
        case .changes, .conflicts: false
        }
    }

    /// - Throws: ``CommandError/Code/conflict`` if what is left can't be brought into order.
    static func of(_ plan: UndoPlan, on present: JSONValue) throws(CommandError) -> UndoOutcome {
        guard plan.before != plan.after else { return .changedNothing }
        let conflicts = UndoConflicts.find(before: plan.before, after: plan.after, present: present)
        guard conflicts.isEmpty else { return .conflicts(conflicts.sorted { $0.path.text < $1.path.text }) }
        let merged = JSONMerge.merge(base: plan.after, mine: plan.before, present: present)
        let target = try TableInvariants.restored(in: merged)
        let clashes = clashes(in: target, but: present)
        guard clashes.isEmpty else { return .conflicts(clashes) }
        return target == present ? .nothingLeft : .changes(target)
    }

    /// What stands where a map or a folder of maps would come back: a folder, or a map, that was made there since.
    private static func clashes(in target: JSONValue, but present: JSONValue) -> [UndoConflict] {
        let known = Set(TableInvariants.clashes(in: present))
        return TableInvariants.clashes(in: target).filter { !known.contains($0) }.map { path in
            let member = present.entry(.maps, path) == nil ? TableDocument.Member.mapFolders : .maps
            return UndoConflict(
                path: .to(member, path), was: nil, became: nil, now: present.entry(member, path))
        }
    }
}
