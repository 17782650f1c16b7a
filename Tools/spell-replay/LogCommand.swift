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
        let range = try range.range(in: source)
        let log = EventLog(source, filter: try filter())
        let printer = EventPrinter(
            paint: Terminal.paint, zone: .system, width: Terminal.width, newest: try source.newest())
        var shown = 0
        var kept = KeptEvents(limit: last)
        var cursor = try log.walk(range, progress: progress.show) { event in
            progress.clear()
            shown += 1
            if last == nil { try show(event, printer) } else { kept.add(event) }
            return true
        }
        progress.clear()
        for event in kept.events { try show(event, printer) }
        try Output.shared.flush()
        guard follow else {
            guard shown > 0 else { throw ReplayError.no("no event matches") }
            return
        }
        while true {
            let isMore = try log.follow(&cursor) { event in
                try show(event, printer)
                return true
            }
            try Output.shared.flush()
            if !isMore { try await Task.sleep(for: .milliseconds(100)) }
        }
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

/// The newest events of a walk.
private struct KeptEvents {
    /// How many; `nil` keeps none.
    let limit: Int?
    private var ring: [LoggedEvent] = []
    private var next = 0

    init(limit: Int?) {
        self.limit = limit
    }

    mutating func add(_ event: LoggedEvent) {
        guard let limit else { return }
        if ring.count < limit {
            ring.append(event)
        } else {
            ring[next] = event
            next = (next + 1) % limit
        }
    }

    /// Oldest first.
    var events: [LoggedEvent] { Array(ring[next...] + ring[..<next]) }
}
