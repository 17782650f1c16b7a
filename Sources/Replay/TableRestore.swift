import JSONDocument
import Journal
import Table

/// Brings a table back to what it was, by one more event: nothing that happened since is lost.
package struct TableRestore: Sendable {
    /// What a restore would change.
    package struct Preview: Sendable {
        /// The newest event now.
        package let newest: Int64
        /// The moment that the table is brought back to.
        package let target: Int64
        /// The changes, in order; empty if the table is already so.
        package let changes: [DocumentChange]
    }

    private let source: JournalSource

    /// Looks at a journal; needs no lock.
    package init(_ source: JournalSource) {
        self.source = source
    }

    /// The difference between now and `target`.
    ///
    /// Replays to both.
    package func preview(
        _ target: Int64, useSnapshots: Bool, progress: ProgressSink
    ) throws(ReplayError) -> Preview {
        let newest = try source.newest()
        let now = try source.document(at: newest, useSnapshots: useSnapshots, progress: progress)
        let then = try source.document(at: target, useSnapshots: useSnapshots, progress: progress)
        let patch = JSONDiff.patch(from: now, to: then)
        return Preview(newest: newest, target: target, changes: try DocumentChange.list(of: patch, on: now))
    }

    /// Appends the event.
    ///
    /// - Parameters:
    ///   - table: The same journal, opened for writing.
    ///   - target: The offset to go back to.
    /// - Returns: The offset of the newest event that it made; `nil` if there was nothing to change.
    package static func run(on table: Table, to target: Int64, actor: String) async throws(ReplayError) -> Int64? {
        do throws(CommandError) {
            return try await table.submit(CommandRequest(.restoreRequest(to: .offset(target)), actor: actor)).offset
        } catch {
            switch error.code {
            case .notFound: throw .no(error.message)
            default: throw .unreadable("the restore was refused: \(error.message)", hint: "")
            }
        }
    }
}
