import ArgumentParser
import JSONDocument
import Journal
import Replay

/// The command `spell-replay archive`.
struct ArchiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Move old events elsewhere, so that a server starts fast and stays small.",
        discussion: """
            Moves the segments (files of up to 8 MiB) whose events all happened before a moment into another folder, \
            with the blobs that they name, and lets the journal go on from the document after them. Nothing is lost: every \
            command that reads takes the folder with --archive, and then reads both as one journal; the folder is also a \
            journal by itself. A client that was away since before gets the whole document.

            A server must not be writing the journal. It shows what it will move and asks, unless --yes is given. Cut short \
            at any moment, the journal is whole; run it again. Archive into the same folder every time, or into a new one. \
            To keep the archive on another disk, give it there with --to, or move the folder afterwards.

            EXAMPLES
              spell-replay archive --before -90d --dry-run
              spell-replay archive --before 2026-09-01 --to /mnt/old/table
              spell-replay archive --before now --yes
              spell-replay log --archive /mnt/old/table --until 2026-06-30

            Exit code 1 if there is nothing to move, or the answer to the question was no.
            """)

    @OptionGroup var journal: FolderArguments
    @Option(help: ArgumentHelp("Only what had happened by then.", valueName: "moment")) var before: String
    @Option(
        help: ArgumentHelp("The archive's folder; the table's with .archive if not given.", valueName: "dir"),
        completion: .directory)
    var to: String?
    @OptionGroup var consent: ConsentArguments

    func validate() throws {
        guard to != "" else { throw ValidationError("--to is empty: give a folder.") }
    }

    func run() throws {
        let progress = ProgressBar()
        defer { progress.clear() }
        let moment = try moment(before)
        let archiving = try SegmentArchiving(
            path: journal.journal, target: to, fileSystem: PosixFileSystem(), clock: { SystemClock.now },
            actor: SystemClock.actor)
        let plan = try archiving.examine(before: moment, progress: progress.show)
        progress.clear()
        guard !plan.isEmpty else { throw ReplayError.no(plan.reason ?? "there is nothing to archive") }
        try Output.shared.write(consent.json ? plan.json.text + "\n" : plan.text)
        guard try consent.isGiven("Move \(Units.plural(plan.segments.count, "segment"))?") else { return }
        let done = try archiving.run(before: moment, progress: progress.show)
        progress.clear()
        // Somebody else may have archived since it was shown.
        guard !done.isEmpty else { throw ReplayError.no(done.reason ?? "there is nothing to archive any more") }
        Output.tell("archived; read it with --archive \(done.target)")
    }
}
