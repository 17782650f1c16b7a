import Dispatch
import JSONDocument
import Journal
import Synchronization
import TestSupport
import Testing

@testable import Table

@Suite("Table: snapshots are compared with the events")
struct SnapshotCheckTests {
    private let fixture = TableFixture()
    private let disk = SimulatedFileSystem()
    private let counts = Counts()

    private var store: SnapshotStore { SnapshotStore(folder: TableFixture.folder, fileSystem: self.disk) }

    /// A closed table with snapshots after events 2, 5 and 8.
    private func played() async throws {
        for round in 0..<3 {
            let table = try self.fixture.open(self.disk)
            for number in 0..<3 {
                _ = try await table.submit(.folder("Act \(round) \(number)", id: "\(round)-\(number)"))
            }
            table.close()
        }
        #expect(try self.store.list() == [2, 5, 8])
    }

    private func check(startedFrom: Int64? = nil, newest: Int64 = 8) throws -> SnapshotCheck {
        SnapshotCheck(
            store: self.store, reader: try JournalReader(folder: TableFixture.folder, fileSystem: self.disk),
            limit: CommittedLimit(newestOffset: newest), startedFrom: startedFrom,
            configuration: self.fixture.configuration(self.disk),
            count: { body in self.counts.value.withLock { body(&$0) } })
    }

    /// Gives a snapshot another document; its checksum, its chain and its own digest hold.
    private func plant(at offset: Int64) throws {
        var file = try #require(try self.store.read(offset))
        var document = try JSONValue.parse(file.document)
        try document.apply(
            try JSONPatch(try JSONValue.parse(text: #"[{"op":"add","path":"/sceneFolders/planted","value":{}}]"#)))
        file.document = document.serialized()
        file.digest = DocumentDigest.compute(document)
        try self.store.write(file)
    }

    private var wrong: [Int64] {
        self.fixture.notices.compactMap { if case .snapshotWrong(let offset, _, _, _) = $0 { offset } else { nil } }
    }

    private var checked: [Int64] {
        self.fixture.notices.compactMap { if case .snapshotChecked(let offset) = $0 { offset } else { nil } }
    }

    @Test
    func goodSnapshotsAreLookedAtInTurnAndStay() async throws {
        try await self.played()
        let check = try self.check()
        for _ in 0..<3 { check.run() }
        #expect(self.checked == [5, 8, 5])
        #expect(self.wrong.isEmpty)
        #expect(self.counts.value.withLock { $0.snapshotChecks } == 3)
    }

    @Test(arguments: [Int64(2), 5, 8])
    func aWrongDocumentIsSetAsideReportedAndMadeAnew(offset: Int64) async throws {
        try await self.played()
        let good = try #require(try self.store.read(offset))
        try self.plant(at: offset)
        let planted = try #require(try self.store.read(offset))
        let check = try self.check()
        for _ in 0..<2 { check.run() }
        #expect(self.wrong == [offset])
        #expect(self.counts.value.withLock { $0.snapshotsSetAside } == 1)
        let rebuilt = try #require(try self.store.read(offset))
        #expect(rebuilt.digest == good.digest)
        #expect(rebuilt.document == good.document)
        #expect(rebuilt.chain == good.chain)
        #expect(rebuilt.commands == good.commands)
        #expect(rebuilt.changed == good.changed)
        #expect(try self.store.list() == [2, 5, 8])
        let kept = self.disk.paths.filter { $0.hasSuffix(".wrong") }
        #expect(kept.count == 1)
        let bytes = try #require(kept.first.flatMap { self.disk.bytes(of: $0) })
        #expect(SnapshotFile(packed: bytes) == planted)
    }

    @Test
    func oneThatCantBeReadOrHasAnotherChainIsMadeAnewToo() async throws {
        try await self.played()
        self.disk.put(
            Array("nothing".utf8), at: TableFixture.folder + "/snapshots/" + JournalFolder.snapshotName(offset: 5))
        var file = try #require(try self.store.read(8))
        file.chain = String(repeating: "0", count: 64)
        try self.store.write(file)
        try self.check().run()
        #expect(self.wrong == [5, 8])
        #expect(try self.store.read(5) != nil && self.store.read(8)?.chain != file.chain)
    }

    @Test
    func oneOfAnEventThatTheJournalLacksGoes() async throws {
        try await self.played()
        var file = try #require(try self.store.read(8))
        file.offset = 100
        try self.store.write(file)
        let check = try self.check()
        for _ in 0..<3 { check.run() }
        #expect(self.wrong == [100])
        #expect(try self.store.list() == [2, 5, 8])
    }

    @Test
    func whoServesAWrongDocumentIsTold() async throws {
        try await self.played()
        try self.plant(at: 8)
        try self.check(startedFrom: 8).run()
        try self.check(startedFrom: 8).run()
        let texts = self.fixture.notices.map { "\($0)" }.filter { $0.contains("WRONG") }
        let check = try self.check(startedFrom: 8)
        for _ in 0..<2 { check.run() }
        let all = texts + self.fixture.notices.map { "\($0)" }.filter { $0.contains("WRONG") }
        #expect(all.contains { $0.contains("offset 8") && $0.contains("restart the server") })
    }

    @Test
    func aStoppedCheckChangesNothing() async throws {
        try await self.played()
        try self.plant(at: 5)
        let check = try self.check()
        check.stop()
        check.run()
        #expect(self.wrong.isEmpty && self.checked.isEmpty)
    }

    @Test
    func aRunningTableChecksWhenItIsTimeAndNotBefore() async throws {
        try await self.played()
        try self.plant(at: 5)
        let isFound = DispatchSemaphore(value: 0)
        let counts = Counts()
        var configuration = self.fixture.configuration(self.disk, TableOptions(snapshotCheckMilliseconds: 1000))
        configuration.observer = { notice in
            if case .snapshotWrong(5, _, _, _) = notice { isFound.signal() }
            if case .snapshotChecked = notice { counts.value.withLock { $0.snapshotChecks += 1 } }
        }
        let table = try Table.open(configuration)
        _ = try await table.submit(.folder("meanwhile"))
        #expect(counts.value.withLock { $0.snapshotChecks } == 0, "the clock stands still")
        self.fixture.clock.advance(milliseconds: 1000)
        isFound.wait()
        table.close()
        #expect(table.statistics.snapshotsSetAside == 1)
    }
}

/// Counts that closures share.
private final class Counts: Sendable {
    let value = Mutex(TableStatistics())
}
