import Journal
import Table

/// Looks at what an undo or redo of one event would change.
package struct TableUndo: Sendable {
    private let source: JournalSource

    /// Looks at a journal; needs no lock.
    package init(_ source: JournalSource) {
        self.source = source
    }

    /// What would change.
    ///
    /// - Throws: ``ReplayError/no(_:)`` for an event that isn't there, and with everything that is in conflict.
    package func preview(
        _ change: HistoryChange, actor: String, progress: ProgressSink
    ) throws(ReplayError) -> ChangePreview {
        let newest = try source.newest()
        let document = try source.document(at: newest, progress: progress)
        let rehearsal: HistoryRehearsal
        let command = try change.command()
        do throws(CommandError) {
            rehearsal = try source.resolver.rehearse(
                CommandRequest(command, actor: actor),
                present: HistoryResolver.Present(offset: newest, document: document), context: .rehearsal
            ) { progress(ProgressStep($0)) }
        } catch {
            throw ReplayError(error)
        }
        return try ChangePreview(rehearsal.decision, newest: newest, document: document)
    }
}
