import ArgumentParser
import JSONDocument
import Journal
import Replay

/// The command `spell-replay mirror`.
struct MirrorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mirror",
        abstract: "Keep a copy of a running server's journal and blobs, over plain HTTP.",
        discussion: """
            Copies what the server has and the copy lacks: events byte for byte, and the images and sounds that they name. \
            Everything is checked before it is written (checksums, lines, the chain that covers all events), so what was \
            damaged on the way never gets into the copy. It may be interrupted at any moment: the copy is a whole journal \
            all the time, and the next run goes on where this one stopped.

            The copy can be read, verified and served like the original. Serving it is its promotion: from then on it \
            goes its own way, and mirror refuses to go on with it.

            If the server is not what it was (another journal, an older state, another history), nothing is changed, and it \
            says what is different.

            EXAMPLES
              spell-replay mirror http://table.example.org:8010 copy/
              spell-replay mirror http://localhost:8010 copy/ --dry-run       is there anything new?
              spell-replay mirror http://localhost:8010 copy/ --follow        go on as long as it runs
              spell-replay verify --journal copy/
              spell-server --journal copy/                                    serve the copy

            Exit code 1 if the server's journal isn't the copy's any more, if what it sends isn't right, or if it lacks a \
            blob. 3 if it can't be reached.
            """)

    @Argument(help: ArgumentHelp("The server's address, such as http://localhost:8010.", valueName: "url"))
    var server: String
    @Argument(
        help: ArgumentHelp(
            "The copy's folder: the table is in dir/default, or dir itself if it holds a journal.", valueName: "dir"),
        completion: .directory)
    var directory: String
    @Flag(help: "Go on with what is new every second; end with ^C.") var follow = false
    @Flag(help: "Only say what would be copied.") var dryRun = false
    @Flag(help: "One JSON object instead of text; with --follow one whenever something was copied.") var json = false

    /// How often in a row the answer may be no before following ends.
    private static let refusalsMax = 3

    func validate() throws {
        if dryRun, follow { throw ValidationError("--dry-run looks once: leave --follow away.") }
    }

    func run() async throws {
        let source = try HTTPMirrorSource(server)
        let folder = try folder()
        if dryRun {
            let preview = try await MirrorPreview.make(of: source, in: folder, fileSystem: PosixFileSystem())
            return try Output.shared.write(json ? preview.json.text + "\n" : preview.text)
        }
        guard follow else {
            let report = try await round(source, folder)
            try tell(report)
            if !report.isWhole { throw ExitCode(1) }
            return
        }
        try await follow(source, folder)
    }

    private func folder() throws(ReplayError) -> String {
        do throws(JournalError) {
            return try JournalFolder.resolve(directory, fileSystem: PosixFileSystem())
        } catch {
            throw ReplayError.unreadable("\(error)", hint: "Give another folder.")
        }
    }

    private func open(_ source: HTTPMirrorSource, _ folder: String) throws(ReplayError) -> Mirror {
        let progress = ProgressBar()
        defer { progress.clear() }
        return try Mirror(
            source, into: folder, fileSystem: PosixFileSystem(), makeUUID: { SystemClock.makeUUID() },
            progress: progress.show)
    }

    private func round(_ source: HTTPMirrorSource, _ folder: String) async throws(ReplayError) -> MirrorReport {
        let mirror = try open(source, folder)
        defer { mirror.close() }
        return try await update(mirror)
    }

    private func update(_ mirror: Mirror) async throws(ReplayError) -> MirrorReport {
        let progress = ProgressBar()
        defer { progress.clear() }
        return try await mirror.bringUpToDate(progress: progress.show)
    }

    /// Goes on until it is stopped, or the server's journal isn't the copy's any more; a server that is away comes back.
    private func follow(_ source: HTTPMirrorSource, _ folder: String) async throws {
        var isAway = false
        var isFirst = true
        var refusals = 0
        var backoff = Backoff()
        while true {
            // Opening the copy reads all of it: not before the server is back.
            if isAway, try await !isThere(source) {
                try await Task.sleep(for: backoff.next())
                continue
            }
            let mirror = try open(source, folder)
            defer { mirror.close() }
            do {
                while true {
                    let report = try await update(mirror)
                    if isFirst || report.hasNews || isAway { try tell(report) }
                    (isFirst, isAway, refusals) = (false, false, 0)
                    backoff.reset()
                    try await Task.sleep(for: .seconds(1))
                }
            } catch ReplayError.unreadable(let problem, _), ReplayError.noSpace(let problem, _) {
                if !isAway { Output.tell("spell-replay: \(problem); trying again") }
                isAway = true
            } catch ReplayError.no(let problem) {
                // What was spoiled on the way comes right the next time; what is wrong at the server does not.
                refusals += 1
                guard refusals < Self.refusalsMax else { throw ReplayError.no(problem) }
                Output.tell("spell-replay: \(problem); trying again")
            }
            try await Task.sleep(for: backoff.next())
        }
    }

    private func isThere(_ source: HTTPMirrorSource) async throws -> Bool {
        do {
            _ = try await source.listing(chainAt: nil)
            return true
        } catch ReplayError.unreadable {
            return false
        }
    }

    private func tell(_ report: MirrorReport) throws {
        try Output.shared.write(json ? report.json.text + "\n" : report.text(Terminal.paint))
        try Output.shared.flush()
    }
}
