import ArgumentParser
import JSONDocument
import Replay
import WallClock

/// The command `spell-replay history`.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Every value that something had, with who gave it that and when.",
        discussion: """
            PLACE is \(PlaceName.forms). It is looked up at --at and followed back to when it was made and on to now: a \
            token by its id or name, also when it stands elsewhere in the list or its scene leaves the table and comes \
            back; a map, sound or folder through renames.

            EXAMPLES
              spell-replay history token "Goblin 3"
              spell-replay history /live/maps/0/data/position/x --last 5
              spell-replay history scene "Crypt" --at 'yesterday 23:00'
              spell-replay history map crypt.png --json | jq -c '[.offset, .kind]'

            Oldest first; with --json one object per line. Exit code 1 if there is no such thing at that moment.
            """)

    @OptionGroup var lookup: PlaceArguments
    @Option(help: ArgumentHelp("Only the newest so many.", valueName: "count")) var last: Int?
    @Flag(help: "Each entry as a line of JSON.") var json = false

    func validate() throws {
        if let last, last < 1 { throw ValidationError("--last takes a number from 1 on, not \(last).") }
    }

    func run() throws {
        let progress = ProgressBar()
        defer { progress.clear() }
        let (source, found) = try lookup.find(progress)
        let history = PlaceHistory(source, found.place, at: found.offset)
        let count =
            if let last {
                try showNewest(last, of: history, source, progress)
            } else {
                try showAll(of: history, source, progress)
            }
        guard count > 0 else { throw ReplayError.no("it has been as it is since before the journal's first event") }
    }

    /// Prints the entries as they are found, however many there are, and counts them.
    private func showAll(of history: PlaceHistory, _ source: JournalSource, _ progress: ProgressBar) throws -> Int {
        var count = 0
        var failure: (any Error)?
        try history.walk(through: try source.newest(), progress: progress.show) { entry in
            count += 1
            progress.clear()
            do {
                try show(entry)
            } catch {
                failure = error
            }
            return failure == nil
        }
        progress.clear()
        if let failure { throw failure }
        return count
    }

    private func showNewest(
        _ last: Int, of history: PlaceHistory, _ source: JournalSource, _ progress: ProgressBar
    ) throws -> Int {
        let entries = try history.newest(
            last, through: try source.newest(), useSnapshots: lookup.replay.useSnapshots, progress: progress.show)
        progress.clear()
        for entry in entries { try show(entry) }
        return entries.count
    }

    private func show(_ entry: PlaceHistory.Entry) throws {
        let width = Terminal.width.map { max(24, $0 / 3) } ?? 80
        let text = json ? entry.json.text : entry.text(Terminal.paint, .system, valueWidth: width)
        try Output.shared.write(text + "\n")
    }
}
