import JSONDocument
import Journal
import Table

/// Finds what a person names: at a moment, or, where none is said, as it is now or was last.
package struct PlaceLookup {
    /// A place with the moment at which it was found.
    package struct Found {
        package let place: Place
        package let document: JSONValue
        /// After this event.
        package let offset: Int64
        /// The event that took it away, where it isn't there any more and was looked for in the past.
        package let goneSince: EventStamp?

        /// Whether it isn't there any more.
        package var isGone: Bool { goneSince != nil }
    }

    private let source: JournalSource
    private let useSnapshots: Bool

    package init(_ source: JournalSource, useSnapshots: Bool) {
        self.source = source
        self.useSnapshots = useSnapshots
    }

    /// Looks a name up.
    ///
    /// Without a moment, what isn't there now is looked for as it last was: one walk back finds the event that brought it, and
    /// a look at the documents after that one where it ended.
    /// - Throws: ``ReplayError/no(_:)`` where there is no such thing, ``ReplayError/usage(_:hint:)`` where there are
    ///   several.
    package func find(
        _ name: PlaceName, at moment: Moment?, progress: ProgressSink
    ) throws(ReplayError) -> Found {
        let offset = try source.offset(of: moment ?? .newest, progress: progress)
        let document = try source.document(at: offset, useSnapshots: useSnapshots, progress: progress)
        do throws(ReplayError) {
            let place = try name.resolve(in: document).main
            return Found(place: place, document: document, offset: offset, goneSince: nil)
        } catch {
            guard case .no = error, moment == nil, let found = try findLast(name, before: offset, progress) else {
                throw error
            }
            return found
        }
    }

    /// When something was there that isn't at a moment: last before that, else last of all.
    ///
    /// - Returns: nil where it never was.
    /// - Throws: ``ReplayError/usage(_:hint:)`` where there were several then.
    package func otherTime(
        of name: PlaceName, than moment: Moment, progress: ProgressSink
    ) throws(ReplayError) -> Found? {
        let offset = try source.offset(of: moment, progress: progress)
        if let earlier = try findLast(name, before: offset, progress) { return earlier }
        do throws(ReplayError) {
            return try find(name, at: nil, progress: progress)
        } catch .no {
            return nil
        }
    }

    private func findLast(
        _ name: PlaceName, before newest: Int64, _ progress: ProgressSink
    ) throws(ReplayError) -> Found? {
        var search = LastSighting(name, source, useSnapshots: useSnapshots, isGoneAt: newest)
        let bringing = NameBringing(name)
        try source.walkBack(from: newest, progress: progress) { (event, line) throws(ReplayError) in
            guard try bringing.mayBring(line.span) else { return event - 1 }
            return try search.take(event, progress) ? nil : event - 1
        }
        // Also what was there before the first event.
        guard let last = try search.finish(try source.beginning(), progress) else { return nil }
        let stamp = EventStamp(try source.event(at: last.offset + 1).envelope)
        do throws(ReplayError) {
            let place = try name.resolve(in: last.document).main
            return Found(place: place, document: last.document, offset: last.offset, goneSince: stamp)
        } catch .usage(let problem, let hint) {
            // The pointers that it lists are those of that moment.
            throw .usage(
                "\(problem), as it was last, after event \(last.offset)", hint: "With --at \(last.offset): \(hint)")
        }
    }
}

/// Looks for the last moment at which something was there.
///
/// It is fed the events after which it may be there for the first time, the newest first. They are looked at in batches that
/// grow, each in one pass forward, so that many of them cost few passes also where no snapshot helps.
private struct LastSighting {
    private let name: PlaceName
    private let source: JournalSource
    private let useSnapshots: Bool
    /// The oldest moment known at which it isn't there, of those after the events that are looked at.
    private var absent: Int64
    private var batch: [Int64] = []
    private var batchCountMax = 1
    private var sighting: DocumentFold?

    /// How many moments are looked at at once in the search for its end.
    private static let stopCount: Int64 = 32

    init(_ name: PlaceName, _ source: JournalSource, useSnapshots: Bool, isGoneAt offset: Int64) {
        (self.name, self.source, self.useSnapshots, absent) = (name, source, useSnapshots, offset)
    }

    /// Takes the next older event after which it may be there.
    ///
    /// - Returns: Whether it was seen.
    mutating func take(_ event: Int64, _ progress: ProgressSink) throws(ReplayError) -> Bool {
        batch.append(event)
        guard batch.count >= batchCountMax else { return false }
        batchCountMax *= 2
        return try lookAtBatch(progress)
    }

    /// Takes the oldest moment.
    ///
    /// - Returns: The last moment at which it was there; nil if it never was.
    mutating func finish(_ beginning: Int64, _ progress: ProgressSink) throws(ReplayError) -> DocumentFold? {
        if sighting == nil {
            batch.append(beginning)
            _ = try lookAtBatch(progress)
        }
        guard let sighting else { return nil }
        return try end(of: sighting, progress)
    }

    private mutating func lookAtBatch(_ progress: ProgressSink) throws(ReplayError) -> Bool {
        let offsets = batch.filter { $0 < absent }.reversed().map(\.self)
        batch = []
        var seen: DocumentFold?
        var absentBefore = absent
        try source.forEachDocument(after: offsets, useSnapshots: useSnapshots, progress: progress) { fold in
            if isThere(fold.document) {
                (seen, absentBefore) = (fold, absent)
            } else if absentBefore == absent {
                absentBefore = fold.offset
            }
        }
        (sighting, absent) = (seen, absentBefore)
        return seen != nil
    }

    /// The last moment at which it is there between one at which it is and one at which it isn't.
    private func end(of sighting: DocumentFold, _ progress: ProgressSink) throws(ReplayError) -> DocumentFold {
        var (there, gone) = (sighting, absent)
        while gone - there.offset > 1 {
            let step = max(1, (gone - there.offset) / Self.stopCount)
            var stops = [there]
            try source.forEachDocument(
                after: Array(stride(from: there.offset + step, to: gone, by: Int(step))), from: there,
                useSnapshots: useSnapshots, progress: progress
            ) { stops.append($0) }
            var (low, high) = (0, stops.count)
            while high - low > 1 {
                let middle = (low + high) / 2
                if isThere(stops[middle].document) { low = middle } else { high = middle }
            }
            if high < stops.count { gone = stops[high].offset }
            there = stops[low]
        }
        return there
    }

    private func isThere(_ document: JSONValue) -> Bool {
        do throws(ReplayError) {
            _ = try name.resolve(in: document)
            return true
        } catch {
            // Several of one name are there, too.
            if case .no = error { return false }
            return true
        }
    }
}
