import JSONDocument
import Journal

/// Everything that the journal's events add up to: the state, and the two indexes that are built beside it.
///
/// This is what a snapshot holds.
struct TableContent: Sendable {
    var state: CommittedState
    var changes: ChangeIndex
    var window: CommandWindow

    /// The snapshot's form.
    ///
    /// Serialises the whole document and computes its digest: on a thread that nobody waits for.
    func snapshotFile(journal uuid: String) -> SnapshotFile {
        SnapshotFile(
            journal: uuid, offset: self.state.offset, chain: self.state.chain.hex, digest: self.state.digest(),
            document: self.state.document.serialized(), commands: self.window.jsonValue.serialized(),
            changed: self.changes.jsonValue.serialized())
    }
}
