import ArgumentParser
import JSONDocument
import Replay

/// The command `spell-replay diff`.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "What changed between two moments.",
        discussion: """
            Tells what happened to things in sentences: what appeared (+), what went (-), what moved, was renamed, \
            healed, hidden (~). What has no sentence is told by its JSON Pointer and its values, so nothing that differs \
            is left out. --patch is for programs: an RFC 6902 patch that makes the second document of the first; --json \
            is the same, as it always was. --stat counts the changes by kind.

            EXAMPLES
              spell-replay diff -2h now
              spell-replay diff 1203 1204
              spell-replay diff --session -1             what the last evening changed
              spell-replay diff session:2 session:3      from one evening's end to the next's
              spell-replay diff 'yesterday 19:00' 'yesterday 23:30' --path live
              spell-replay diff -2h now --path 'token "Goblin 3"'
              spell-replay diff -2h now --stat
              spell-replay diff start -1 --patch > everything.patch.json

            Exit code 1 if nothing differs.
            """)

    @OptionGroup var between: BetweenArguments
    @OptionGroup var journal: JournalArguments
    @OptionGroup var replay: ReplayArguments
    @Option(help: ArgumentHelp("Only changes at or below this place: a JSON Pointer or a name.", valueName: "place"))
    var path: String?
    @Flag(help: "An RFC 6902 patch.") var patch = false
    @Flag(help: "How many changes of each kind; with --json as one object.") var stat = false
    @Flag(help: "An RFC 6902 patch, or with --stat an object of counts.") var json = false

    func validate() throws {
        if patch, stat { throw ValidationError("--patch and --stat are two different answers: choose one.") }
    }

    func run() throws {
        let source = try journal.source()
        let place = try path.map { text in try PlaceName.parse([text]) }
        let progress = ProgressBar()
        defer { progress.clear() }
        let (first, second) = try between.offsets(in: source, progress)
        let old = try source.document(at: first, useSnapshots: replay.useSnapshots, progress: progress.show)
        let new = try source.document(at: second, useSnapshots: replay.useSnapshots, progress: progress.show)
        progress.clear()
        let difference = try TableDifference(from: old, to: new, at: place)
        if stat { return try show(counts: difference.told().counts()) }
        if patch || json { return try show(difference.patch) }
        let told = difference.told(valueWidth: Terminal.width.map { max(24, $0 / 3) } ?? 80)
        guard !told.isEmpty else { throw ReplayError.no("nothing differs") }
        for change in told { try Output.shared.write(change.line(Terminal.paint) + "\n") }
    }

    private func show(_ patch: JSONPatch) throws {
        try Output.shared.write(patch.serialized() + [UInt8(ascii: "\n")])
        if patch.isEmpty { throw ExitCode(1) }
    }

    private func show(counts: [(kind: String, count: Int)]) throws {
        if json {
            let object = JSONValue.object(counts.map { (key: $0.kind, value: .number($0.count)) })
            try Output.shared.write(object.text + "\n")
            if counts.isEmpty { throw ExitCode(1) }
            return
        }
        guard !counts.isEmpty else { throw ReplayError.no("nothing differs") }
        var table = TextTable([.right, .left])
        for (kind, count) in counts { table.add([(Units.count(count), .strong), (kind, .kind)]) }
        try Output.shared.write(table.text(Terminal.paint))
    }
}
