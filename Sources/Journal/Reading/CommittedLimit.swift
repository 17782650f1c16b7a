import Synchronization

/// The newest offset that readers may be handed, moved forward as commits are done.
///
/// What a server hands out ends here: a cursor without a limit may see a commit that isn't synced yet.
package final class CommittedLimit: Sendable {
    private let newest: Atomic<Int64>

    package init(newestOffset: Int64) {
        self.newest = Atomic(newestOffset)
    }

    /// The newest offset that may be handed out; −1 for none.
    package var newestOffset: Int64 { self.newest.load(ordering: .acquiring) }

    /// A commit up to here is on disk.
    ///
    /// Never moves back.
    package func advance(to offset: Int64) {
        self.newest.max(offset, ordering: .acquiringAndReleasing)
    }

    /// A recording that is played was set to another moment, maybe an earlier one.
    package func jump(to offset: Int64) {
        self.newest.store(offset, ordering: .releasing)
    }
}
