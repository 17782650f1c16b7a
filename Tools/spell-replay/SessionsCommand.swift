import ArgumentParser
import JSONDocument
import Replay
import WallClock

/// The command `spell-replay sessions`.
struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "The evenings: when, how long, who took part, what happened.",
        discussion: """
            A pause of more than two hours (--gap) ends a session. Sessions are numbered from the journal's first event \
            on, and from its last: -1 is the newest. `--session N` limits log, stats and others to one, and \
            session:N or session:N:start is a moment: after its last event, or before its first.

            A range shows the sessions that have an event in it, each as a whole.

            EXAMPLES
              spell-replay sessions
              spell-replay sessions --session -1            the last evening
              spell-replay sessions --since '2 weeks ago' --gap 4h
              spell-replay sessions --json | jq '.sessions[-1].actors'

            Exit code 1 if there is none.
            """)

    @OptionGroup var journal: JournalArguments
    @OptionGroup var range: RangeArguments
    @Flag(help: "One JSON object instead of text.") var json = false

    func run() throws {
        let source = try journal.source()
        let progress = ProgressBar()
        defer { progress.clear() }
        let gap = try range.sessions.milliseconds()
        let summaries = try SessionSummary.gather(
            source, in: try range.range(in: source, progress), gap: gap, progress: progress.show)
        progress.clear()
        if json {
            let answer: JSONValue = ["gap": .number(Int(gap)), "sessions": .array(summaries.map(\.json))]
            try Output.shared.write(answer.text + "\n")
            if summaries.isEmpty { throw ExitCode(1) }
            return
        }
        guard !summaries.isEmpty else { throw ReplayError.no("there is no session") }
        let texts = summaries.map { $0.text(Terminal.paint, .system) }
        try Output.shared.write(texts.joined(separator: "\n"))
    }
}
