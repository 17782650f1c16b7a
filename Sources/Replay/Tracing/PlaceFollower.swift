import JSONDocument
import Table

/// Follows a place through events by its identity, looking at the document only after events that may concern it.
///
/// Give it each event's patch before it is applied (``mayChange(_:)``), and the document afterwards if it said yes
/// (``look(at:)``).
struct PlaceFollower {
    private(set) var identity: PlaceIdentity
    /// Where it stands now; nil while it isn't there.
    private(set) var pointer: JSONPointer?
    /// Its value now; nil while it isn't there.
    private(set) var value: JSONValue?
    /// Where its way begins now.
    private var base: JSONPointer
    private var watch: PatchWatch
    private let followsMoves: Bool

    /// Begins with a document.
    init(_ identity: PlaceIdentity, in document: JSONValue) {
        self.identity = identity
        pointer = identity.pointer(in: document)
        value = pointer.flatMap { document.value(at: $0) }
        base = identity.base(in: document)
        watch = PatchWatch(Self.watched(identity, pointer, from: base))
        followsMoves = PlaceTrail.isByPath(identity)
    }

    /// Whether an event's patch may change the place or move it.
    func mayChange(_ patch: Span<UInt8>) -> Bool { watch.concerns(patch) }

    /// Goes along with the moves of a patch, for what is known by its path.
    mutating func follow(_ patch: JSONPatch) {
        guard followsMoves, let present = pointer else { return }
        guard let moved = PlaceTrail.after(patch, present), moved != present else { return }
        identity = PlaceTrail.identity(identity, movedTo: moved)
        pointer = moved
        watch = PatchWatch(Self.watched(identity, moved, from: base))
    }

    /// Looks where the place is after an event.
    ///
    /// - Returns: Whether its value differs, or it came, went, or stands in another part of the document.
    mutating func look(at document: JSONValue) -> Bool {
        let present = identity.pointer(in: document)
        let now = present.flatMap { document.value(at: $0) }
        let hasMoved = present != nil && pointer != nil && present?.tokens.first != pointer?.tokens.first
        let isOther = now != value || hasMoved
        let start = identity.base(in: document)
        if present != pointer || start != base { watch = PatchWatch(Self.watched(identity, present, from: start)) }
        (pointer, value, base) = (present, now, start)
        return isOther
    }

    /// Where something has to happen for the place to be touched: where it is, or could come to be.
    private static func watched(
        _ identity: PlaceIdentity, _ pointer: JSONPointer?, from base: JSONPointer
    ) -> [JSONPointer] {
        // While it isn't there, its whole way is watched, as indexes on it may be written as names, up to an array in which an
        // element may come anywhere: one that stands for itself comes with it, what is in one may also come into it.
        let names = identity.leadingNames
        let isElement = names.count + 1 == identity.steps.count
        let here = pointer ?? JSONPointer(tokens: base.tokens + names + (isElement ? ["-"] : []))
        switch identity.anchor {
        case .document: return [here] + sceneNames(around: here.tokens)
        // Whether it is in the live scene or in the library is a matter of the live scene's id alone.
        case .scene(let id):
            return [here, JSONPointer(tokens: ["live", "id"])] + sceneNames(around: ["scenes", id])
        }
    }

    /// What a saved scene is called where something in it is told.
    private static func sceneNames(around tokens: [String]) -> [JSONPointer] {
        guard tokens.count > 1, ["scenes", "sceneImages"].contains(tokens[0]) else { return [] }
        return ["name", "label", "id"].map { JSONPointer(tokens: ["scenes", tokens[1], $0]) }
    }
}

/// The paths that something known by its path had over time.
enum PlaceTrail {
    /// Whether renames and moves of the place are `move` operations on it: maps, sounds and folders.
    static func isByPath(_ identity: PlaceIdentity) -> Bool {
        guard identity.anchor == .document, identity.steps.count > 1, case .member(let first) = identity.steps[0] else {
            return false
        }
        return PlaceLabel.membersByPath.contains(first)
    }

    /// Where what was at a place stands after a patch; nil if the patch took it away.
    static func after(_ patch: JSONPatch, _ place: JSONPointer) -> JSONPointer? {
        var place = place
        for operation in patch.operations {
            switch operation {
            case .move(let from, let to) where from.isPrefix(of: place): place = rebased(place, from: from, to: to)
            case .remove(let path) where path.isPrefix(of: place): return nil
            default: break
            }
        }
        return place
    }

    /// Where what is at a place after a patch stood before it.
    static func before(_ patch: JSONPatch, _ place: JSONPointer) -> JSONPointer {
        var place = place
        for operation in patch.operations.reversed() {
            guard case .move(let from, let to) = operation, to.isPrefix(of: place) else { continue }
            place = rebased(place, from: to, to: from)
        }
        return place
    }

    /// The path that a place had after the event `start`, or when it was made since: renames undone, the newest first.
    static func oldest(
        _ source: JournalSource, _ place: JSONPointer, from offset: Int64, downTo start: Int64 = -1,
        progress: ProgressSink
    ) throws(ReplayError) -> JSONPointer {
        var place = place
        try source.walkBack(from: offset, progress: progress) { (event, line) throws(ReplayError) in
            guard event > start else { return nil }
            guard mayMove(line.span) else { return event - 1 }
            place = before(try LoggedEvent(line: Array(line)).patch(), place)
            return event - 1
        }
        return place
    }

    /// The identity with its first two steps, member and path, changed to where it was moved.
    static func identity(_ identity: PlaceIdentity, movedTo pointer: JSONPointer) -> PlaceIdentity {
        let head = pointer.tokens.prefix(2).map { PlaceIdentity.Step.member($0) }
        return PlaceIdentity(anchor: .document, steps: head + identity.steps.dropFirst(2))
    }

    private static func rebased(_ place: JSONPointer, from: JSONPointer, to: JSONPointer) -> JSONPointer {
        JSONPointer(tokens: to.tokens + place.tokens.dropFirst(from.tokens.count))
    }

    /// Whether an event's line may hold a move; false where none can be in it.
    ///
    /// Journal lines are written without spaces, so the text of an operation is always the same.
    static func mayMove(_ line: Span<UInt8>) -> Bool { line.holds(moveMark) }

    private static let moveMark = Array(#""op":"move""#.utf8)
}

extension Span<UInt8> {
    /// Whether `text` is somewhere in it.
    func holds(_ text: [UInt8]) -> Bool {
        guard let first = text.first, count >= text.count else { return text.isEmpty }
        for start in 0...(count - text.count) where self[start] == first {
            var length = 1
            while length < text.count, self[start + length] == text[length] { length += 1 }
            if length == text.count { return true }
        }
        return false
    }
}
