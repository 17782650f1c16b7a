import Glibc
import JSONDocument
import Journal
import TestSupport
import Testing

@testable import Table

@Suite("Table: failing disks")
struct TableFailureTests {
    private let fixture = TableFixture()
    private let disk = SimulatedFileSystem()

    private func submit(_ request: CommandRequest, to table: Table) async -> Result<CommandOutcome, CommandError> {
        do throws(CommandError) {
            return .success(try await table.submit(request))
        } catch {
            return .failure(error)
        }
    }

    @Test
    func aFullDiskRefusesAndTheTableGoesOn() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        _ = try await table.submit(.folder("A"))
        self.disk.setCapacity(0)
        #expect(await self.submit(.folder("B"), to: table).code == CommandError.storageFull.code)
        #expect(table.sceneFolders == ["A"])
        #expect(table.writability == .writable)
        self.disk.setCapacity(nil)
        #expect(await self.submit(.folder("B"), to: table).offset == 1)
        #expect(table.statistics.failedCommits == 1)
        let after = try self.fixture.open(self.disk.crash(seed: 1))
        defer { after.close() }
        #expect(after.sceneFolders == ["A", "B"])
    }

    @Test
    func whatRestsOnAnEventThatWasNotWrittenIsNotAnswered() throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let log = BatchLog()
        _ = log.attach(to: table)
        let answers = (0..<5).map { _ in WaitingAnswer() }
        table.inOneBatch {
            self.disk.setCapacity(0)
            table.submit(.missingScene) { answers[0].set($0) }
            table.submit(.blank(true)) { answers[1].set($0) }
            table.submit(.blank(true, relay: "blank!")) { answers[2].set($0) }
            table.submit(.missingScene) { answers[3].set($0) }
            table.relay(Effect(origin: nil, message: Array("ripple".utf8)))
            table.submit(.folder("A", id: "c1")) { answers[4].set($0) }
        }
        // The first was decided against what is on disk; all others after an event that isn't.
        #expect(
            answers.map { $0.wait().code } == [.notFound] + Array(repeating: CommandError.storageFull.code, count: 4))
        let relayed = log.items.map { item in
            if case .effect(let effect) = item { String(decoding: effect.message, as: UTF8.self) } else { "?" }
        }
        #expect(relayed == ["ripple"])
        self.disk.setCapacity(nil)
        let again = table.submitAsOneBatch([.folder("A", id: "c1")])
        #expect(again.map(\.offset) == [0])
    }

    @Test
    func afterAFailedSyncTheOutcomeIsUnknownAndWritingStops() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        _ = try await table.submit(.folder("A"))
        self.disk.fail(.sync, code: EIO)
        #expect(await self.submit(.folder("B"), to: table).code == .outcomeUnknown)
        let refused = await self.submit(.folder("C"), to: table)
        #expect(refused.code == .readOnly)
        #expect(await self.submit(.folder("D"), to: table).code == .readOnly)
        guard case .readOnly(let reason) = table.writability else {
            Issue.record("the table says that it can be written")
            return
        }
        #expect(reason.contains("restart"))
        #expect(table.sceneFolders == ["A"])
        #expect(try table.document(at: -1) == TableDocument.empty)
        #expect(self.fixture.notices.contains { if case .writingStopped = $0 { true } else { false } })
    }

    @Test(arguments: UInt64(0)..<8)
    func afterAFailedSyncARestartFindsWhatWasAcknowledged(seed: UInt64) async throws {
        let table = try self.fixture.open(self.disk)
        for number in 0..<5 { _ = try await table.submit(.folder("Act \(number)")) }
        self.disk.fail(.sync, code: EIO)
        #expect(await self.submit(.folder("lost?"), to: table).code == .outcomeUnknown)
        let after = try self.fixture.open(self.disk.crash(seed: seed))
        table.close()
        defer { after.close() }
        #expect(after.committed.offset >= 4, "seed \(seed)")
        #expect(after.sceneFolders.prefix(5) == ["Act 0", "Act 1", "Act 2", "Act 3", "Act 4"], "seed \(seed)")
        _ = try await after.submit(.folder("more"))
    }

    @Test
    func anEventThatDoesNotFitIsNamedAndTheLockGivenBack() throws {
        let configuration = self.fixture.configuration(self.disk)
        func writer() throws -> JournalWriter {
            try JournalWriter.open(
                folder: TableFixture.folder, fileSystem: self.disk, clock: configuration.clock,
                identity: configuration.makeUUID)
        }
        let first = try writer()
        let patch = Array(#"[{"op":"remove","path":"/nowhere"}]"#.utf8)
        _ = try first.commit([[EventDraft(type: "test.done", data: Array("{}".utf8), patch: patch)]])
        try first.close()
        let error = #expect(throws: TableError.self) { try self.fixture.open(self.disk) }
        guard case .badEvent(offset: 0, _) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        try writer().close()
    }

    @Test
    func effectsPassWhenNothingCanBeWritten() async throws {
        let table = try self.fixture.open(self.disk, TableOptions(journalEffects: true))
        defer { table.close() }
        let log = BatchLog()
        _ = log.attach(to: table)
        self.disk.fail(.sync, code: EIO)
        #expect(await self.submit(.folder("B"), to: table).code == .outcomeUnknown)
        table.relay(Effect(origin: nil, message: Array(#"{"type":"ripple"}"#.utf8)))
        #expect(await self.submit(.folder("C"), to: table).code == .readOnly)
        #expect(log.items.count == 1)
    }

    @Test(arguments: UInt64(0)..<30)
    func powerLossAtAnyWriteKeepsWhatWasAcknowledged(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let options = TableOptions(
            journal: JournalOptions(frameByteCount: 2000, segmentByteCount: 4000), snapshotEveryEvents: 7)
        let table = try self.fixture.open(self.disk, options)
        self.disk.switchOff(afterChanges: Int.random(in: 0..<120, using: &generator))
        var acknowledged: Int64 = -1
        for number in 0..<60 {
            let answer = await self.submit(.folder("Act \(number)", id: "c\(number)"), to: table)
            guard let offset = answer.offset else { break }
            acknowledged = offset
        }
        let after = try self.fixture.open(self.disk.crash(seed: seed), options)
        table.close()
        defer { after.close() }
        #expect(after.committed.offset >= acknowledged, "seed \(seed)")
        let expected = (0...max(0, after.committed.offset)).map { "Act \($0)" }
        #expect(after.sceneFolders == (after.committed.offset < 0 ? [] : expected), "seed \(seed)")
        for offset in stride(from: Int64(0), through: acknowledged, by: 5) {
            let repeated = try await after.submit(.folder("Act \(offset)", id: "c\(offset)"))
            #expect(repeated.repeated && repeated.offset == offset, "seed \(seed)")
        }
    }
}
