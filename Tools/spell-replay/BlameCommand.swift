import ArgumentParser
import JSONDocument
import Replay
import WallClock

/// The command `spell-replay blame`.
struct BlameCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "blame",
        abstract: "Who last changed each part of something, when, and by which event.",
        discussion: """
            PLACE is \(PlaceName.forms). What one event wrote as a whole is one line, and so are the members of one thing \
            that one event wrote; --each tells every member by itself, --depth takes less apart. A part \
            that was moved or whose file was renamed keeps those who wrote it. Whoever puts a scene on the table writes \
            all that is on the table then.

            EXAMPLES
              spell-replay blame token "Goblin 3"
              spell-replay blame scene "Crypt" --depth 1
              spell-replay blame map crypt.png --at 'yesterday 23:00'
              spell-replay blame /live/gridSettings
              spell-replay blame live --json |
                jq '.parts[] | select(.actor // "" | endswith("@10.0.0.7"))'

            Exit code 1 if there is no such thing at that moment.
            """)

    @OptionGroup var lookup: PlaceArguments
    @Option(help: ArgumentHelp("How many levels to take apart at the most.", valueName: "levels")) var depth: Int?
    @Flag(help: "A line for every member, with its value.") var each = false
    @Flag(help: "One JSON object instead of text.") var json = false

    func validate() throws {
        if let depth, depth < 0 { throw ValidationError("--depth takes a number from 0 on, not \(depth).") }
    }

    func run() throws {
        let progress = ProgressBar()
        defer { progress.clear() }
        let (source, found) = try lookup.find(progress)
        let blame = try Blame.gather(
            source, found.place, in: found.document, at: found.offset, useSnapshots: lookup.replay.useSnapshots,
            progress: progress.show)
        progress.clear()
        let levels = depth ?? .max
        try Output.shared.write(
            json
                ? blame.json(depth: levels).text + "\n"
                : blame.text(depth: levels, isGrouped: !each, Terminal.paint, .system, width: Terminal.width))
    }
}
