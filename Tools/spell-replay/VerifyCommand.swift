import ArgumentParser
import JSONDocument
import Replay

/// The command `spell-replay verify`.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every byte: checksums, chain, offsets, patches, snapshots, blobs.",
        discussion: """
            Reads everything and writes nothing. A journal that a server is writing is checked up to its newest whole \
            commit. Each finding names the file, the byte and the event.

            EXAMPLES
              spell-replay verify && echo fine
              spell-replay verify --json | jq '.findings[]'

            Exit code 0: clean. 1: damage was found. 3: something could not be read.
            """)

    @OptionGroup var journal: JournalArguments
    @Flag(help: "One JSON object instead of text.") var json = false

    func run() throws {
        let progress = ProgressBar()
        defer { progress.clear() }
        let report = try Audit(try journal.source()).run(progress: progress.show)
        progress.clear()
        try Output.shared.write(json ? report.json.text + "\n" : report.text(Terminal.paint))
        if !report.isClean { throw ExitCode(1) }
    }
}
