import JSONDocument
import Journal
import Table

/// Replays events for the sake of one place.
///
/// Most events are about something else and shift no index, so nothing of what is asked for depends on them; they aren't
/// applied. The document is right at the place then, and elsewhere as it was: enough for events that put values in the place
/// of others there. Before any other event that may concern the place (what comes, goes or moves may bring along what was
/// elsewhere) the events that were left out are made up for. After that a while goes by with every event applied, so that it
/// happens seldom; no event is read or applied more than twice.
///
/// What is told of a change looks at more than the place: at the names of what it is in, at who else is in the same lists.
/// ``PlaceFollower`` watches those along with it.
struct PlaceReplay {
    /// One event that the place was looked at after.
    struct Look {
        let envelope: EventEnvelope
        /// The documents before and after it; right at the place.
        let before: JSONValue
        let after: JSONValue
        /// The place before it.
        let old: PlaceFollower
        /// Whether the place's value differs, or it came, went, or stands elsewhere.
        let isOther: Bool
    }

    private let source: JournalSource
    /// The place, as of the last event.
    private(set) var follower: PlaceFollower
    /// The whole document, as of its offset.
    private var fold: DocumentFold
    /// The document that is right at the place alone; nil while the whole one is up to date.
    private var partial: JSONValue?
    /// How many events are applied before some are left out.
    private var appliedCountLeft: Int
    private let appliedCount: Int

    /// Begins with a document.
    ///
    /// - Parameter appliedCount: How many events are applied, after others were made up for, before some are left out again.
    init(_ source: JournalSource, _ identity: PlaceIdentity, from fold: DocumentFold, appliedCount: Int) {
        (self.source, self.fold) = (source, fold)
        (self.appliedCount, appliedCountLeft) = (appliedCount, appliedCount)
        follower = PlaceFollower(identity, in: fold.document)
    }

    /// Takes the next event.
    ///
    /// - Returns: nil where it can't concern the place.
    mutating func take(_ offset: Int64, _ line: Span<UInt8>) throws(ReplayError) -> Look? {
        let envelope = try EventEnvelope.reading(line)
        let patch = line.extracting(envelope.patch)
        guard follower.mayChange(patch) else {
            try pass(line)
            return nil
        }
        if let partial, let look = lookInPlace(envelope, patch, from: partial) { return look }
        if partial != nil { try makeUp(through: offset - 1) }
        let (before, old) = (fold.document, follower)
        _ = try fold.applyLine(line)
        if PlaceTrail.mayMove(line) { follower.follow(try LoggedEvent(line: line.copied()).patch()) }
        let isOther = follower.look(at: fold.document)
        return Look(envelope: envelope, before: before, after: fold.document, old: old, isOther: isOther)
    }

    /// An event that doesn't concern the place.
    private mutating func pass(_ line: Span<UInt8>) throws(ReplayError) {
        guard partial == nil else { return }
        if appliedCountLeft > 0 {
            appliedCountLeft -= 1
            _ = try fold.applyLine(line)
        } else {
            partial = fold.document
        }
    }

    /// Goes on from the document that is right at the place alone.
    ///
    /// - Returns: nil where the event needs the whole one.
    private mutating func lookInPlace(
        _ envelope: EventEnvelope, _ patch: Span<UInt8>, from before: JSONValue
    ) -> Look? {
        guard follower.pointer != nil, PatchWatch.isOfReplacements(patch) else { return nil }
        var after = before
        do throws(JSONPatchError) {
            try after.apply(encodedPatch: patch)
        } catch {
            // It replaces something inside of what was left out.
            return nil
        }
        let old = follower
        let isOther = follower.look(at: after)
        guard let pointer = follower.pointer, pointer == old.pointer, canBeTold(at: pointer, patch) else {
            follower = old
            return nil
        }
        partial = after
        return Look(envelope: envelope, before: before, after: after, old: old, isOther: isOther)
    }

    /// Whether what happened can be told without what is around the place.
    ///
    /// A scalar needs no sentences. Where something outside of the place changed too, how that is told may depend on what is
    /// around it.
    private func canBeTold(at pointer: JSONPointer, _ patch: Span<UInt8>) -> Bool {
        guard let value = follower.value, value.isObject || value.isArray else { return true }
        return PatchWatch.changesOnly(pointer, patch)
    }

    /// Applies what was left out.
    private mutating func makeUp(through offset: Int64) throws(ReplayError) {
        partial = nil
        appliedCountLeft = appliedCount
        try source.advance(&fold, through: offset) { _ in }
    }
}
