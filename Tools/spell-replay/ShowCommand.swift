import ArgumentParser
import Replay
import WallClock

/// The command `spell-replay show`.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One event: who, when, what was meant, each value before and after.",
        discussion: """
            With --json the event's line as it stands in the journal, byte for byte.

            EXAMPLES
              spell-replay show 1204
              spell-replay show -1                  the newest event
              spell-replay show 'yesterday 23:00'   the last event up to then
              spell-replay show 1204 --json | jq .patch
            """)

    @Argument(help: ArgumentHelp("Which event.", valueName: "offset")) var offset: String
    @OptionGroup var journal: JournalArguments
    @OptionGroup var replay: ReplayArguments
    @Flag(help: "The event's line of JSON.") var json = false

    func run() throws {
        let source = try journal.source()
        let progress = ProgressBar()
        defer { progress.clear() }
        let offset = try source.offset(of: try moment(offset), progress: progress.show)
        progress.clear()
        guard !json else {
            return try Output.shared.write(try source.event(at: offset).line + [UInt8(ascii: "\n")])
        }
        let detail = try EventDetail.gather(
            source, at: offset, useSnapshots: replay.useSnapshots, progress: progress.show)
        progress.clear()
        try Output.shared.write(
            try detail.text(Terminal.paint, .system, valueWidth: Terminal.width.map { max(24, $0 / 3) } ?? 120))
    }
}
