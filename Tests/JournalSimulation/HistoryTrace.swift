/// The newest steps of a history, for people who look for the reason of a failure.
struct HistoryTrace {
    private(set) var steps: [String] = []
    private let keptCount: Int

    /// - Parameter keptCount: How many; 0: nothing is noted.
    init(keptCount: Int) {
        self.keptCount = keptCount
    }

    /// Keeps a step; the text is made only where somebody will read it.
    mutating func note(_ step: @autoclosure () -> String) {
        guard self.keptCount > 0 else { return }
        if self.steps.count == self.keptCount { self.steps.removeFirst() }
        self.steps.append(step())
    }
}
