import ArgumentParser
import Replay

/// The command `spell-replay export`.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the table as the old server's data folders.",
        discussion: """
            Writes maps/, scenes/ (with current_scene.json and images/) and sounds/ as they are now or were at any \
            moment: maps that were deleted since come back with --at. `import` reads the result.

            EXAMPLES
              spell-replay export --to backup/
              spell-replay export --to friday/ --at 'yesterday 23:00'
            """)

    @OptionGroup var journal: JournalArguments
    @OptionGroup var replay: ReplayArguments
    @Option(
        help: ArgumentHelp("The folder to write to; made if missing.", valueName: "dir"), completion: .directory)
    var to: String
    @Option(help: ArgumentHelp("The moment; now if not given.", valueName: "moment")) var at = "now"
    @Flag(help: "Write into a folder that isn't empty; files of the same names are replaced.") var force = false

    func run() throws {
        let source = try journal.source()
        let progress = ProgressBar()
        defer { progress.clear() }
        let document = try source.document(
            at: try source.offset(of: try moment(at)), useSnapshots: replay.useSnapshots, progress: progress.show)
        let report = try TableExport(from: source, to: to).run(
            document, overwrites: force, progress: progress.show)
        progress.clear()
        try Output.shared.write(
            "wrote \(Units.plural(report.files, "file")), \(Units.bytes(report.byteCount)), to \(to)\n")
    }
}
