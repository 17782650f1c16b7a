/// Finds what an undo or a redo without an offset means, by looking at the events from the newest back.
///
/// Pure: it is fed events and says when it knows. Whether a step is undone is written in the journal: each `table.undone`
/// and `table.redone` names the events of its step, and the newest that names an event says how that stands. Walking
/// back, that one is met first.
struct UndoWalk {
    /// What the walk is for.
    enum Goal {
        /// The newest step that isn't undone.
        case undo
        /// The newest undo of a step that is still undone, if nothing was changed since.
        case redo
    }

    /// What it knows after an event.
    enum Progress: Equatable {
        case goOn
        case found(UndoSearch.Found)
        /// There is nothing.
        case nothing
    }

    private let goal: Goal
    private let scope: UndoScope
    /// Changes after this one are not meant: they were made after the undo was asked for.
    private let through: Int64
    private let before: Int64
    /// Events of which some mark said how they stand, and those that it said are undone.
    private var marked: RangeSet<Int64>
    private var undone: RangeSet<Int64>
    private var step: UndoStep?

    /// - Parameters:
    ///   - before: Only what is older than this event is meant; nil: everything.
    ///   - passedOver: Events that were found before and of which nothing is left to take back.
    init(
        _ goal: Goal, scope: UndoScope, through: Int64, before: Int64? = nil,
        passingOver passedOver: RangeSet<Int64> = RangeSet()
    ) {
        self.before = before ?? .max
        self.goal = goal
        self.scope = scope
        self.through = through
        // An undo that is passed over is one of which a newer mark seems to have said all.
        marked = goal == .redo ? passedOver : RangeSet()
        undone = goal == .undo ? passedOver : RangeSet()
    }

    /// Takes the next older event.
    mutating func take(_ event: UndoEvent) -> Progress {
        if step != nil { return grow(event) }
        if let mark = event.mark { return note(mark, of: event) }
        guard event.offset <= through, !event.isWithoutEffect, scope.includes(event) else { return .goOn }
        switch goal {
        case .redo: return .nothing
        case .undo where event.offset >= before || undone.contains(event.change.last): return .goOn
        case .undo: return begin(event)
        }
    }

    /// What is known when there are no more events.
    var end: Progress { step.map { .found($0.found) } ?? .nothing }

    private mutating func begin(_ event: UndoEvent) -> Progress {
        let step = UndoStep(newest: event)
        guard step.isOpen else { return .found(step.found) }
        self.step = step
        return .goOn
    }

    private mutating func grow(_ event: UndoEvent) -> Progress {
        // An undo that stands between the step's events says how older ones stand.
        if let mark = event.mark { _ = enter(mark) }
        guard case .ended? = step?.take(event, isUndone: undone.contains(event.change.last)) else { return .goOn }
        return end
    }

    private mutating func note(_ mark: UndoEvent.Mark, of event: UndoEvent) -> Progress {
        // Undos are carried out in the order in which they were asked for, so one that is there is meant, whatever
        // `through` says.
        let isNews = enter(mark)
        guard goal == .redo, isNews, mark.isUndo, event.offset < before, scope.includes(event) else { return .goOn }
        return .found(UndoSearch.Found(takesBack: event.change, step: mark.step, parts: nil, isRedo: true))
    }

    /// - Returns: Whether nothing newer said how the step's events stand.
    private mutating func enter(_ mark: UndoEvent.Mark) -> Bool {
        let news = mark.step.events.subtracting(marked)
        marked.formUnion(news)
        if mark.isUndo { undone.formUnion(news) }
        return !news.isEmpty
    }
}

extension UndoStepName {
    /// The offsets of the step's events, as far as it names them.
    var events: RangeSet<Int64> {
        RangeSet((runs + [offset...offset]).map { $0.lowerBound..<Self.end(of: $0) })
    }

    /// The end of a run that a foreign tool may have written.
    private static func end(of run: ClosedRange<Int64>) -> Int64 {
        run.upperBound == .max ? .max : run.upperBound + 1
    }
}
