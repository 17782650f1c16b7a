import JSONDocument
import Journal
import Table

/// Brings a table, or places of it, back to what it was, by one more event: nothing that happened since is lost.
package struct TableRestore {
    private let source: JournalSource
    private let useSnapshots: Bool
    private let progress: ProgressSink

    /// Looks at a journal; needs no lock.
    package init(_ source: JournalSource, useSnapshots: Bool, progress: @escaping ProgressSink) {
        self.source = source
        self.useSnapshots = useSnapshots
        self.progress = progress
    }

    /// The table now and at another moment.
    package func moments(_ target: Int64) throws(ReplayError) -> RestoreMoments {
        let newest = try source.newest()
        let now = try source.document(at: newest, useSnapshots: useSnapshots, progress: progress)
        let then = try source.document(at: target, useSnapshots: useSnapshots, progress: progress)
        return RestoreMoments(newest: newest, now: now, target: target, then: then)
    }

    /// What would change.
    ///
    /// - Throws: ``ReplayError/no(_:)`` for a place that is at neither moment, and for files whose content is gone.
    package func preview(
        _ moments: RestoreMoments, paths: [JSONPointer], withoutMissingFiles: Bool
    ) throws(ReplayError) -> ChangePreview {
        let plan = RestorePlan(document: moments.then, offset: moments.target, paths: paths)
        let decision: Decision
        do throws(CommandError) {
            let checked = try source.allBlobs.checked(plan, moments.now, leaveOutMissing: withoutMissingFiles)
            decision = try Decider.decide(.tableRestore(checked), document: moments.now, context: .rehearsal)
        } catch {
            throw ReplayError(error)
        }
        return try ChangePreview(decision, newest: moments.newest, document: moments.now)
    }
}

/// The two moments of a restore.
package struct RestoreMoments: Sendable {
    /// The newest event, and the document after it.
    package let newest: Int64
    package let now: JSONValue
    /// The moment to go back to, and the document as it was then.
    package let target: Int64
    package let then: JSONValue

    package init(newest: Int64, now: JSONValue, target: Int64, then: JSONValue) {
        self.newest = newest
        self.now = now
        self.target = target
        self.then = then
    }
}

extension DecisionContext {
    /// For decisions that are only looked at: their times and ids go nowhere.
    static let rehearsal = DecisionContext(now: .epoch, makeUUID: { "00000000-0000-4000-8000-000000000000" })
}
