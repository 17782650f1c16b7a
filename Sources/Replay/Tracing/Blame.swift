import JSONDocument
import Journal
import Table

/// Who last wrote each part of a place, as it stands at one moment.
///
/// Found by one walk back over the events, the newest first, that ends with the event to which the last part is
/// attributed. Thought of and left: one forward pass that carries the writer of every part along. It would have to
/// replay everything from the start always, though what people ask about was mostly written lately; the walk back reads
/// only as far as it must, applies no patch, and needs no document but the one asked about. Nearly all events are about
/// other parts or about parts that are attributed already; those are told by their pointers' bytes and not parsed.
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
    package static func gather(
        _ source: JournalSource, _ place: Place, in document: JSONValue, at offset: Int64, progress: ProgressSink
    ) throws(ReplayError) -> Blame {
        guard let value = document.value(at: place.pointer) else {
            throw .no("there is nothing at \(printable(place.pointer.text)) at that moment")
        }
        var walk = BlameWalk(BlameTree(place.pointer, in: document))
        try source.walkBack(from: offset, progress: progress) { (event, line) throws(ReplayError) in
            try walk.take(event, line)
            return walk.isDone ? nil : event - 1
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
        // Places have moved.
        if !operations.operations.allSatisfy(\.isReplacement) { settled.removeAll(keepingCapacity: true) }
    }

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
