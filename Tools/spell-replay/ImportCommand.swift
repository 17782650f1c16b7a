import ArgumentParser
import JSONDocument
import Journal
import Replay
import Table

/// The command `spell-replay import`.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take over the old server's data folders, its backup, or a journal's archive.",
        discussion: """
            --from is one of these:

              a folder   the old server's maps/, scenes/ (with current_scene.json and images/) and sounds/
              a backup   the .zip that the old server's backup page gives
              an archive the .zip that `export --as archive` writes

            Folders and backups are brought into the table as one change. What the table has already is replaced where \
            names are the same, and stays otherwise. Running it twice changes nothing the second time. The journal is made \
            if there is none.

            An archive becomes the table's journal where there is none: the same events, offsets and identity (for a second \
            table beside the first, `fork` it). A table that has a journal is brought the state at the archive's end, as one \
            change. It says which of both it does; --dry-run says it before. Of an archive a range can be taken: \
            --first, --through, --since, --until, --session; of a state its end counts.

            All of a zip is checked before anything of it is taken: paths, sizes, checksums; of an archive every frame, the \
            chain, every patch and every file's hash. A server must not be writing the journal.

            EXAMPLES
              spell-replay import --from ~/old-spelltable
              spell-replay import --from ~/old --sounds ~/old/backend/sounds
              spell-replay import --from spelltable_backup.zip --dry-run
              spell-replay import --from table.zip --journal /srv/spelltable/journal
              spell-replay import --from table.zip --through 1203 --dry-run
            """)

    @OptionGroup var journal: FolderArguments
    @Option(
        help: ArgumentHelp("The folder that holds maps/, scenes/ and sounds/, or a .zip.", valueName: "path"),
        completion: .file())
    var from: String
    @Option(
        help: ArgumentHelp("Where loop/ and oneshot/ are, if not in sounds/.", valueName: "dir"),
        completion: .directory)
    var sounds: String?
    @OptionGroup var part: ArchivePartArguments
    @Flag(help: "Take an archive that lacks blobs which its events name, instead of refusing it.")
    var withoutMissingBlobs = false
    @Flag(help: "Only check it and say what would be done.") var dryRun = false
    @Flag(help: "One JSON object instead of text.") var json = false

    private var fileSystem: PosixFileSystem { PosixFileSystem() }

    func validate() throws {
        guard !from.isEmpty else { throw ValidationError("--from is empty: give a folder or a .zip.") }
        guard part.sessions.isDefault || !part.isEmpty else {
            throw ValidationError("--gap goes with --session, or with a moment in another option.")
        }
    }

    func run() async throws {
        let progress = ProgressBar()
        defer { progress.clear() }
        let kind = try ImportKindOfSource.find(from, fileSystem: fileSystem)
        try requireFitting(kind)
        switch kind {
        case .folder: try await importFolder(progress)
        case .backup: try await importBackup(progress)
        case .archive: try await importArchive(progress)
        }
    }

    /// Refuses options that would be without effect.
    private func requireFitting(_ kind: ImportKindOfSource) throws(ReplayError) {
        guard kind == .archive || part.isEmpty else {
            throw .usage(
                "\(from) has no history to take a part of",
                hint: "Leave --first, --through, --since, --until and --session away.")
        }
        guard kind == .archive || !withoutMissingBlobs else {
            throw .usage("\(from) is no journal's archive", hint: "Leave --without-missing-blobs away.")
        }
        guard kind == .folder || sounds == nil else {
            throw .usage("\(from) holds its sounds itself", hint: "Leave --sounds away.")
        }
    }

    private func hasJournal() throws(ReplayError) -> Bool {
        let path = "\(try journal.folder())/\(JournalFolder.identityName)"
        do throws(FileError) {
            return try fileSystem.status(path) != nil
        } catch {
            throw ReplayError.unreadable("\(error)", hint: "Give another folder with --journal DIR.")
        }
    }

    private func importFolder(_ progress: ProgressBar) async throws {
        let folder = try SourceFolder(from, sounds: sounds, fileSystem: fileSystem)
        let job = TableImport(folder, fileSystem: fileSystem)
        guard !dryRun else { return try tell(job.examine(progress: progress.show), "folder", progress) }
        // Before a journal is made for it: a source that is refused leaves none behind.
        if try !hasJournal() { _ = try job.examine(progress: progress.show) }
        let table = try journal.table(progress)
        defer { table.close() }
        let report = try await job.run(into: table, actor: SystemClock.actor, progress: progress.show)
        try tell(report, "folder", progress)
    }

    private func importBackup(_ progress: ProgressBar) async throws {
        let job = BackupImport(from)
        guard !dryRun else { return try tell(job.examine(progress: progress.show), "backup", progress) }
        // Before a journal is made for it: a source that is refused leaves none behind.
        if try !hasJournal() { _ = try job.examine(progress: progress.show) }
        let table = try journal.table(progress)
        defer { table.close() }
        let report = try await job.run(into: table, actor: SystemClock.actor, progress: progress.show)
        try tell(report, "backup", progress)
    }

    private func importArchive(_ progress: ProgressBar) async throws {
        let job = ArchiveImport(
            from, range: try part.request(), mayLackBlobs: withoutMissingBlobs, fileSystem: fileSystem)
        let folder = try journal.folder()
        let report: ArchiveImport.Report
        if dryRun {
            let scratch = "\(Terminal.environment("TMPDIR") ?? "/tmp")/spell-replay-\(SystemClock.makeUUID())"
            report = try job.examine(into: folder, scratch: scratch, progress: progress.show)
        } else if try job.way(into: folder) == .journal {
            report = try job.makeJournal(folder, progress: progress.show)
        } else {
            let table = try journal.table(progress)
            defer { table.close() }
            report = try await job.run(
                into: table, folder: folder, actor: SystemClock.actor, progress: progress.show)
        }
        progress.clear()
        try Output.shared.write(json ? report.json(isDone: !dryRun).text + "\n" : report.text(isDone: !dryRun, folder))
    }

    private func tell(_ report: TableImport.Report, _ source: String, _ progress: ProgressBar) throws {
        progress.clear()
        guard !json else {
            return try Output.shared.write(report.json(from: source, isDone: !dryRun).text + "\n")
        }
        for skipped in report.leftOut { Output.tell("left out: \(printable(skipped.path)): \(skipped.reason)") }
        try Output.shared.write(report.text(isDone: !dryRun))
    }
}
