/// Which snapshots are kept: as many as make every moment of the past quick to read, within bounds.
///
/// The newest are what a start needs. The older ones save reading the past from the journal's beginning; they may take a part of
/// the room that the journal takes, and where they take more, those go that leave the shortest stretch without one.
enum SnapshotThinning {
    /// One that there is.
    struct Snapshot: Sendable, Equatable {
        let offset: Int64
        let byteCount: Int64
    }

    /// So many of the newest stay, whatever they take.
    private static let newestCount = 3

    /// What the older ones may take together: a quarter of the journal, and 16 MiB in any case.
    static func allowance(journalByteCount: Int64) -> Int64 { max(16 << 20, journalByteCount / 4) }

    /// The offsets of those that have to go.
    ///
    /// - Parameter snapshots: All that there are, ascending.
    static func surplus(of snapshots: [Snapshot], allowance: Int64) -> [Int64] {
        var kept = snapshots
        var surplus: [Int64] = []
        var byteCount = kept.dropLast(Self.newestCount).reduce(0) { $0 + $1.byteCount }
        while byteCount > allowance, let index = self.leastMissed(kept) {
            byteCount -= kept[index].byteCount
            surplus.append(kept.remove(at: index).offset)
        }
        return surplus
    }

    /// The older one between whose neighbours the fewest events lie.
    private static func leastMissed(_ snapshots: [Snapshot]) -> Int? {
        let older = snapshots.indices.dropLast(Self.newestCount)
        return older.min { self.stretch(without: $0, snapshots) < self.stretch(without: $1, snapshots) }
    }

    /// Events from the one before to the one after; before the first is the journal's beginning.
    private static func stretch(without index: Int, _ snapshots: [Snapshot]) -> Int64 {
        let before = index > 0 ? snapshots[index - 1].offset : -1
        return (index + 1 < snapshots.count ? snapshots[index + 1].offset : snapshots[index].offset) - before
    }
}
