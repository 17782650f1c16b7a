/// What the writer keeps of all committed events beside the document.
///
/// A class, so that the batch being decided reads the one copy there is: a value that it held too would be copied whole at
/// each commit. Belongs to the writer's thread.
final class CommittedIndexes {
    private(set) var changes: ChangeIndex
    private(set) var window: CommandWindow

    init(changes: ChangeIndex, window: CommandWindow) {
        self.changes = changes
        self.window = window
    }

    /// Takes over what a batch has added, now that it is on disk.
    func commit(_ plan: BatchPlan) {
        self.changes.merge(plan.changes)
        for command in plan.commands { self.window.record(command.id, command.entry) }
    }
}
