import JSONDocument
import Journal
import Table
import WallClock

/// Every value that a place had.
///
/// The place is followed by its identity (``PlaceIdentity``) through one walk from the journal's start; only after events
/// whose patches may concern it is it looked for and compared, and most others aren't even applied (``PlaceReplay``). What
/// is known by its path (a map, a folder, a sound) is followed through renames: one walk back finds the oldest path, before.
package struct PlaceHistory: Sendable {
    /// What became of the place.
    package enum Kind: String, Sendable { case created, changed, removed, moved }

    /// One event that changed it.
    package struct Entry: Sendable {
        package let event: EventStamp
        package let kind: Kind
        /// Where it stands afterwards; for what was removed, where it stood.
        package let pointer: JSONPointer
        /// nil where it wasn't there.
        package let old: JSONValue?
        /// nil where it isn't there any more.
        package let new: JSONValue?
        /// What changed in it, in sentences; empty for a scalar, and for one that came or went.
        package let told: [ToldChange]
    }

    private let source: JournalSource
    private let place: Place
    private let offset: Int64
    private let appliedCount: Int

    /// - Parameters:
    ///   - place: Looked up in the document after the event `offset`.
    ///   - appliedCount: As ``PlaceReplay`` has it.
    package init(_ source: JournalSource, _ place: Place, at offset: Int64, appliedCount: Int = 1_000) {
        self.appliedCount = appliedCount
        self.source = source
        self.place = place
        self.offset = offset
    }

    /// Hands out the entries, oldest first.
    ///
    /// - Parameters:
    ///   - newest: The last event to look at; the place is followed beyond the moment at which it was looked up.
    ///   - body: Answers whether to go on.
    package func walk(
        through newest: Int64, progress: ProgressSink, _ body: (Entry) throws(ReplayError) -> Bool
    ) throws(ReplayError) {
        let first = try source.fold(atOrBelow: -1, useSnapshots: false)
        try walk(from: first, through: newest, progress: progress, body)
    }

    /// The newest entries, oldest first.
    ///
    /// Goes back from snapshot to snapshot, only as far as it must. What is followed by its path is followed from the
    /// journal's start, as what it is called at a snapshot depends on all that was called so before.
    ///
    /// - Parameters:
    ///   - count: How many; 1 or more.
    ///   - newest: The last event to look at.
    ///   - useSnapshots: Whether to; otherwise everything is looked at.
    package func newest(
        _ count: Int, through newest: Int64, useSnapshots: Bool, progress: ProgressSink
    ) throws(ReplayError) -> [Entry] {
        let beginning = try source.fold(atOrBelow: -1, useSnapshots: false).offset
        let isInSteps = useSnapshots && !PlaceTrail.isByPath(place.identity)
        var found: [Entry] = []
        var end = newest
        while found.count < count, end > beginning {
            let fold = try source.fold(atOrBelow: end - 1, useSnapshots: isInSteps)
            var kept: [Entry] = []
            try walk(from: fold, through: end, progress: progress) { entry in
                kept.append(entry)
                // Twice as many as are wanted are let in before the older half goes.
                if kept.count - count >= count { kept.removeFirst(kept.count - count) }
                return true
            }
            found = kept.suffix(count - found.count) + found
            end = fold.offset
        }
        return found
    }

    private func walk(
        from fold: DocumentFold, through newest: Int64, progress: ProgressSink,
        _ body: (Entry) throws(ReplayError) -> Bool
    ) throws(ReplayError) {
        var identity = place.identity
        if PlaceTrail.isByPath(identity) {
            let oldest = try PlaceTrail.oldest(source, place.pointer, from: offset, progress: progress)
            identity = PlaceTrail.identity(identity, movedTo: oldest)
        }
        var replay = PlaceReplay(source, identity, from: fold, appliedCount: appliedCount)
        try source.walk(after: fold.offset, through: newest, progress: progress) { (event, line) throws(ReplayError) in
            guard let look = try replay.take(event, line), let entry = Self.entry(look, replay.follower) else {
                return true
            }
            return try body(entry)
        }
    }

    private static func entry(_ look: PlaceReplay.Look, _ follower: PlaceFollower) -> Entry? {
        let (was, now) = (look.old.pointer, follower.pointer)
        // Another index in the same array is no move that people care for.
        let isElsewhere = follower.identity != look.old.identity || now?.tokens.first != was?.tokens.first
        let isMoved = now != nil && was != nil && isElsewhere
        guard look.isOther || isMoved, let pointer = now ?? was else { return nil }
        let (old, new) = (look.old.value, follower.value)
        let kind: Kind = old == nil ? .created : new == nil ? .removed : isMoved ? .moved : .changed
        let told = kind == .changed || kind == .moved ? told(look.before, look.after, pointer, new) : []
        return Entry(event: EventStamp(look.envelope), kind: kind, pointer: pointer, old: old, new: new, told: told)
    }

    /// Sentences for what happened in the place.
    private static func told(
        _ before: JSONValue, _ after: JSONValue, _ pointer: JSONPointer, _ value: JSONValue?
    ) -> [ToldChange] {
        guard let value, value.isObject || value.isArray else { return [] }
        return TableTelling.changes(from: before, to: after).filter { change in
            pointer.isPrefix(of: change.pointer) || change.pointer.isPrefix(of: pointer)
        }
    }
}

extension Span<UInt8> {
    /// An array of the same bytes.
    func copied() -> [UInt8] { indices.map { self[$0] } }
}

extension PlaceHistory.Entry {
    /// {"offset","time","type","actor","kind","pointer","old"?,"new"?,"changes"?}.
    package var json: JSONValue {
        var members = event.jsonMembers
        members.append(("kind", .string(kind.rawValue)))
        members.append(("pointer", .string(pointer.text)))
        if let old { members.append(("old", old)) }
        if let new { members.append(("new", new)) }
        if !told.isEmpty { members.append(("changes", .array(told.map(\.json)))) }
        return .object(members)
    }

    /// The lines for people, without the last line feed: the event and the value; below it what changed in an object.
    package func text(_ paint: Paint, _ zone: LocalZone, valueWidth: Int) -> String {
        let event = event
        let time = paint(.dim, zone.seconds(event.time.milliseconds))
        let offset = String(event.offset)
        let gap = String(repeating: " ", count: max(0, 6 - offset.count))
        let head = "\(gap)\(paint(.strong, offset))  \(time)  \(paint(.kind, printable(event.type)))"
        let line = "\(head)  \(paint(.actor, printable(event.actor ?? "-")))  \(summary(paint, valueWidth))"
        return told.reduce(line) { "\($0)\n          \($1.line(paint))" }
    }

    private func summary(_ paint: Paint, _ width: Int) -> String {
        func shown(_ value: JSONValue?) -> String { value.map { shortened(printable($0.text), to: width) } ?? "" }
        let place = printable(pointer.text)
        switch kind {
        case .created: return "\(paint(.added, "created")) \(shown(new))"
        case .removed: return "\(paint(.removed, "removed")) \(paint(.dim, "was")) \(shown(old))"
        case .moved: return "\(paint(.changed, "is now at \(place)"))\(old == new ? "" : " " + shown(new))"
        case .changed where told.isEmpty: return "\(shown(old)) \(paint(.dim, "→")) \(shown(new))"
        case .changed: return paint(.changed, "changed")
        }
    }
}
