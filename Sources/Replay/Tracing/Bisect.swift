import JSONDocument
import Journal
import Table

/// Finds the events after which a condition began, or ceased, to hold.
///
/// One pass forward over the range, from the snapshot nearest to its start. The condition is evaluated only after events
/// whose patches touch a place that it mentions. It need not be monotone: every change of its truth is found, so the first
/// one to true is the first event after which it holds and before which it didn't. A search by halves over snapshots would
/// be quicker, and right only for conditions that never turn back; nobody can tell that beforehand.
package struct Bisect: Sendable {
    /// A change of the condition's truth.
    package struct Flip: Sendable {
        package let event: LoggedEvent
        /// Whether the condition holds after the event.
        package let holds: Bool
    }

    private let source: JournalSource
    private let condition: ParsedCondition
    private let useSnapshots: Bool

    package init(_ source: JournalSource, _ condition: ParsedCondition, useSnapshots: Bool) {
        self.source = source
        self.condition = condition
        self.useSnapshots = useSnapshots
    }

    /// Goes through the events after `start` up to `end`.
    ///
    /// - Parameters:
    ///   - start: The range begins with the document after this event.
    ///   - body: Given each change of the condition's truth; answers whether to go on.
    /// - Returns: Whether the condition held at the start.
    package func walk(
        after start: Int64, through end: Int64, progress: ProgressSink, _ body: (Flip) throws(ReplayError) -> Bool
    ) throws(ReplayError) -> Bool {
        var fold = try source.fold(at: start, useSnapshots: useSnapshots, progress: progress)
        var places = try places(from: fold.document, at: start, through: end, progress: progress)
        let atStart = condition.condition.isMet { places[$0].value }
        var holds = atStart
        try source.replay(&fold, through: end, progress: progress) { (_, line, fold) throws(ReplayError) in
            let envelope = try EventEnvelope.reading(line)
            let patch = line.extracting(envelope.patch)
            let concerned = places.indices.filter { places[$0].mayChange(patch) }
            _ = try fold.applyLine(line)
            guard !concerned.isEmpty else { return true }
            let moves = PlaceTrail.mayMove(line) ? try LoggedEvent(line: line.copied()).patch() : JSONPatch()
            for index in concerned {
                places[index].follow(moves)
                _ = places[index].look(at: fold.document)
            }
            let now = condition.condition.isMet { places[$0].value }
            guard now != holds else { return true }
            holds = now
            return try body(Flip(event: try LoggedEvent(line: line.copied()), holds: now))
        }
        return atStart
    }

    /// What the condition's places mean.
    ///
    /// A pointer means whatever stands there. A name is looked up at the range's end, else at its start, else as it last was
    /// (``PlaceLookup``), and what it means is followed from the start by its identity.
    private func places(
        from document: JSONValue, at start: Int64, through end: Int64, progress: ProgressSink
    ) throws(ReplayError) -> [PlaceFollower] {
        let isNamed = condition.places.contains {
            if case .named(let kind, _, _) = $0.thing { kind.takesName } else { false }
        }
        let last = isNamed ? try source.document(at: end, useSnapshots: useSnapshots, progress: progress) : document
        var followers: [PlaceFollower] = []
        for named in condition.places {
            let identity = try identity(named, first: document, start, last: last, end, progress)
            followers.append(PlaceFollower(identity.appending(named.tail), in: document))
        }
        return followers
    }

    private func identity(
        _ named: ParsedCondition.Named, first: JSONValue, _ start: Int64, last: JSONValue, _ end: Int64,
        _ progress: ProgressSink
    ) throws(ReplayError) -> PlaceIdentity {
        switch named.thing {
        case .pointer(let pointer): return PlaceIdentity(literally: pointer)
        case .named(.live, _, _): return PlaceIdentity(literally: JSONPointer(tokens: ["live"]))
        case .named(let kind, _, _) where !kind.takesName: return try named.thing.resolve(in: first).main.identity
        case .named: return try traced(named.thing, first: first, start, last: last, end, progress)
        }
    }

    private func traced(
        _ name: PlaceName, first: JSONValue, _ start: Int64, last: JSONValue, _ end: Int64, _ progress: ProgressSink
    ) throws(ReplayError) -> PlaceIdentity {
        let place: Place
        let found: Int64
        if let atEnd = try Self.place(name, in: last) {
            (place, found) = (atEnd, end)
        } else if let atStart = try Self.place(name, in: first) {
            return atStart.identity
        } else {
            let past = try PlaceLookup(source, useSnapshots: useSnapshots).find(name, at: nil, progress: progress)
            (place, found) = (past.place, past.offset)
        }
        guard PlaceTrail.isByPath(place.identity), (start...end).contains(found) else { return place.identity }
        let then = try PlaceTrail.oldest(source, place.pointer, from: found, downTo: start, progress: progress)
        return PlaceTrail.identity(place.identity, movedTo: then)
    }

    /// nil where there is no such thing.
    private static func place(_ name: PlaceName, in document: JSONValue) throws(ReplayError) -> Place? {
        do throws(ReplayError) {
            return try name.resolve(in: document).main
        } catch .no {
            return nil
        }
    }
}

extension Bisect.Flip {
    /// {"offset","time","type","actor","holds"}.
    package var json: JSONValue {
        .object(EventStamp(event.envelope).jsonMembers + [(key: "holds", value: .bool(holds))])
    }
}
