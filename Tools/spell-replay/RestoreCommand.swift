import ArgumentParser
import Journal
import Replay
import Table

/// The command `spell-replay restore`.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Bring the table back to an earlier moment, by one more event.",
        discussion: """
            Appends one table.restored event that makes the document what it was. Nothing is lost: what happened since \
            stays in the journal, and a restore can be taken back by another. It shows what will change and asks, \
            unless --yes is given.

            Works on the journal itself when no server writes it; with --server through the running server, whose \
            clients then follow at once.

            EXAMPLES
              spell-replay restore --to 1203 --dry-run
              spell-replay restore --to 'yesterday 23:00'
              spell-replay restore --to -30m --yes --server http://localhost:8010

            Exit code 1 if there is nothing to change, or the answer to the question was no.
            """)

    @OptionGroup var journal: JournalArguments
    @OptionGroup var replay: ReplayArguments
    @Option(help: ArgumentHelp("The moment to go back to.", valueName: "moment")) var to: String
    @Flag(help: "Only show what would change.") var dryRun = false
    @Flag(name: [.customShort("y"), .long], help: "Don't ask.") var yes = false
    @Option(help: ArgumentHelp("Go through this running server, such as http://localhost:8010.", valueName: "url"))
    var server: String?

    func run() async throws {
        if let server { return try await restore(through: try ServerConnection(server)) }
        let source = try journal.source()
        let progress = ProgressBar()
        defer { progress.clear() }
        let target = try source.offset(of: try moment(to))
        let preview = try TableRestore(source).preview(
            target, useSnapshots: replay.useSnapshots, progress: progress.show)
        progress.clear()
        try confirm(preview.changes, target: target)
        guard !dryRun else { return }
        let table = try journal.table()
        defer { table.close() }
        report(try await TableRestore.run(on: table, to: target, actor: SystemClock.actor), target: target)
    }

    private func restore(through server: ServerConnection) async throws {
        let target = try await server.target(of: try moment(to))
        let changes = try await server.previewRestore(to: target)
        try confirm(changes, target: target)
        guard !dryRun else { return }
        report(try await server.restore(to: target), target: target)
    }

    /// Shows the changes and asks; returns only if the restore is wanted (or only looked at).
    private func confirm(_ changes: [DocumentChange], target: Int64) throws {
        guard !changes.isEmpty else { throw ReplayError.no("the table is already as it was at \(target)") }
        let printer = ChangePrinter(paint: Terminal.paint, valueWidth: Terminal.width.map { max(24, $0 / 3) } ?? 80)
        for change in changes { try Output.shared.write(printer.line(change) + "\n") }
        try Output.shared.flush()
        guard !dryRun, !yes else { return }
        guard Terminal.isInteractive else {
            throw ReplayError.usage(
                "there is nobody to ask whether this is wanted", hint: "Add --yes to do it, or --dry-run to only look.")
        }
        guard Terminal.confirms("Bring the table back to \(target)? \(Units.plural(changes.count, "change")).") else {
            throw ReplayError.no("nothing was changed")
        }
    }

    private func report(_ offset: Int64?, target: Int64) {
        if let offset {
            Output.tell("restored to \(target) by event \(offset)")
        } else {
            Output.tell("the table was already as it was at \(target); nothing was changed")
        }
    }
}
