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
        let found = try lookup.find(name, at: wanted, progress: progress.show)
        progress.clear()
        if let event = found.goneSince {
            let time = LocalZone.system.seconds(event.time.milliseconds)
            let author = [printable(event.type), event.actor.map(printable), time].compactMap(\.self)
            Output.tell(
                "It is gone since event \(event.offset) (\(author.joined(separator: ", "))); this is what was there after "
                    + "event \(found.offset).")
        }
        return (source, found)
    }
}
