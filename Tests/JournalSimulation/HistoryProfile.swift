import Journal
import TestSupport

/// The sizes and the odds of one history.
///
/// Chosen by its seed: small segments change often, large commits take several blocks, and some disks are worse than others.
struct HistoryProfile {
    let options: JournalOptions
    let lifeCount: Int
    let largeCommitPercent: Int
    let faultPercent: Int
    /// Most power cuts come within so many changes of a disk.
    let changesUntilOffMax: Int

    init(_ generator: inout SeededGenerator) {
        if generator.chance(percent: 75) {
            self.options = JournalOptions(
                frameByteCount: Int.random(in: 150..<2000, using: &generator),
                segmentByteCount: Int64.random(in: 500..<6000, using: &generator), quietMilliseconds: 100,
                preparedByteCount: [0, 4096, 6000, 20_000].randomElement(using: &generator) ?? 0)
        } else {
            self.options = JournalOptions()
        }
        self.lifeCount = Int.random(in: 2...5, using: &generator)
        self.largeCommitPercent = generator.chance(percent: 12) ? 12 : 0
        self.faultPercent = [0, 5, 5, 25].randomElement(using: &generator) ?? 5
        self.changesUntilOffMax = [12, 40, 40, 80].randomElement(using: &generator) ?? 40
    }
}
