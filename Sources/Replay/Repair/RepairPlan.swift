import JSONDocument
import Journal

/// What a repair found, and what it makes of it.
package struct RepairPlan: Sendable {
    /// A snapshot that brings the document back.
    package struct Bridge: Sendable, Equatable {
        /// The document is the one after this event.
        package let offset: Int64
        /// The journal's chain vouches for it; otherwise its own digest alone.
        package let isProvenByChain: Bool
    }

    /// The table's folder.
    package let folder: String
    /// The damaged journal's uuid.
    package let journal: String
    /// What is not as it was written, in the order journal.json, segments, replay, snapshots.
    package let faults: [SalvageFault]
    /// Remarks that are no damage: a commit that never finished.
    package let notes: [String]
    /// Events that stay, byte for byte.
    package let kept: OffsetRuns
    /// Events that are kept as data without effect, since they stand on lost ones.
    package let stranded: OffsetRuns
    /// Events of which nothing is left.
    package let lost: OffsetRuns
    /// Snapshots that bring the document back behind what is lost.
    package let bridges: [Bridge]
    /// Snapshots that are of no use or wrong.
    package let badSnapshots: [Int64]
    /// The newest event of the damaged journal that is known of; one less than the first if there is none.
    package let newest: Int64
    /// The newest event of the damaged journal with a known D, and that D.
    package let oldEnd: (offset: Int64, chain: ChainDigest)
    /// Digest of the document that the repaired journal comes to.
    package let digest: String
    /// Room that must be there for the repaired journal: the old one's size and a quarter, and what takes the lost lines' place.
    package let neededByteCount: Int64
    /// The journal itself is damaged, so a new one is needed.
    package let needsNewJournal: Bool

    /// The verifier found no damage in the segments: behind the last line stands a commit that never finished, at most.
    let isTailUnfinished: Bool

    /// Nothing is wrong.
    package var isClean: Bool { !self.needsNewJournal && self.badSnapshots.isEmpty }

    /// Whether the document at the end is the one that the damaged journal had there.
    package var isPresentKnown: Bool {
        let last = max(self.kept.runs.last?.upperBound ?? -1, self.bridges.last?.offset ?? -1)
        return last == self.newest
    }
}

/// What a repair did.
package struct RepairResult: Sendable {
    package let plan: RepairPlan
    /// The new journal's uuid; nil where the old one could stay.
    package let journal: String?
    /// Where the damaged journal is kept.
    package let copy: String?
    /// Snapshots that were set aside in a journal that could stay.
    package let setAside: [Int64]
}
