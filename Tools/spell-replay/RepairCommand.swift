import ArgumentParser
import JSONDocument
import Journal
import Replay

/// The command `spell-replay repair`.
struct RepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Make a sound journal out of a damaged one, losing as little as can be.",
        discussion: """
            Says which file, byte, frame and events are damaged and what can be kept. That is all it does, unless --write \
            is given. A server must not be writing the journal.

            With --write a new journal takes the damaged one's place, at once and whole; a kill at any moment leaves the one \
            or the other. It has an identity of its own, names the old one and goes on from its chain, and the damaged folder \
            stays beside it as DIR.damaged-TIME, untouched. Blobs come along without taking room, where the disk has hard \
            links. Every event keeps its offset:

              kept      can be read and proven: it stays, byte for byte
              lost      can't be read: an event.lost stands in its place
              stranded  can be read, but what it changed is lost: it is kept as an event.stranded, which changes nothing

            Behind what is lost, a good snapshot brings the document back, and the events after it are kept again. The last \
            event, journal.repaired, says all this. Bad snapshots alone are set aside. Blobs are not looked at: verify does.

            EXAMPLES
              spell-replay repair                      what is damaged, what can be kept
              spell-replay repair --json | jq .lost
              spell-replay repair --write              do it
              spell-replay log --type 'event.*'        afterwards: what was lost

            Exit code 0: nothing was wrong, or it was repaired. 1: there is something to repair (add --write). 2: wrong \
            usage. 3: a server writes it, the disk refused or is too full, or nothing can be kept; nothing was changed.
            """)

    @OptionGroup var journal: FolderArguments
    @Flag(name: .long, help: "Do it; without this it is only shown.") var write = false
    @Flag(help: "One JSON object instead of text.") var json = false

    func run() throws {
        let progress = ProgressBar()
        defer { progress.clear() }
        let repair = try JournalRepair(
            path: journal.journal, fileSystem: PosixFileSystem(), clock: { SystemClock.now },
            makeUUID: { SystemClock.makeUUID() })
        guard !write else {
            let result = try repair.run(progress: progress.show)
            progress.clear()
            return try Output.shared.write(json ? result.json.text + "\n" : result.text(Terminal.paint))
        }
        let plan = try repair.examine(progress: progress.show)
        progress.clear()
        try Output.shared.write(json ? plan.json.text + "\n" : plan.text(Terminal.paint))
        guard !plan.isClean else { return }
        if !json { Output.tell("Nothing was changed. Add --write to repair it.") }
        throw ExitCode(1)
    }
}
