import ArgumentParser
import JSONDocument
import Replay
import WallClock

/// The command `spell-replay bisect`.
struct BisectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bisect",
        abstract: "The first event after which a condition on the table holds.",
        discussion: """
            A condition compares places with values: ==, !=, <, <=, >, >=; exists PLACE, count(PLACE), and, or, not, \
            parentheses; a place alone holds where it is true. A place is a JSON Pointer (/viewer/blank), or a name with \
            a pointer behind it: token("Goblin 3")/hp, scene("Crypt")/name, live/name, at("/maps/Act 1~1a.png"). Values \
            are JSON: 7, "text", true, false, null. A name is looked up at the range's end, else \
            at its start, else as it was last.

            The condition may come and go: the answer is the first event of the range after which it holds and before \
            which it didn't. --changes lists all of them, and those after which it ceased. Where it holds at the start \
            already, that is the answer, and --changes goes on from there.

            EXAMPLES
              spell-replay bisect --when '/viewer/blank'
              spell-replay bisect --when 'token("Goblin 3")/hp <= 0' --from -3h
              spell-replay bisect --when 'not exists scene("Crypt")' --session -1
              spell-replay bisect --when 'count(/scenes) > 3 and live/name != "Inn"'
              spell-replay bisect --when '/live/name == "Crypt"' --changes --json

            Exit code 1 if it never begins to hold (or never changes, with --changes).
            """)

    @OptionGroup var journal: JournalArguments
    @OptionGroup var replay: ReplayArguments
    @Option(help: ArgumentHelp("The condition.", valueName: "condition")) var when: String
    @OptionGroup var range: RangeArguments
    @Flag(help: "Every event after which it begins or ceases to hold.") var changes = false
    @Flag(help: "Each event as a line of JSON.") var json = false

    func run() throws {
        let condition = try ParsedCondition.parse(when)
        let source = try journal.source()
        let progress = ProgressBar()
        defer { progress.clear() }
        let (start, end) = try moments(in: source, progress)
        var flips: [Bisect.Flip] = []
        let bisect = Bisect(source, condition, useSnapshots: replay.useSnapshots)
        let heldAtStart = try bisect.walk(after: start, through: end, progress: progress.show) { flip in
            if changes || flip.holds { flips.append(flip) }
            return changes
        }
        progress.clear()
        if heldAtStart, !changes { return try tellStart(start) }
        let printer = EventPrinter(paint: Terminal.paint, zone: .system, width: Terminal.width, newest: end)
        for flip in flips { try show(flip, printer) }
        if flips.isEmpty {
            throw ReplayError.no(heldAtStart ? "it holds all the time" : "it holds at no moment of the range")
        }
    }

    /// The event before the range, and its last one.
    private func moments(
        in source: JournalSource, _ progress: ProgressBar
    ) throws(ReplayError) -> (start: Int64, end: Int64) {
        let range = try range.range(in: source, progress)
        let start = max(try source.beginning(), (range.from ?? .min + 1) - 1)
        let end = min(range.through ?? .max, try source.newest())
        guard start <= end else {
            throw .usage("the range ends before it begins", hint: "Give the earlier moment first.")
        }
        return (start, end)
    }

    private func tellStart(_ start: Int64) throws {
        Output.tell("--changes lists when it ceases and begins again; --from or --session begins the range elsewhere")
        if json {
            let answer: JSONValue = ["offset": .number(Int(start)), "holds": true, "isStart": true]
            return try Output.shared.write(answer.text + "\n")
        }
        let moment = start < 0 ? "at the journal's beginning" : "after event \(start), where the range begins"
        try Output.shared.write("it holds already \(moment)\n")
    }

    private func show(_ flip: Bisect.Flip, _ printer: EventPrinter) throws {
        if json { return try Output.shared.write(flip.json.text + "\n") }
        let sign = changes ? (flip.holds ? Terminal.paint(.added, "+ ") : Terminal.paint(.removed, "- ")) : ""
        try Output.shared.write(sign + (try printer.line(flip.event)) + "\n")
    }
}
