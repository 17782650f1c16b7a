import ArgumentParser
import JSONDocument
import Journal
import Replay
import WallClock

/// The command `spell-replay log`.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "The events, one per line: offset, time, type, actor, what changed.",
        discussion: """
            Conditions of different kinds must all hold; a kind that is given several times, any of them. --type and \
            --actor take * and ?; an actor without @ also matches the part before the @. --path is a JSON Pointer: \
            events that changed it, something in it, or a whole that holds it. With --json each event is its line in \
            the journal, byte for byte.

            EXAMPLES
              spell-replay log                               all, oldest first
              spell-replay log --last 20                     the newest 20
              spell-replay log --since 'yesterday 19:00' --until 'yesterday 23:30'
              spell-replay log --session -1                  the last evening; see `sessions`
              spell-replay log --from 1200 --through 1300 --type 'scene.*'
              spell-replay log --actor dm --path /scenes     dm's work on scenes
              spell-replay log --follow --json | jq -c .type

            Exit code 1 if no event matches.
            """)

    @OptionGroup var journal: JournalArguments
    @OptionGroup var range: RangeArguments
    @Option(help: ArgumentHelp("Only events of this type, such as scene.saved or 'map.*'.", valueName: "glob"))
    var type: [String] = []
    @Option(help: ArgumentHelp("Only events by this actor.", valueName: "glob")) var actor: [String] = []
    @Option(help: ArgumentHelp("Only events that touch this place, such as /live/maps.", valueName: "pointer"))
    var path: [String] = []
    @Option(help: ArgumentHelp("Only the newest so many of the events that match.", valueName: "count"))
    var last: Int?
    @Flag(help: "Go on with new events as they are written; end with ^C.") var follow = false
    @Flag(help: "Each event as its line of JSON.") var json = false

    func validate() throws {
        if let last, last < 1 { throw ValidationError("--last takes a number from 1 on, not \(last).") }
        if follow, range.hasEnd {
            throw ValidationError("--follow has no end: leave --through, --until and --session away.")
        }
    }

    func run() async throws {
        let source = try journal.source()
        let progress = ProgressBar()
        defer { progress.clear() }
        let range = try range.range(in: source, progress)
        let log = EventLog(source, filter: try filter())
        let printer = EventPrinter(
            paint: Terminal.paint, zone: .system, width: Terminal.width, newest: try source.newest())
        let (shown, end) = try show(range, of: log, printer, progress)
        try Output.shared.flush()
        guard follow else {
            guard shown > 0 else { throw ReplayError.no("no event matches") }
            return
        }
        var cursor = end
        while true {
            let isMore = try log.follow(&cursor) { event in
                try show(event, printer)
                return true
            }
            try Output.shared.flush()
            if !isMore { try await Task.sleep(for: .milliseconds(100)) }
        }
    }

    /// Prints a range, or its newest events.
    ///
    /// - Returns: How many events there were, and where to go on.
    private func show(
        _ range: EventLog.Range, of log: EventLog, _ printer: EventPrinter, _ progress: ProgressBar
    ) throws -> (shown: Int, end: JournalCursor) {
        if let last {
            let (events, end) = try log.last(last, of: range, progress: progress.show)
            progress.clear()
            for event in events { try show(event, printer) }
            return (events.count, end)
        }
        var shown = 0
        let end = try log.walk(range, progress: progress.show) { event in
            progress.clear()
            shown += 1
            try show(event, printer)
            return true
        }
        progress.clear()
        return (shown, end)
    }

    private func show(_ event: LoggedEvent, _ printer: EventPrinter) throws {
        if json {
            try Output.shared.write(event.line + [UInt8(ascii: "\n")])
        } else {
            try Output.shared.write(try printer.line(event) + "\n")
        }
    }

    private func filter() throws(ReplayError) -> EventFilter {
        var pointers: [JSONPointer] = []
        for text in path {
            do throws(JSONPointerError) {
                pointers.append(try JSONPointer(text))
            } catch {
                throw .usage(
                    "'\(text)' is no JSON Pointer: \(error)",
                    hint: "Begin with a slash: /scenes, /live/maps/0; ~ is written ~0 and / inside a name ~1.")
            }
        }
        return EventFilter(types: type, actors: actor, paths: pointers)
    }
}
