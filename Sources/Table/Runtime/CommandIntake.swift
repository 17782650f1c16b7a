/// Where a table's commands go: to its writer, or nowhere if it is a recording.
protocol CommandIntake: Sendable {
    /// Takes a command; `completion` is called in any case.
    func submit(_ request: CommandRequest, _ completion: @escaping CommandCompletion)

    /// Passes an effect on.
    func relay(_ effect: Effect)

    /// Runs `body` where waiting for files is allowed; `false` if that can't be.
    func runOnHistory(_ body: @escaping @Sendable () -> Void) -> Bool

    /// What a decision outside the writer may know.
    func decisionContext() -> DecisionContext

    /// Finishes what was taken, and takes no more.
    func close()
}
