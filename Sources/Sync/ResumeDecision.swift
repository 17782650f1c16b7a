/// How a connecting client is brought up to date.
///
/// One of the two, always: a whole tail or a whole document. Never a partial tail, never a hole.
package enum ResumeAnswer: Hashable, Sendable {
    /// The events after this offset, then `live`.
    case resume(after: Int64)
    /// The document, the events after it, then `live`.
    case snapshot(reason: String)

    /// The document, for one of the protocol's reasons.
    package static func snapshot(_ reason: SnapshotReason) -> ResumeAnswer {
        .snapshot(reason: reason.rawValue)
    }
}

/// Why a client is sent the document instead of the events that it misses.
package enum SnapshotReason: String, CaseIterable, Sendable {
    /// It gave no position, or none that can be read.
    case fresh
    /// Its position counts in another journal.
    case otherJournal = "other-journal"
    /// It is past the newest event: the server's disk was replaced by an older copy.
    case ahead
    /// Not all of the events that it misses are kept.
    case pruned
    /// The chain digest that it was told isn't this journal's.
    case otherHistory = "other-history"
    /// The events that it misses are larger than the document.
    case cheaper
}

/// What the server knows when it decides on a ``ResumeRequest``: all of it about one committed state.
package struct ResumeFacts {
    /// The journal's uuid.
    package var journal: String
    /// The newest committed offset, -1 where there is none.
    package var newestOffset: Int64
    /// The oldest offset that can still be read; `newestOffset + 1` where none can.
    package var oldestOffset: Int64
    /// The hex chain digest (whole, or at least its first 16 digits) at an offset; `nil` where it can't be told.
    ///
    /// Asked at most once, and only for a client that gave one.
    package var chain: (_ offset: Int64) -> String?
    /// How many bytes of lines stand after an offset; `nil` where that isn't known.
    ///
    /// Asked at most once.
    package var tailByteCount: (_ after: Int64) -> Int?
    /// How large the document is as text.
    ///
    /// Asked only for a tail above ``tailAllowance``, because it costs a walk over the document.
    package var snapshotByteCount: () -> Int

    /// The tail, in bytes, that is sent whatever the document's size.
    ///
    /// Default 16 KiB: about what TCP sends before it waits for a first answer (ten segments), so that below it
    /// nothing can be cheaper. It lets a client of a nearly empty table resume too.
    package var tailAllowance: Int

    /// Facts about one committed state; see the members.
    package init(
        journal: String, newestOffset: Int64, oldestOffset: Int64 = 0, tailAllowance: Int = 16 << 10,
        chain: @escaping (_ offset: Int64) -> String?, tailByteCount: @escaping (_ after: Int64) -> Int?,
        snapshotByteCount: @escaping () -> Int
    ) {
        self.journal = journal
        self.newestOffset = newestOffset
        self.oldestOffset = oldestOffset
        self.tailAllowance = tailAllowance
        self.chain = chain
        self.tailByteCount = tailByteCount
        self.snapshotByteCount = snapshotByteCount
    }
}

/// Decides between tail and snapshot: sync-protocol.md, "Joining and resuming".
package enum ResumeDecision {
    /// The answer to a client that connects.
    ///
    /// The reasons are tried in the protocol's order; the first that holds is given. A chain digest that can't be
    /// compared is never taken for equal: below the kept events it counts as `pruned`, past the newest one (which
    /// the protocol doesn't allow) as `other-history`.
    package static func decide(_ request: ResumeRequest, facts: ResumeFacts) -> ResumeAnswer {
        guard let journal = request.journal, let after = request.after else { return .snapshot(.fresh) }
        guard journal == facts.journal.lowercased() else { return .snapshot(.otherJournal) }
        guard after <= facts.newestOffset else { return .snapshot(.ahead) }
        guard after >= facts.oldestOffset - 1 else { return .snapshot(.pruned) }
        if let reason = self.objection(to: request.evidence, facts: facts) { return .snapshot(reason) }
        return self.isSnapshotCheaper(after: after, facts: facts) ? .snapshot(.cheaper) : .resume(after: after)
    }

    private static func objection(to evidence: ResumeRequest.ChainEvidence, facts: ResumeFacts) -> SnapshotReason? {
        switch evidence {
        case .none:
            return nil
        case .unreadable:
            return .otherHistory
        case .told(let told):
            guard told.offset <= facts.newestOffset else { return .otherHistory }
            guard let known = facts.chain(told.offset) else { return .pruned }
            return shortChain(known.lowercased()) == told.short ? nil : .otherHistory
        }
    }

    private static func isSnapshotCheaper(after: Int64, facts: ResumeFacts) -> Bool {
        guard after < facts.newestOffset, let tail = facts.tailByteCount(after), tail > facts.tailAllowance else {
            return false
        }
        return tail > facts.snapshotByteCount()
    }
}
