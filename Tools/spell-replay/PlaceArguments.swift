import ArgumentParser
import Journal
import Replay
import WallClock

/// The thing whose past is asked for, and the journal that it is in; the same for blame and history.
struct PlaceArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("What is meant.", valueName: "place")) var place: [String]
    @OptionGroup var journal: JournalArguments
    @OptionGroup var replay: ReplayArguments
    @Option(
        help: ArgumentHelp(
            "As it stands at this moment; if not given now, else as it last was.", valueName: "moment"))
    var at: String?

    /// Looks the place up at the moment that was typed, if one was; says so if it isn't there any more.
    ///
    /// - Throws: ``ReplayError/usage(_:hint:)`` for a place or a moment that can't be read; what ``PlaceLookup`` throws.
    func find(_ progress: ProgressBar) throws(ReplayError) -> (source: JournalSource, found: PlaceLookup.Found) {
        let name = try PlaceName.parse(place)
        var wanted: Moment?
        if let at { wanted = try moment(at) }
        let source = try journal.source()
        let lookup = PlaceLookup(source, useSnapshots: replay.useSnapshots)
        let found: PlaceLookup.Found
        do throws(ReplayError) {
            found = try lookup.find(name, at: wanted, progress: progress.show)
        } catch .no(let problem) {
            guard let wanted, let other = try lookup.otherTime(of: name, than: wanted, progress: progress.show) else {
                throw .no(problem)
            }
            throw .no("\(problem)\n  \(Self.sentence(other))")
        }
        progress.clear()
        if let event = found.goneSince {
            Output.tell("It is gone since \(Self.text(event)); this is what was there after event \(found.offset).")
        }
        return (source, found)
    }

    /// When it was there, for somebody who asked for another moment.
    private static func sentence(_ other: PlaceLookup.Found) -> String {
        guard let event = other.goneSince else { return "It is there now: leave --at away." }
        return "It was there last before \(text(event)): give --at \(other.offset)."
    }

    /// `event 17 (map.deleted, dm@10.0.0.1, 2026-11-23 06:41:00 UTC)`.
    private static func text(_ event: EventStamp) -> String {
        let time = LocalZone.system.seconds(event.time.milliseconds)
        let author = [printable(event.type), event.actor.map(printable), time].compactMap(\.self)
        return "event \(event.offset) (\(author.joined(separator: ", ")))"
    }
}
