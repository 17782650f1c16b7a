import ArgumentParser
import JSONDocument
import Replay

/// The command `spell-replay diff`.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "What changed between two moments.",
        discussion: """
            Lists what was added (+), removed (-), changed (~, old → new) and moved (>). With --json an RFC 6902 patch \
            that makes the second document of the first.

            EXAMPLES
              spell-replay diff -2h now
              spell-replay diff 1203 1204
              spell-replay diff --session -1             what the last evening changed
              spell-replay diff session:2 session:3      from one evening's end to the next's
              spell-replay diff 'yesterday 19:00' 'yesterday 23:30' --path /scenes
              spell-replay diff start -1 --json > everything.patch.json

            Exit code 1 if nothing differs.
            """)

    @OptionGroup var between: BetweenArguments
    @OptionGroup var journal: JournalArguments
    @OptionGroup var replay: ReplayArguments
    @Option(help: ArgumentHelp("Only changes at or below this place.", valueName: "pointer")) var path: String?
    @Flag(help: "An RFC 6902 patch.") var json = false

    func run() throws {
        let source = try journal.source()
        let progress = ProgressBar()
        defer { progress.clear() }
        let (first, second) = try between.offsets(in: source)
        let old = try source.document(at: first, useSnapshots: replay.useSnapshots, progress: progress.show)
        let new = try source.document(at: second, useSnapshots: replay.useSnapshots, progress: progress.show)
        let patch = try within(JSONDiff.patch(from: old, to: new))
        progress.clear()
        guard !patch.isEmpty || json else { throw ReplayError.no("nothing differs") }
        if json {
            try Output.shared.write(patch.serialized() + [UInt8(ascii: "\n")])
            if patch.isEmpty { throw ExitCode(1) }
            return
        }
        let printer = ChangePrinter(paint: Terminal.paint, valueWidth: Terminal.width.map { max(24, $0 / 3) } ?? 80)
        for change in try DocumentChange.list(of: patch, on: old) {
            try Output.shared.write(printer.line(change) + "\n")
        }
    }

    /// The operations at or below `--path`.
    ///
    /// They stand on their own: a difference never reaches from one member into
    /// another but by a move, which counts with either end.
    private func within(_ patch: JSONPatch) throws(ReplayError) -> JSONPatch {
        guard let path else { return patch }
        do throws(JSONPointerError) {
            let pointer = try JSONPointer(path)
            return JSONPatch(patch.operations.filter { $0.touched.contains { pointer.isPrefix(of: $0) } })
        } catch {
            throw .usage("'\(path)' is no JSON Pointer: \(error)", hint: "Begin with a slash: /scenes, /live/maps/0.")
        }
    }
}
