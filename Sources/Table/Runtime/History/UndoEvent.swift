import JSONDocument
import Journal

/// A change, by its first and last event (the same, unless it is a group).
struct JournaledChange: Equatable {
    let first: Int64
    let last: Int64
}

/// What the search for something to undo must know of an event.
struct UndoEvent {
    /// Says that a step was undone, or redone.
    struct Mark {
        let step: UndoStepName
        let isUndo: Bool
    }

    /// The largest patch that is looked into, in bytes: what is drawn or dragged step by step is far smaller.
    private static let readablePatchByteCountMax = 64 << 10

    let offset: Int64
    let time: JournalTime
    let type: String
    let actor: String?
    let change: JournaledChange
    let mark: Mark?
    /// Whether it leaves the document as it was.
    let isWithoutEffect: Bool
    /// The patch's text; nil if it is too large to look into.
    private let patch: [UInt8]?

    init(_ line: Span<UInt8>) throws(TableError) {
        let envelope = EventEnvelope(try EventLayout(line: line), line)
        offset = envelope.offset
        time = envelope.time
        type = envelope.type
        actor = envelope.actor
        let group = envelope.group ?? EventGroup(first: envelope.offset, count: 1)
        change = JournaledChange(first: group.first, last: group.first + group.count - 1)
        isWithoutEffect = envelope.patch.count <= "[]".utf8.count
        let isUndo = envelope.type == "table.undone"
        let step = isUndo || envelope.type == "table.redone" ? Self.step(line, envelope.data) : nil
        mark = step.map { Mark(step: $0, isUndo: isUndo) }
        let isReadable = envelope.patch.count <= Self.readablePatchByteCountMax
        patch = isReadable ? envelope.patch.map { line[$0] } : nil
    }

    private static func step(_ line: Span<UInt8>, _ data: Range<Int>) -> UndoStepName? {
        do {
            return UndoStepName(try JSONValue.parse(line.extracting(data)))
        } catch {
            // A foreign tool's event may hold anything; one that names no offset undid nothing that we know of.
            return nil
        }
    }

    /// Who made it, over whichever way.
    var person: Substring? { actor.map(UndoScope.person) }

    /// What its patch does; nil if that can't be said.
    var operations: [JSONPatchOperation]? {
        guard let patch else { return nil }
        do {
            return try JSONPatch(JSONValue.parse(patch)).operations
        } catch {
            return nil
        }
    }
}

/// Whose changes an undo means.
enum UndoScope: Equatable {
    /// One actor's, over whichever way they come.
    case actor(String)
    /// Those of everybody who does something at the table.
    case table

    /// What nobody did: repairs, and what the server takes in by itself.
    private static let typesOfNobody: Set = ["event.lost", "event.stranded", "journal.repaired", "effect.relayed"]

    func includes(_ event: UndoEvent) -> Bool {
        switch self {
        case .actor(let actor): event.person == Self.person(actor)
        case .table:
            event.actor != nil && event.actor != SoundsAdoption.actor && !Self.typesOfNobody.contains(event.type)
        }
    }

    /// The same for `rest@10.0.0.7` and `ws@10.0.0.7`: a client saves over REST and drags over its WebSocket.
    fileprivate static func person(_ actor: String) -> Substring {
        for way in ["rest@", "ws@"] where actor.hasPrefix(way) { return actor.dropFirst(way.count) }
        return actor[...]
    }
}
