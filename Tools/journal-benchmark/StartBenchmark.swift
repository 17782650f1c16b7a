import Table

/// Opens a table over a journal of small events, as a server does when it starts: without a snapshot, then with the one
/// that closing it left.
struct StartBenchmark {
    let eventCount: Int

    func run() throws {
        try withScratchFolder { folder in
            try writeMoves(self.eventCount, to: folder)
            let what = "from start to ready with \(self.eventCount) small events"
            let without = try Self.start(folder)
            printRow("\(what), without snapshot", without.processor * 1000, "ms of one core", target: "< 1500")
            printRow("\(what), without snapshot: wall", without.wall * 1000, "ms")
            let with = try (0..<5).map { _ in try Self.start(folder) }
            printRow("\(what), with snapshot", with.map(\.processor).median * 1000, "ms of one core", target: "< 100")
            printRow("\(what), with snapshot: wall", with.map(\.wall).median * 1000, "ms", target: "< 100")
        }
    }

    /// Opens and closes; what opening took.
    static func start(_ folder: String) throws -> Taken {
        let (taken, table) = try measure { try openTable(folder) }
        table.close()
        return taken
    }
}
