import Testing

@testable import Journal

@Suite("SnapshotThinning")
struct SnapshotThinningTests {
    private func snapshots(_ offsets: [Int64], byteCount: Int64 = 10) -> [SnapshotThinning.Snapshot] {
        offsets.map { SnapshotThinning.Snapshot(offset: $0, byteCount: byteCount) }
    }

    @Test func `what fits stays`() {
        let all = self.snapshots([1, 2, 3, 4, 5])
        #expect(SnapshotThinning.surplus(of: all, allowance: 20) == [])
        #expect(SnapshotThinning.surplus(of: [], allowance: 0) == [])
    }

    @Test func `the newest stay whatever they take`() {
        #expect(SnapshotThinning.surplus(of: self.snapshots([1, 2, 3, 4, 5]), allowance: 0).sorted() == [1, 2])
        #expect(SnapshotThinning.surplus(of: self.snapshots([3, 4, 5], byteCount: .max / 4), allowance: 0) == [])
    }

    @Test func `the one that is missed least goes first`() {
        let all = self.snapshots([100, 110, 200, 300, 400, 500, 600])
        #expect(SnapshotThinning.surplus(of: all, allowance: 30) == [110])
        #expect(SnapshotThinning.surplus(of: all, allowance: 29) == [110, 200])
    }

    /// As a server does it: one more each time, thinned each time.
    @Test func `a long journal keeps snapshots all along`() {
        var kept: [SnapshotThinning.Snapshot] = []
        for number in (1...1000) as ClosedRange<Int64> {
            kept.append(SnapshotThinning.Snapshot(offset: number * 50_000, byteCount: 10))
            let surplus = SnapshotThinning.surplus(of: kept, allowance: 200)
            kept.removeAll { surplus.contains($0.offset) }
        }
        #expect(kept.count == 23)
        let offsets = [0] + kept.map(\.offset)
        let longest = zip(offsets, offsets.dropFirst()).map { $1 - $0 }.max()
        // 20 of them over 50 million events.
        #expect(longest ?? .max <= 4 * 50_000_000 / 20)
    }

    @Test func `a quarter of the journal is allowed, and some in any case`() {
        #expect(SnapshotThinning.allowance(journalByteCount: 0) == 16 << 20)
        #expect(SnapshotThinning.allowance(journalByteCount: 1 << 30) == 1 << 28)
    }
}
