import JSONDocument
import Journal
import Replay

/// Asks a journal of a million small events who did what, without snapshots: the worst case, as the part that was written
/// by the first event makes each of these read everything.
struct TraceBenchmark {
    let eventCount: Int

    func run() throws {
        try withScratchFolder { folder in
            try writeMoves(eventCount, to: folder)
            let source = try JournalSource(path: folder, fileSystem: PosixFileSystem())
            let newest = try source.newest()
            let document = try source.document(at: newest)
            let token = try PlaceName.parse(["token", "token-7"]).resolve(in: document).main
            let move = try PlaceName.parse(["/live/maps/7/data/position/x"]).resolve(in: document).main
            let live = try PlaceName.parse(["live"]).resolve(in: document).main
            try row("blame of what was changed lately") {
                _ = try Blame.gather(source, move, in: document, at: newest, useSnapshots: false, progress: { _ in })
            }
            try row("blame of everything on the table, back to the first of 1,000,000 events") {
                _ = try Blame.gather(source, live, in: document, at: newest, useSnapshots: false, progress: { _ in })
            }
            try row("history of one token of 60 in 1,000,000 events") {
                var count = 0
                try PlaceHistory(source, token, at: newest).walk(through: newest, progress: { _ in }) { _ in
                    count += 1
                    return true
                }
                precondition(count > eventCount / 61, "the history misses moves")
            }
            let condition = try ParsedCondition.parse(#"token("token-7")/data/position/x == -1 or /viewer/blank"#)
            try row("bisect over 1,000,000 events") {
                let bisect = Bisect(source, condition, useSnapshots: true)
                _ = try bisect.walk(after: -1, through: newest, progress: { _ in }) { _ in true }
            }
        }
    }

    private func row(_ what: String, _ body: () throws -> Void) throws {
        let times = try (0..<3).map { _ in try measure(body).taken.processor }
        printRow(what, times.median * 1000, "ms of one core", target: "none yet")
    }
}
