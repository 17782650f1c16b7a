import JSONDocument
import Journal
import TestSupport
import Testing

@testable import Table

@Suite("Table: snapshots")
struct SnapshotTests {
    private let fixture = TableFixture()
    private let disk = SimulatedFileSystem()

    private var store: SnapshotStore { SnapshotStore(folder: TableFixture.folder, fileSystem: self.disk) }

    /// Removes all snapshots, which are caches.
    private func forgetSnapshots(on disk: SimulatedFileSystem) {
        for path in disk.paths where path.hasPrefix(TableFixture.folder + "/snapshots/") { disk.erase(path) }
    }

    /// Some hundreds of changes of all kinds that need no blobs.
    private func play(_ table: Table, seed: UInt64, count: Int) async throws {
        var generator = SeededGenerator(seed: seed)
        for number in 0..<count {
            let command: Command
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: command = .viewerBlank(Bool.random(using: &generator))
            case 1: command = .sceneFolderCreate(path: "Act \(number)")
            case 2: command = .sceneSave(scene: ["name": .string("Crypt \(number)")])
            case 3:
                let folders = table.sceneFolders
                command = .sceneFolderDelete(path: folders.randomElement(using: &generator) ?? "none")
            case 4: command = .mapFolderCreate(path: "Maps/\(number)", name: "\(number)")
            default:
                let scene: JSONValue = [
                    "id": "s", "name": .string("n\(number % 7)"), "tokens": [["id": "t", "x": .number(number)]],
                ]
                command = .liveScene(scene: scene, bases: [])
            }
            // Some are refused, as they should be.
            do throws(CommandError) {
                _ = try await table.submit(CommandRequest(command, actor: "dm", id: "\(seed)-\(number)"))
            } catch {
                #expect([.exists, .notFound, .conflict].contains(error.code), "\(error)")
            }
        }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func snapshotAndTailAreTheWholeReplayed(seed: UInt64) async throws {
        let options = TableOptions(snapshotEveryEvents: 23)
        let table = try self.fixture.open(self.disk, options)
        try await self.play(table, seed: seed, count: 100)
        self.fixture.waitForSnapshot()
        try await self.play(table, seed: seed + 100, count: 100)
        let killed = self.disk.afterKill()
        table.close()
        let replayed = self.disk.afterKill()
        self.forgetSnapshots(on: replayed)

        let fromSnapshot = try self.fixture.open(killed, options)
        defer { fromSnapshot.close() }
        let fromStart = try self.fixture.open(replayed, options)
        defer { fromStart.close() }
        #expect(fromSnapshot.recovery.snapshotOffset != nil, "seed \(seed)")
        #expect(fromStart.recovery.snapshotOffset == nil)
        #expect(fromStart.recovery.replayedEvents == Int(table.committed.offset + 1))
        #expect(fromSnapshot.committed.digest() == table.committed.digest(), "seed \(seed)")
        #expect(fromStart.committed.digest() == table.committed.digest(), "seed \(seed)")
        #expect(fromStart.committed.document.text == fromSnapshot.committed.document.text, "seed \(seed)")
        #expect(fromStart.committed.chain == fromSnapshot.committed.chain)
    }

    @Test
    func theWriterGoesOnWhileASnapshotIsWritten() async throws {
        let held = HeldFileSystem(self.disk, holding: "/snapshots/")
        let table = try self.fixture.open(held, TableOptions(snapshotEveryEvents: 3))
        for number in 0..<3 { _ = try await table.submit(.folder("Act \(number)")) }
        held.waitUntilReached()
        for number in 3..<10 { _ = try await table.submit(.folder("Act \(number)")) }
        #expect(table.committed.offset == 9)
        #expect(try self.store.list() == [])
        held.letGo()
        self.fixture.waitForSnapshot()
        #expect(try self.store.list().first == 2, "it holds what was committed when it was begun")
        table.close()
        #expect(try self.store.list().last == 9)
    }

    @Test
    func aCleanStopLeavesASnapshotOfTheEnd() async throws {
        let table = try self.fixture.open(self.disk)
        for number in 0..<5 { _ = try await table.submit(.folder("Act \(number)")) }
        table.close()
        #expect(try self.store.list() == [4])
        let again = try self.fixture.open(self.disk)
        #expect(again.recovery.snapshotOffset == 4)
        #expect(again.recovery.replayedEvents == 0)
        again.close()
        #expect(try self.store.list() == [4], "nothing happened, so no other snapshot is needed")
    }

    @Test
    func aSnapshotAheadOfTheJournalIsTold() async throws {
        let table = try self.fixture.open(self.disk)
        for number in 0..<5 { _ = try await table.submit(.folder("Act \(number)")) }
        table.close()
        var ahead = try #require(try self.store.read(4))
        ahead.offset = 9
        try self.store.write(ahead)
        let again = try self.fixture.open(self.disk)
        #expect(again.recovery.snapshotAhead == 9)
        #expect(again.recovery.snapshotOffset == 4)
        again.close()
        try self.store.remove(9)
        let after = try self.fixture.open(self.disk)
        #expect(after.recovery.snapshotAhead == nil)
        after.close()
    }

    @Test
    func theSnapshotSaysTheDigestOfItsDocument() async throws {
        let table = try self.fixture.open(self.disk)
        try await self.play(table, seed: 9, count: 40)
        table.close()
        let file = try #require(try self.store.read(table.committed.offset))
        #expect(file.digest == DocumentDigest.compute(try JSONValue.parse(file.document)))
        #expect(file.digest == table.committed.digest())
        #expect(file.journal == table.identity.uuid)
    }

    @Test
    func aSnapshotOfAnotherHistoryIsNotUsed() async throws {
        let table = try self.fixture.open(self.disk)
        for number in 0..<5 { _ = try await table.submit(.folder("Act \(number)")) }
        table.close()
        var foreign = try #require(try self.store.read(4))
        foreign.chain = String(repeating: "0", count: 64)
        foreign.document = Array(TableDocument.emptyText.utf8)
        try self.store.write(foreign)
        let again = try self.fixture.open(self.disk)
        defer { again.close() }
        #expect(again.recovery.snapshotOffset == nil)
        #expect(again.committed.digest() == table.committed.digest())
    }

    @Test
    func aSnapshotThatCantBeReadIsReportedAndTheOlderOneUsed() async throws {
        let table = try self.fixture.open(self.disk)
        for number in 0..<5 { _ = try await table.submit(.folder("Act \(number)")) }
        table.close()
        let second = try self.fixture.open(self.disk)
        _ = try await second.submit(.folder("Act 5"))
        second.close()
        #expect(try self.store.list() == [4, 5])
        var broken = try #require(try self.store.read(5))
        broken.commands = Array("{}".utf8)
        try self.store.write(broken)
        let again = try self.fixture.open(self.disk)
        defer { again.close() }
        #expect(again.recovery.snapshotOffset == 4)
        #expect(again.sceneFolders.count == 6)
        #expect(self.fixture.notices.contains { if case .snapshotIgnored(5, _) = $0 { true } else { false } })
    }

    @Test
    func allAreKeptWhileTheyTakeLittleRoom() async throws {
        for number in 0..<8 {
            let table = try self.fixture.open(self.disk)
            _ = try await table.submit(.folder("Act \(number)"))
            table.close()
        }
        #expect(try self.store.list() == Array(0...7))
    }

    @Test
    func aSnapshotThatCantBeWrittenStopsNothing() async throws {
        let table = try self.fixture.open(self.disk)
        _ = try await table.submit(.folder("A"))
        self.disk.setCapacity(0)
        table.close()
        #expect(self.fixture.notices.contains { if case .snapshotFailed(0, _) = $0 { true } else { false } })
        self.disk.setCapacity(nil)
        let again = try self.fixture.open(self.disk.afterKill())
        defer { again.close() }
        #expect(again.sceneFolders == ["A"])
    }
}
