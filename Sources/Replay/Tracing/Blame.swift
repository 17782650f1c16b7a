import JSONDocument
import Journal
import Table

/// Who last wrote each part of a place, as it stands at one moment.
///
/// Found by one walk back over the events, the newest first, that ends with the event to which the last part is
/// attributed. Thought of and left: one forward pass that carries the writer of every part along. It would have to
/// replay everything from the start always, though what people ask about was mostly written lately; the walk back reads
/// only as far as it must, applies no patch, and needs no document but the one asked about. Nearly all events are about
/// other parts or about parts that are attributed already; those are told by their pointers' bytes and not parsed. Where
/// a snapshot says which event was the last to touch a part of the document, those after it aren't even read.
package struct Blame: Sendable {
    package let place: Place
    /// The moment: after this event.
    package let offset: Int64
    /// The value that is blamed.
    package let value: JSONValue
    /// Its scalars and empty containers, in the order of the document.
    let leaves: [BlameTree.Leaf]
    /// The events that wrote them.
    package let writers: [Int64: EventStamp]

    /// Looks back from a moment.
    ///
    /// - Parameters:
    ///   - place: In `document`.
    ///   - document: The document after the event `offset`.
    ///   - useSnapshots: Whether a snapshot may say where to look.
    package static func gather(
        _ source: JournalSource, _ place: Place, in document: JSONValue, at offset: Int64, useSnapshots: Bool,
        progress: ProgressSink
    ) throws(ReplayError) -> Blame {
        guard let value = document.value(at: place.pointer) else {
            throw .no("there is nothing at \(printable(place.pointer.text)) at that moment")
        }
        var walk = BlameWalk(BlameTree(place.pointer, in: document))
        walk.known = useSnapshots ? source.history(of: offset).changes(atOrBelow: offset) : nil
        try source.walkBack(from: walk.next(before: offset + 1), progress: progress) {
            (event, line) throws(ReplayError) in
            try walk.take(event, line)
            return walk.isDone ? nil : walk.next(before: event)
        }
        return Blame(place: place, offset: offset, value: value, leaves: walk.tree.leaves, writers: walk.writers)
    }
}

/// A walk back on its way.
struct BlameWalk {
    private(set) var tree: BlameTree
    private(set) var writers: [Int64: EventStamp] = [:]
    /// Pointers, as they stand in patches, whose replacement changes nothing: those of a drag come again and again.
    private var settled: Set<[UInt8]> = []

    /// Which events changed what, up to the event of that offset.
    var known: (offset: Int64, changes: ChangeIndex)?
    /// What `known` says of the tree as it is now; nil while nobody asked.
    private var newestOfInterest: Int64?

    private static let settledCountMax = 100_000
    private static let replacement = Array(#"[{"op":"replace","#.utf8)

    init(_ tree: BlameTree) {
        self.tree = tree
    }

    var isDone: Bool { tree.pendingCount == 0 }

    /// Undoes one event.
    mutating func take(_ offset: Int64, _ line: ArraySlice<UInt8>) throws(ReplayError) {
        let envelope = try EventEnvelope.reading(line.span)
        let patch = line.span.extracting(envelope.patch)
        guard !isUnaffected(by: patch) else { return }
        let pending = tree.pendingCount
        let operations = try LoggedEvent(line: Array(line)).patch()
        tree.undo(operations, of: offset)
        if tree.pendingCount < pending { writers[offset] = EventStamp(envelope) }
        newestOfInterest = nil
        // Places have moved.
        if !operations.operations.allSatisfy(\.isReplacement) { settled.removeAll(keepingCapacity: true) }
    }

    /// The newest event before another that may touch what has no writer yet.
    ///
    /// An index of changes knows nothing of what is newer than its snapshot, so all of those events are of interest.
    mutating func next(before event: Int64) -> Int64 {
        guard let known, event <= known.offset + 1 else { return event - 1 }
        let newest = newestOfInterest ?? newestChange(in: known.changes)
        newestOfInterest = newest
        return min(event - 1, newest)
    }

    /// The newest event that touched a part of the document in which something has no writer yet.
    private func newestChange(in changes: ChangeIndex) -> Int64 {
        tree.pendingParts.reduce(-1) { newest, part in
            // Who writes the live scene's id writes all of that.
            let id = part.tokens.first == "live" ? changes.newestChange(at: Self.liveID) : -1
            return max(newest, changes.newestChange(at: part), id)
        }
    }

    private static let liveID = JSONPointer(tokens: ["live", "id"])

    /// Whether nothing in the tree changes by undoing a patch.
    private mutating func isUnaffected(by patch: Span<UInt8>) -> Bool {
        var pointers: [[UInt8]] = []
        TouchedPointers.forEach(in: patch) { pointer in
            pointers.append(pointer.indices.map { pointer[$0] })
        }
        let isReplacement = pointers.count == 1 && patch.begins(with: Self.replacement)
        for pointer in pointers {
            if isReplacement, settled.contains(pointer) { continue }
            guard !pointer.contains(UInt8(ascii: "\\")), let tokens = Self.tokens(pointer),
                tree.isUnaffected(tokens, isReplacement: isReplacement)
            else { return false }
            guard isReplacement else { continue }
            if settled.count >= Self.settledCountMax { settled.removeAll() }
            settled.insert(pointer)
        }
        return true
    }

    private static func tokens(_ pointer: [UInt8]) -> [String]? {
        do throws(JSONPointerError) {
            return try JSONPointer(String(decoding: pointer, as: UTF8.self)).tokens
        } catch {
            // The patch will be read as a whole, and says so itself.
            return nil
        }
    }
}

extension JSONPatchOperation {
    fileprivate var isReplacement: Bool {
        if case .replace = self { true } else { false }
    }
}
