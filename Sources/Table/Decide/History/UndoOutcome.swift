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
        return target == present ? .nothingLeft : .changes(target)
    }
}
