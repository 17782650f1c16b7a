import JSONDocument

/// `table.undo` or `table.redo` as it was asked for.
package struct UndoRequest: Sendable, Hashable {
    /// Whose changes are meant, where no offset is given.
    package enum Scope: String, Sendable, CaseIterable {
        /// Those of the one who asks.
        case actor
        /// Anybody's.
        case table
    }

    /// The one event that is meant; nil: the newest step that can be taken back, or brought back.
    package var offset: Int64?
    /// Whose, where no offset is given.
    package var scope: Scope
    /// Only what is older than this event, where no offset is given: how a client goes on past a step that is in
    /// conflict.
    package var before: Int64?
    /// Whether only to say what would change.
    package var isDryRun: Bool
    /// Refuse it if it would be another change by now than the one with this digest (``ChangeDigest``).
    package var ifChange: String?

    package init(
        offset: Int64? = nil, scope: Scope = .actor, before: Int64? = nil, isDryRun: Bool = false,
        ifChange: String? = nil
    ) {
        self.offset = offset
        self.scope = scope
        self.before = before
        self.isDryRun = isDryRun
        self.ifChange = ifChange
    }
}

/// An undo or redo that can be decided: the past has been read.
package struct UndoPlan: Sendable {
    /// The document before what is taken back.
    package var before: JSONValue
    /// The document after it, with nothing of anybody else in between.
    package var after: JSONValue
    /// The step that the new event says it undid or redid.
    package var step: UndoStepName
    /// Whether what is taken back is an undo.
    package var isRedo: Bool
    /// As in ``UndoRequest/ifChange``.
    package var ifChange: String?

    package init(before: JSONValue, after: JSONValue, step: UndoStepName, isRedo: Bool = false) {
        self.before = before
        self.after = after
        self.step = step
        self.isRedo = isRedo
    }
}

/// What a `table.undone` or `table.redone` says in its `data` of the step that it is about.
///
/// `{"offset":412}` for one change, `{"offset":412,"events":[[380,395],[397,412]]}` for a step of several events: those
/// from 380 to 395 and from 397 to 412.
package struct UndoStepName: Sendable, Hashable {
    /// The step's newest event.
    package let offset: Int64
    /// Where the step is more than one change: its events, the oldest first.
    package let runs: [ClosedRange<Int64>]

    package init(offset: Int64, runs: [ClosedRange<Int64>] = []) {
        self.offset = offset
        self.runs = runs
    }

    /// Reads an event's `data`; nil if it names no offset.
    ///
    /// Runs that aren't pairs of offsets in order are left out: a foreign tool may have written them.
    init?(_ data: JSONValue) {
        guard let offset = data["offset"]?.intValue else { return nil }
        self.offset = Int64(offset)
        self.runs = (data["events"]?.elements ?? []).compactMap { run in
            guard run.count == 2, let first = run[0]?.intValue, let last = run[1]?.intValue, first <= last else {
                return nil
            }
            return Int64(first)...Int64(last)
        }
    }

    /// The step's oldest event, as far as it names it.
    var first: Int64 { runs.first?.lowerBound ?? offset }

    /// The event's `data`.
    package var data: JSONValue {
        var data: JSONValue = ["offset": .number(Int(offset))]
        guard !runs.isEmpty else { return data }
        let pairs = runs.map { JSONValue.array([.number(Int($0.lowerBound)), .number(Int($0.upperBound))]) }
        data.setMember("events", to: .array(pairs))
        return data
    }
}

extension UndoStepName: CustomStringConvertible {
    /// `Event 412`, `Events 380 to 412`.
    package var description: String {
        guard let first = runs.first?.lowerBound, first < offset else { return "Event \(offset)" }
        return "Events \(first) to \(offset)"
    }
}
