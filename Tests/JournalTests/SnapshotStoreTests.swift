import Journal
import TestSupport
import Testing

@Suite("SnapshotStore")
struct SnapshotStoreTests {
    private let disk = SimulatedFileSystem()

    private func store() throws -> SnapshotStore {
        try self.disk.makeFolders("/journal/default")
        return SnapshotStore(folder: "/journal/default", fileSystem: self.disk)
    }

    private func snapshot(_ offset: Int64, chain: String? = nil) -> SnapshotFile {
        SnapshotFile(
            journal: JournalFixture.uuid, offset: offset, chain: chain ?? "chain\(offset)", digest: "digest",
            document: Array(#"{"live":null,"note":"a \"quoted\" line, [brackets] {and} spaces"}"#.utf8),
            commands: Array(#"[{"id":"1"}]"#.utf8), changed: Array(#"{"/live":3}"#.utf8))
    }

    private func path(_ offset: Int64) -> String {
        "/journal/default/snapshots/" + JournalFolder.snapshotName(offset: offset)
    }

    @Test func `what is written is read back`() throws {
        let store = try self.store()
        try store.write(self.snapshot(7))
        #expect(try store.read(7) == self.snapshot(7))
        #expect(try store.list() == [7])
        #expect(try store.read(8) == nil)
    }

    @Test func `removing one that is gone already is no error`() throws {
        let store = try self.store()
        try store.write(self.snapshot(7))
        try store.remove(7)
        try store.remove(7)
        #expect(try store.list().isEmpty)
    }

    @Test func `only one whose chain is the journal's is used`() throws {
        let store = try self.store()
        try store.write(self.snapshot(5))
        try store.write(self.snapshot(9, chain: "another history"))
        let matching: (Int64) throws(JournalError) -> String? = { "chain\($0)" }
        #expect(try store.newest(where: matching)?.offset == 5)
        #expect(try store.newest(atOrBelow: 4, where: matching) == nil)
        #expect(try store.newest { _ throws(JournalError) in nil } == nil)
    }

    @Test func `one with any flipped byte or any cut is not used`() throws {
        let store = try self.store()
        try store.write(self.snapshot(5))
        let bytes = try #require(self.disk.bytes(of: self.path(5)))
        for index in bytes.indices {
            var broken = bytes
            broken[index] ^= 0x08
            self.disk.put(broken, at: self.path(5))
            let found = try store.read(5)
            #expect(found == nil || found == self.snapshot(5), "byte \(index)")
            self.disk.put(Array(bytes.prefix(index)), at: self.path(5))
            #expect(try store.read(5) == nil, "cut to \(index)")
        }
    }

    @Test func `small ones are all kept`() throws {
        let store = try self.store()
        for offset in [10, 20, 30, 40, 50] as [Int64] { try store.write(self.snapshot(offset)) }
        #expect(try store.list() == [10, 20, 30, 40, 50])
    }

    @Test func `large ones are thinned out, but the newest are kept`() throws {
        let store = try self.store()
        for offset in (1...10) as ClosedRange<Int64> {
            var snapshot = self.snapshot(offset * 100)
            snapshot.document = Array(#"{"note":"\#(noise(1_400_000, seed: UInt64(offset)))"}"#.utf8)
            for _ in 0..<2 { snapshot.commands += Array(noise(1_400_000, seed: UInt64(offset)).utf8) }
            try store.write(snapshot)
        }
        let kept = try store.list()
        #expect(kept.suffix(3) == [800, 900, 1000])
        #expect(kept.count == 6 || kept.count == 7)
        let sizes = kept.dropLast(3).map { self.disk.bytes(of: self.path($0))?.count ?? 0 }
        #expect(sizes.reduce(0, +) <= 16 << 20)
    }

    @Test func `a crash leaves the old ones, the new one or a leftover`() throws {
        for seed in 0..<60 as Range<UInt64> {
            for changes in 0..<7 {
                let disk = SimulatedFileSystem()
                try disk.makeFolders("/journal/default")
                let store = SnapshotStore(folder: "/journal/default", fileSystem: disk)
                try store.write(self.snapshot(1))
                disk.switchOff(afterChanges: changes)
                let worked = (try? store.write(self.snapshot(2))) != nil
                let after = disk.crash(seed: seed)
                let found = try SnapshotStore(folder: "/journal/default", fileSystem: after)
                    .newest { offset throws(JournalError) in "chain\(offset)" }
                #expect(found == self.snapshot(1) || found == self.snapshot(2), "seed \(seed), \(changes) changes")
                if worked { #expect(found == self.snapshot(2), "seed \(seed), \(changes) changes") }
            }
        }
    }

    @Test func `a full disk leaves no half snapshot`() throws {
        let store = try self.store()
        self.disk.fail(.write, code: 28)
        #expect(throws: JournalError.self) { try store.write(self.snapshot(3)) }
        #expect(try store.list().isEmpty)
        #expect(self.disk.paths.isEmpty)
    }
}
