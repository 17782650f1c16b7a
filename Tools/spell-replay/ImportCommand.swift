import ArgumentParser
import Journal
import Replay
import Table

/// The command `spell-replay import`.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take over the old server's data folders.",
        discussion: """
            Reads maps/, scenes/ (with current_scene.json and images/) and sounds/ below a folder, stores the files and \
            brings everything into the table as one change. What the table has already is replaced where names are the \
            same, and stays otherwise. Running it twice changes nothing the second time. The journal is made if there \
            is none; a server must not be writing it.

            EXAMPLES
              spell-replay import --from ~/old-spelltable
              spell-replay import --from ~/old --sounds ~/old/backend/sounds
              spell-replay import --from backup/ --journal /srv/spelltable/journal
            """)

    @OptionGroup var journal: JournalArguments
    @Option(
        help: ArgumentHelp("The folder that holds maps/, scenes/ and sounds/.", valueName: "dir"),
        completion: .directory)
    var from: String
    @Option(
        help: ArgumentHelp("Where loop/ and oneshot/ are, if not in sounds/.", valueName: "dir"),
        completion: .directory)
    var sounds: String?

    func run() async throws {
        let fileSystem = PosixFileSystem()
        let folder = try SourceFolder(from, sounds: sounds, fileSystem: fileSystem)
        let progress = ProgressBar()
        defer { progress.clear() }
        let table = try journal.table()
        defer { table.close() }
        let report = try await TableImport(folder, fileSystem: fileSystem).run(
            into: table, actor: SystemClock.actor, progress: progress.show)
        progress.clear()
        for skipped in report.leftOut { Output.tell("left out: \(printable(skipped.path)): \(skipped.reason)") }
        try Output.shared.write(Self.text(report))
    }

    private static func text(_ report: TableImport.Report) -> String {
        let counts = report.counts
        var text = "took \(Units.plural(counts.maps, "map file")), \(Units.plural(counts.scenes, "scene file")), "
        text += "\(Units.plural(counts.sounds, "sound")), \(Units.bytes(counts.totalSize))\n"
        if counts.other > 0 { text += "\(Units.plural(counts.other, "other file")) left where they are\n" }
        text += report.offset.map { "imported by event \($0)\n" } ?? "the table had all of it already\n"
        return text
    }
}
