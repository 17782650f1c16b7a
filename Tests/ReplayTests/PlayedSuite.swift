/// A suite that runs `spell-replay` on the table that it has played on.
protocol PlayedSuite {
    var played: PlayedTable { get }
}

extension PlayedSuite {
    /// Runs a command on the table's journal, to its end.
    ///
    /// - Parameter zone: The time zone that it tells times in.
    func run(_ arguments: String..., zone: String = "UTC") async throws -> ReplayTool.Result {
        try await ReplayTool.run(
            [arguments[0], "--journal", played.journal] + arguments.dropFirst(), environment: ["TZ": zone])
    }
}
