import JSONDocument
import Journal
import TestSupport
import Testing

@testable import Table

@Suite("ChangeIndex")
struct ChangeIndexTests {
    private func patch(_ paths: String...) throws -> JSONPatch {
        JSONPatch(try paths.map { .replace(try JSONPointer($0), 1) })
    }

    private func newest(_ index: ChangeIndex, _ path: String) throws -> Int64 {
        index.newestChange(at: try JSONPointer(path))
    }

    @Test
    func aChangeCountsForItsPartAndAllThatHoldsIt() throws {
        var index = ChangeIndex()
        index.record(try self.patch("/scenes/a/tokens/3/x"), at: 4)
        index.record(try self.patch("/live/name"), at: 5)
        #expect(try self.newest(index, "/scenes/a") == 4)
        #expect(try self.newest(index, "/scenes/a/name") == 4)
        #expect(try self.newest(index, "/scenes") == 4)
        #expect(try self.newest(index, "/scenes/b") == -1)
        #expect(try self.newest(index, "") == 5)
    }

    @Test
    func replacingSomethingChangesAllBelowIt() throws {
        var index = ChangeIndex()
        index.record(try self.patch("/live/name"), at: 1)
        index.record(try self.patch("/live"), at: 2)
        #expect(try self.newest(index, "/live/name") == 2)
        #expect(try self.newest(index, "/live/other") == 2)
        #expect(try self.newest(index, "/scenes/a") == -1)
        index.record(try self.patch(""), at: 3)
        #expect(try self.newest(index, "/scenes/a") == 3)
    }

    @Test
    func aMoveChangesBothEnds() throws {
        var index = ChangeIndex()
        index.record(
            JSONPatch([.move(from: try JSONPointer("/maps/a"), to: try JSONPointer("/maps/b"))]), at: 9)
        #expect(try self.newest(index, "/maps/a") == 9)
        #expect(try self.newest(index, "/maps/b") == 9)
    }

    @Test
    func mergingIsRecordingInOneIndex() throws {
        var generator = SeededGenerator(seed: 11)
        let paths = ["", "/live", "/live/a", "/live/b", "/scenes/a", "/scenes/b", "/maps/x~1y"]
        for _ in 0..<50 {
            var (all, early, late) = (ChangeIndex(), ChangeIndex(), ChangeIndex())
            for offset in 0..<Int64(20) {
                let patch = try self.patch(paths.randomElement(using: &generator) ?? "")
                all.record(patch, at: offset)
                if offset < 10 { early.record(patch, at: offset) } else { late.record(patch, at: offset) }
            }
            early.merge(late)
            #expect(early == all, "seed 11")
        }
    }

    @Test
    func aSnapshotKeepsAllOfIt() throws {
        var index = ChangeIndex(floor: 2)
        for (offset, path) in ["/live", "/live/a", "/maps/x~1y", "", "/scenes/a"].enumerated() {
            index.record(try self.patch(path), at: Int64(offset + 3))
        }
        #expect(ChangeIndex(try JSONValue.parse(index.jsonValue.serialized())) == index)
        #expect(ChangeIndex(["x": "y"]) == nil)
    }

    @Test
    func whatWasForgottenCountsAsChanged() throws {
        var index = ChangeIndex(partCountMax: 100)
        for number in 0..<150 { index.record(try self.patch("/scenes/\(number)"), at: Int64(number)) }
        #expect(try self.newest(index, "/scenes/149") == 149)
        for number in 0..<150 { #expect(try self.newest(index, "/scenes/\(number)") >= Int64(number)) }
    }

    @Test
    func aCommandIsRefusedIfWhatItAddressesChangedSince() async throws {
        let table = try TableFixture().open(SimulatedFileSystem())
        defer { table.close() }
        _ = try await table.submit(.folder("A"))
        _ = try await table.submit(.folder("B"))
        var delete = CommandRequest(.sceneFolderDelete(path: "A"), actor: "dm", ifOffset: -1)
        let refused = await #expect(throws: CommandError.self) { try await table.submit(delete) }
        #expect(refused?.code == .conflict)
        delete.ifOffset = 0
        #expect(try await table.submit(delete).offset == 2)
    }

    @Test
    func changesOfTheSameBatchCount() throws {
        let table = try TableFixture().open(SimulatedFileSystem())
        defer { table.close() }
        let answers = table.submitAsOneBatch([
            .folder("A"), CommandRequest(.sceneFolderDelete(path: "A"), actor: "dm", ifOffset: -1),
        ])
        #expect(answers[1].code == .conflict)
    }

    @Test(arguments: [false, true])
    func changesAreKnownAfterARestart(withSnapshot: Bool) async throws {
        let (fixture, disk) = (TableFixture(), SimulatedFileSystem())
        let table = try fixture.open(disk)
        _ = try await table.submit(.folder("A"))
        _ = try await table.submit(.folder("B"))
        let before = withSnapshot ? disk : disk.afterKill()
        table.close()
        let again = try fixture.open(before)
        defer { again.close() }
        let delete = CommandRequest(.sceneFolderDelete(path: "B"), actor: "dm", ifOffset: 0)
        let refused = await #expect(throws: CommandError.self) { try await again.submit(delete) }
        #expect(refused?.code == .conflict)
    }
}
