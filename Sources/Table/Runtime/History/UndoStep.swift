import JSONDocument
import Journal

/// What a user takes for one change: a single event, a group, or a row of events that follow each other closely, such as
/// a drag.
///
/// Grows from its newest event back. An event joins if it is of the same actor and type, if it is no more than a second
/// older than the one after it, and if it touches the same parts (or some of them, or more). A part is a member or an
/// element of a scene (`/live/maps/0`, `/scenes/<id>/name`), elsewhere an entry of the document (`/viewer/nightMode`).
/// What adds, removes or moves a whole part, or puts another scene in the place of one, stays alone. The step ends at the actor's next other event, and where
/// somebody else touched the same parts: their change isn't taken back with it.
struct UndoStep {
    /// What became of an event that was offered.
    enum Reception {
        case joined
        /// It is another's, and has nothing to do with the step.
        case passed
        /// The step ends before it.
        case ended
    }

    /// The longest pause within a step, in milliseconds.
    static let pauseMillisecondsMax: Int64 = 1000
    /// The most events in one step.
    private static let eventCountMax = 10_000

    private let newest: UndoEvent
    private var oldestTime: JournalTime
    private var eventCount = 1
    /// The newest first.
    private var runs: [ClosedRange<Int64>]
    /// nil: the step is its newest event alone.
    private var parts: Set<JSONPointer>?

    init(newest event: UndoEvent) {
        newest = event
        oldestTime = event.time
        runs = [event.change.first...event.change.last]
        parts = event.change.first == event.change.last ? EventParts(event)?.joinable : nil
    }

    /// Whether older events may join.
    var isOpen: Bool { parts != nil && eventCount < Self.eventCountMax }

    /// Offers the next older event.
    ///
    /// - Parameter isUndone: Whether it was undone later.
    mutating func take(_ event: UndoEvent, isUndone: Bool) -> Reception {
        guard isOpen, let parts, oldestTime.milliseconds - event.time.milliseconds <= Self.pauseMillisecondsMax
        else { return .ended }
        if event.isWithoutEffect { return event.person == newest.person && event.mark != nil ? .ended : .passed }
        guard event.person == newest.person else { return isInTheWay(event, of: parts) ? .ended : .passed }
        if isUndone, event.mark == nil { return .passed }
        guard event.mark == nil, event.type == newest.type, event.change.first == event.change.last,
            let others = EventParts(event)?.joinable, Self.areSame(parts, others)
        else { return .ended }
        join(event, parts.union(others))
        return .joined
    }

    private mutating func join(_ event: UndoEvent, _ parts: Set<JSONPointer>) {
        self.parts = parts
        oldestTime = event.time
        eventCount += 1
        if let run = runs.last, run.lowerBound == event.offset + 1 {
            runs[runs.count - 1] = event.offset...run.upperBound
        } else {
            runs.append(event.offset...event.offset)
        }
    }

    private func isInTheWay(_ event: UndoEvent, of parts: Set<JSONPointer>) -> Bool {
        guard let others = EventParts(event) else { return true }
        return parts.contains { part in
            others.all.contains { $0.isPrefix(of: part) || part.isPrefix(of: $0) }
                // Elements that come or go shift the others' indexes.
                || others.reshaped.contains { $0.isPrefix(of: part) }
        }
    }

    /// Whether one of the two covers all of the other.
    private static func areSame(_ a: Set<JSONPointer>, _ b: Set<JSONPointer>) -> Bool {
        covers(a, b) || covers(b, a)
    }

    private static func covers(_ a: Set<JSONPointer>, _ b: Set<JSONPointer>) -> Bool {
        b.allSatisfy { other in a.contains(other) || a.contains { $0.isPrefix(of: other) } }
    }

    /// What is to be taken back.
    var found: UndoSearch.Found {
        let span = JournaledChange(first: runs[runs.count - 1].lowerBound, last: runs[0].upperBound)
        let isOneChange = eventCount == 1
        return UndoSearch.Found(
            takesBack: span, step: UndoStepName(offset: span.last, runs: isOneChange ? [] : runs.reversed()),
            // Where others' events stand in between, only these parts are the step's work.
            parts: runs.count > 1 ? parts.map(Self.outermost) : nil, isRedo: false)
    }

    /// The parts that lie in no other one, in an order that is always the same.
    private static func outermost(_ parts: Set<JSONPointer>) -> [JSONPointer] {
        parts.filter { part in !parts.contains { $0 != part && $0.isPrefix(of: part) } }
            .sorted { $0.text < $1.text }
    }
}

/// The parts of the document that an event touches, for telling whether two events belong together.
struct EventParts {
    private(set) var all: Set<JSONPointer> = []
    /// The containers in which whole parts came, went or moved, and the scenes that became others.
    private(set) var reshaped: Set<JSONPointer> = []

    /// nil if what the event does can't be said.
    init?(_ event: UndoEvent) {
        guard let operations = event.operations else { return nil }
        for operation in operations {
            for pointer in operation.touched {
                let depth = Self.depth(of: pointer)
                all.insert(JSONPointer(tokens: Array(pointer.tokens.prefix(depth))))
                if operation.isStructural, pointer.tokens.count <= depth { reshaped.insert(pointer.parent ?? .root) }
                // A whole scene in the place of another.
                if pointer.tokens.count < depth - 1 { reshaped.insert(pointer) }
            }
        }
    }

    /// The parts, if the event only changed what is in them.
    var joinable: Set<JSONPointer>? { reshaped.isEmpty && !all.isEmpty ? all : nil }

    /// How many tokens of a pointer name its part.
    private static func depth(of pointer: JSONPointer) -> Int {
        switch pointer.tokens.first {
        case "live": 3
        case "scenes": 4
        default: 2
        }
    }
}

extension JSONPatchOperation {
    /// Whether it makes something come, go or move.
    fileprivate var isStructural: Bool {
        switch self {
        case .add, .remove, .move, .copy: true
        case .replace, .test: false
        }
    }
}
