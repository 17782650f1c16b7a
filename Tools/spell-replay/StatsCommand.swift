import ArgumentParser
import JSONDocument
import Journal
import Replay
import WallClock

/// The command `spell-replay stats`.
struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Events and bytes by type, actor, hour and session; a picture of the timeline.",
        discussion: """
            LINES are the bytes of the events' lines; ON DISK is their part of the compressed bytes: a frame's bytes are \
            shared out among its lines by their length. The tables show the first 24 rows (--rows), --json has all.

            --svg writes a picture that any browser shows: events over time by kind, with the sessions side by side.

            EXAMPLES
              spell-replay stats
              spell-replay stats --session -1
              spell-replay stats --since '2 weeks ago' --rows 100
              spell-replay stats --svg timeline.svg
              spell-replay stats --json | jq '.types[] | [.type, .storedBytes]'

            Exit code 1 if the range holds no event.
            """)

    @OptionGroup var journal: JournalArguments
    @OptionGroup var range: RangeArguments
    @Option(help: ArgumentHelp("Rows of each table.", valueName: "count")) var rows = 24
    @Option(help: ArgumentHelp("Write a picture of the timeline to this file.", valueName: "file"), completion: .file())
    var svg: String?
    @Flag(help: "Replace the picture's file if it is there.") var force = false
    @Flag(help: "One JSON object instead of text.") var json = false

    func validate() throws {
        if rows < 1 { throw ValidationError("--rows takes a number from 1 on, not \(rows).") }
        if force, svg == nil { throw ValidationError("--force is for --svg FILE.") }
    }

    func run() throws {
        let source = try journal.source()
        let progress = ProgressBar()
        defer { progress.clear() }
        let stats = try JournalStats.gather(
            source, in: try range.range(in: source, progress), gap: try range.sessions.milliseconds(), zone: .system,
            progress: progress.show)
        progress.clear()
        guard let stats else { throw ReplayError.no("there are no events to count") }
        if let svg {
            let picture = TimelinePicture(stats.timeline, title: stats.title(.system), zone: .system)
            try NewFile.write(picture.svg, to: svg, overwrites: force, fileSystem: PosixFileSystem())
            Output.tell("wrote \(svg)")
        }
        try Output.shared.write(
            json ? stats.json.text + "\n" : stats.text(Terminal.paint, .system, most: rows))
    }
}
