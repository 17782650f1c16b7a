import Table

extension ProgressStep {
    /// A look into a table's past.
    init(_ pass: HistoryPass) {
        let title =
            switch pass.kind {
            case .replaying: "Replaying"
            case .lookingBack: "Looking back"
            }
        self.init(title: title, done: pass.done, total: pass.total, unit: .events)
    }
}
