import JSONDocument
import Journal
import TestSupport
import Testing

@testable import Table

@Suite("Table: idempotency")
struct IdempotencyTests {
    private let fixture = TableFixture()
    private let disk = SimulatedFileSystem()

    private func save(_ name: String, id: String, digest: String? = nil) -> CommandRequest {
        CommandRequest(.sceneSave(scene: ["name": .string(name)]), actor: "dm", id: id, contentDigest: digest)
    }

    @Test
    func aRepeatedCommandIsDoneOnceAndAnsweredTheSame() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let first = try await table.submit(self.save("Crypt", id: "c1", digest: "aa"))
        _ = try await table.submit(.folder("A"))
        let second = try await table.submit(self.save("Crypt", id: "c1", digest: "aa"))
        #expect(second.offset == first.offset)
        #expect(second.answer == first.answer)
        #expect(first.answer["id"]?.stringValue != nil)
        #expect(!first.repeated && second.repeated)
        #expect(table.committed.offset == 1)
    }

    @Test
    func anotherContentUnderTheSameIdIsRefused() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        _ = try await table.submit(.folder("A", id: "c1", digest: "aa"))
        let refused = await #expect(throws: CommandError.self) {
            try await table.submit(.folder("B", id: "c1", digest: "bb"))
        }
        #expect(refused?.code == .idReused)
        #expect(table.sceneFolders == ["A"])
    }

    @Test
    func twiceInOneBatchIsDoneOnce() throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let answers = table.submitAsOneBatch([
            .folder("A", id: "c1", digest: "aa"), .folder("A", id: "c1", digest: "aa"),
            .folder("B", id: "c1", digest: "bb"),
        ])
        #expect(answers.map(\.offset) == [0, 0, nil])
        #expect(answers[2].code == .idReused)
        #expect(table.committed.offset == 0)
    }

    @Test(arguments: [false, true])
    func theWindowSurvivesARestart(withSnapshot: Bool) async throws {
        let table = try self.fixture.open(self.disk)
        let first = try await table.submit(self.save("Crypt", id: "c1", digest: "aa"))
        // The clean shutdown leaves a snapshot; the kill leaves none.
        let before = withSnapshot ? self.disk : self.disk.afterKill()
        table.close()
        let again = try self.fixture.open(before)
        defer { again.close() }
        #expect((again.recovery.snapshotOffset != nil) == withSnapshot)
        let second = try await again.submit(self.save("Crypt", id: "c1", digest: "aa"))
        #expect(second.repeated)
        #expect(second.offset == first.offset)
        #expect(second.answer == first.answer)
        let refused = await #expect(throws: CommandError.self) {
            try await again.submit(self.save("Tower", id: "c1", digest: "bb"))
        }
        #expect(refused?.code == .idReused)
        #expect(again.committed.offset == 0)
    }

    @Test
    func aCommandThatMadeNoEventIsDecidedAgain() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let unchanged = CommandRequest(.viewerBlank(false), actor: "dm", id: "c1", contentDigest: "aa")
        let first = try await table.submit(unchanged)
        #expect(first.offset == nil)
        _ = try await table.submit(.blank(true))
        let second = try await table.submit(unchanged)
        #expect(second.offset == 1)
        #expect(!second.repeated)
    }

    @Test
    func theDigestIgnoresTheOrderOfMembersAndNothingElse() throws {
        let digest = CommandRequest.contentDigest(name: "scene.save", data: ["a": 1, "b": 2])
        #expect(digest.utf8.count == 16)
        #expect(CommandRequest.contentDigest(name: "scene.save", data: ["b": 2, "a": 1]) == digest)
        #expect(CommandRequest.contentDigest(name: "scene.save", data: ["a": 1, "b": 3]) != digest)
        #expect(CommandRequest.contentDigest(name: "scene.update", data: ["a": 1, "b": 2]) != digest)
    }
}
