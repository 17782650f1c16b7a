import ArgumentParser
import JSONDocument
import Replay

/// The command `spell-replay state`.
struct StateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "The table's document, now or at any moment.",
        discussion: """
            Prints the document in canonical form (RFC 8785: members sorted, one way to write each number), so that two \
            outputs can be compared with any tool. The digest is the one that the server tells its clients.

            EXAMPLES
              spell-replay state
              spell-replay state --at -2h | jq .scenes
              spell-replay state --at 1203 --path /live/maps
              spell-replay state --at 1203 --compact > then.json
              spell-replay state --digest --no-snapshots   of a replay from the start
            """)

    @OptionGroup var journal: JournalArguments
    @OptionGroup var replay: ReplayArguments
    @Option(help: ArgumentHelp("The moment; now if not given.", valueName: "moment")) var at = "now"
    @Option(help: ArgumentHelp("Only this part of the document.", valueName: "pointer")) var path: String?
    @Flag(help: "On one line.") var compact = false
    @Flag(help: "Only the document's digest.") var digest = false
    @Flag(help: "As for every command; the document is JSON anyway, and the digest becomes an object.") var json = false

    func validate() throws {
        if digest, path != nil || compact {
            throw ValidationError("--digest is that of the whole document: leave --path and --compact away.")
        }
    }

    func run() throws {
        let source = try journal.source()
        let progress = ProgressBar()
        defer { progress.clear() }
        let offset = try source.offset(of: try moment(at), progress: progress.show)
        let document = try source.document(at: offset, useSnapshots: replay.useSnapshots, progress: progress.show)
        progress.clear()
        if digest { return try show(DocumentDigest.compute(document), of: offset) }
        let canonical = try part(of: document).canonicalForm()
        try Output.shared.write((compact ? canonical : PrettyJSON.indented(canonical)) + [UInt8(ascii: "\n")])
    }

    private func show(_ digest: String, of offset: Int64) throws {
        let answer: JSONValue = ["offset": .number(Int(offset)), "digest": .string(digest)]
        try Output.shared.write((json ? answer.text : digest) + "\n")
    }

    private func part(of document: JSONValue) throws(ReplayError) -> JSONValue {
        guard let path else { return document }
        let pointer: JSONPointer
        do throws(JSONPointerError) {
            pointer = try JSONPointer(path)
        } catch {
            throw .usage("'\(path)' is no JSON Pointer: \(error)", hint: "Begin with a slash: /scenes, /live/maps/0.")
        }
        guard let value = document.value(at: pointer) else { throw .no("there is nothing at \(path) at that moment") }
        return value
    }
}
