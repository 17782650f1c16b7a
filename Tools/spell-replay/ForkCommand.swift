import ArgumentParser
import JSONDocument
import Journal
import Replay

/// The command `spell-replay fork`.
struct ForkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fork",
        abstract: "Begin a new journal with the document of any moment.",
        discussion: """
            Makes a table of its own out of what the table was: to try something, to play a scene again in another way, or to \
            begin a campaign with last year's maps. The journal that it is taken from stays as it is, also while a server \
            writes it. The new one has an identity of its own, notes its ancestor, and goes on counting from there. The \
            files that its document names come along without taking room, where the disk has hard links.

            EXAMPLES
              spell-replay fork --at 'yesterday 21:30' --to what-if/
              spell-replay fork --at 1203 --to journal-2/
              spell-server --journal journal-2/ --port 8011
              spell-replay fork --to spring/default --json | jq -r .journal

            Exit code 1 if there is no such moment; 2 if the folder holds something already.
            """)

    @OptionGroup var journal: JournalArguments
    @OptionGroup var replay: ReplayArguments
    @Option(help: ArgumentHelp("The moment; now if not given.", valueName: "moment")) var at = "now"
    @Option(
        help: ArgumentHelp("The new table's folder; made, or empty.", valueName: "dir"), completion: .directory)
    var to: String
    @Flag(help: "Only say what would be made.") var dryRun = false
    @Flag(help: "One JSON object instead of text.") var json = false

    func validate() throws {
        guard !to.isEmpty else { throw ValidationError("--to is empty: give a folder.") }
    }

    func run() throws {
        let source = try journal.source()
        let progress = ProgressBar()
        defer { progress.clear() }
        let offset = try source.offset(of: try moment(at), progress: progress.show)
        guard !dryRun else {
            try JournalFork.requireFree(to, fileSystem: source.fileSystem)
            let members: [(key: String, value: JSONValue)] = [
                ("folder", .string(to)), ("ancestor", .string(source.reader.identity.uuid)),
                ("offset", .number(Int(offset))),
            ]
            return try Output.shared.write(
                json
                    ? JSONValue.object(members).text + "\n"
                    : "would begin a journal in \(printable(to)) that goes on from event \(offset)\n")
        }
        let fork = JournalFork(from: source, clock: { SystemClock.now }, makeUUID: { SystemClock.makeUUID() })
        let report = try fork.run(at: offset, to: to, useSnapshots: replay.useSnapshots, progress: progress.show)
        progress.clear()
        try Output.shared.write(json ? report.json.text + "\n" : report.text)
    }
}
