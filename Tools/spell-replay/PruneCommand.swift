import ArgumentParser
import JSONDocument
import Journal
import Replay

/// The command `spell-replay prune`.
struct PruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove the images and sounds that no kept event names.",
        discussion: """
            A map that is deleted at the table keeps its file, as the past still shows it. What goes here is named by no \
            event and no document of the journal: files of uploads that failed, and after `archive` those of archived \
            events, which the archive has its own copies of. Name an archive with --archive to keep what its events name \
            here too. Files that came within the last hour are left alone.

            Only shows what would go, unless --yes is given; a server must not be writing the journal then. What is removed \
            can't be brought back.

            EXAMPLES
              spell-replay prune
              spell-replay prune --yes
              spell-replay prune --archive /mnt/old/table --json | jq '.unnamed | length'

            Exit code 1 if there is nothing to remove; 3 if not all of the journal can be read, as nobody knows then what \
            it names.
            """)

    @OptionGroup var journal: JournalArguments
    @Flag(name: [.customShort("y"), .long], help: "Remove them.") var yes = false
    @Flag(help: "Only show what would go; this is what happens without --yes.") var dryRun = false
    @Flag(help: "One JSON object instead of text.") var json = false

    func run() throws {
        let progress = ProgressBar()
        defer { progress.clear() }
        let pruning = BlobPruning(
            path: journal.journal, archives: journal.archive, fileSystem: PosixFileSystem(),
            clock: { SystemClock.now })
        let isDone = yes && !dryRun
        let plan = try isDone ? pruning.run(progress: progress.show) : pruning.examine(progress: progress.show)
        progress.clear()
        try Output.shared.write(json ? plan.json(isDone: isDone).text + "\n" : plan.text(isDone: isDone))
        guard !plan.unnamed.isEmpty else { throw ExitCode(1) }
        if !isDone { Output.tell("Nothing was removed. Add --yes to remove what nothing names.") }
    }
}
