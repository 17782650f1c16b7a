import ArgumentParser
import JSONDocument
import Replay
import WallClock

/// The command `spell-replay info`.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "How large and how old a journal is, and what the table holds.",
        discussion: """
            Reads the newest snapshot and the events after it, so it is quick on a large journal. The digest is that of \
            the document after the newest event, and the chain covers every event up to it: who noted one chain value \
            can prove later that nothing up to there was changed.

            EXAMPLES
              spell-replay info
              spell-replay info --journal /srv/spelltable/journal
              spell-replay info --json | jq .newest
            """)

    @OptionGroup var journal: JournalArguments
    @OptionGroup var replay: ReplayArguments
    @Flag(help: "One JSON object instead of text.") var json = false

    func run() throws {
        let progress = ProgressBar()
        defer { progress.clear() }
        let info = try JournalInfo.gather(
            try journal.source(), useSnapshots: replay.useSnapshots, progress: progress.show)
        progress.clear()
        try Output.shared.write(json ? info.json.text + "\n" : info.text(Terminal.paint, .system))
    }
}
