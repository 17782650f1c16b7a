import JSONDocument
import Journal
import Synchronization
import TestSupport
import Testing

@testable import Table

@Suite("Table: commits")
struct TableCommitTests {
    private let fixture = TableFixture()
    private let disk = SimulatedFileSystem()

    @Test(arguments: UInt64(0)..<12)
    func anAnswerMeansOnDisk(seed: UInt64) async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        var newest: Int64 = -1
        for number in 0..<10 {
            let outcome = try await table.submit(.folder("Act \(number)"))
            newest = try #require(outcome.offset)
        }
        let after = try self.fixture.open(self.disk.crash(seed: seed))
        defer { after.close() }
        #expect(after.committed.offset == newest, "seed \(seed)")
        #expect(after.committed.digest() == table.committed.digest(), "seed \(seed)")
    }

    @Test
    func sinksAreToldOnlyWhatIsOnDisk() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let seen = Mutex<[(offset: Int64, disk: SimulatedFileSystem)]>([])
        let disk = self.disk
        _ = table.onCommit { batch in
            seen.withLock { $0.append((batch.state.offset, disk.crash(seed: UInt64($0.count)))) }
        }
        for number in 0..<8 { _ = try await table.submit(.folder("Act \(number)")) }
        let moments = seen.withLock { $0 }
        #expect(moments.count == 8)
        for moment in moments {
            let after = try self.fixture.open(moment.disk)
            #expect(after.committed.offset >= moment.offset)
            after.close()
        }
    }

    @Test
    func whatASinkIsToldCanBeRead() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let differences = Mutex(0)
        _ = table.onCommit { batch in
            if table.committed.offset != batch.state.offset { differences.withLock { $0 += 1 } }
            if table.committedLimit.newestOffset != batch.state.offset { differences.withLock { $0 += 1 } }
        }
        for number in 0..<5 { _ = try await table.submit(.folder("Act \(number)")) }
        #expect(differences.withLock { $0 } == 0)
    }

    @Test
    func aRefusedCommandDisturbsNoOther() throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let answers = table.submitAsOneBatch([
            .folder("A"), .missingScene, .folder("B"), .folder("A"), .folder("C"),
        ])
        #expect(answers.map(\.offset) == [0, nil, 1, nil, 2])
        #expect(answers.map(\.code) == [nil, .notFound, nil, .exists, nil])
        #expect(Set(table.sceneFolders) == ["A", "B", "C"])
    }

    @Test
    func whatGathersIsWrittenAtOnce() throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let answers = table.submitAsOneBatch((0..<100).map { .folder("Act \($0)") })
        #expect(answers.map(\.offset) == (0..<100).map { Int64($0) })
        #expect(table.statistics.commits == 1)
        #expect(table.statistics.events == 100)
    }

    @Test
    func aLotIsWrittenInSeveralCommits() throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let text = String(repeating: "x", count: 3 << 20)
        let answers = table.submitAsOneBatch(
            (0..<4).map { number in
                CommandRequest(.sceneSave(scene: ["name": .string("\(number)"), "text": .string(text)]), actor: "dm")
            } + [.folder("A"), .missingScene])
        #expect(answers.map(\.offset) == [0, 1, 2, 3, 4, nil])
        #expect(table.statistics.commits == 3)
    }

    @Test
    func linesAreThoseOfTheJournalAndCarryTheChain() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let log = BatchLog()
        let state = log.attach(to: table)
        for number in 0..<6 { _ = try await table.submit(.folder("Act \(number)")) }
        var chain = state.chain
        for event in log.events {
            chain.extend(line: event.line)
            #expect(event.chain == chain)
        }
        var lines: [[UInt8]] = []
        var cursor = table.reader.cursor(from: 0, through: table.committedLimit)
        while let chunk = try cursor.next() { lines += (0..<chunk.count).map { chunk.line($0) } }
        #expect(lines == log.events.map(\.line))
        #expect(table.committed.chain == chain)
    }

    @Test
    func aSinkContinuesFromTheStateItWasGiven() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let logs = (0..<20).map { _ in BatchLog() }
        let begins = try await withThrowingTaskGroup(of: Void.self, returning: [Int64].self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for number in 0..<40 { _ = try await table.submit(.folder("\(writer) \(number)")) }
                }
            }
            var begins: [Int64] = []
            for log in logs {
                begins.append(log.attach(to: table).offset)
                await Task.yield()
            }
            try await group.waitForAll()
            return begins
        }
        for (log, begin) in zip(logs, begins) {
            #expect(log.events.map(\.offset) == Array((begin + 1)..<160))
        }
    }

    @Test
    func eventsSayWhichViewsTheyChanged() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let log = BatchLog()
        _ = log.attach(to: table)
        let scene: JSONValue = ["id": "s1", "name": "Crypt"]
        _ = try await table.submit(.blank(true))
        _ = try await table.submit(CommandRequest(.liveScene(scene: scene, bases: []), actor: "dm"))
        _ = try await table.submit(.folder("Act 1"))
        let events = log.events
        #expect(events.map { $0.viewer != nil } == [true, false, false])
        #expect(events.map { $0.live != nil } == [false, true, false])
        #expect(events[0].viewer?["blank"] == true)
        #expect(events[1].live?["name"] == "Crypt")
        #expect(events.allSatisfy { $0.audio == nil })
    }

    @Test
    func aCommandThatChangesNothingMakesNoEvent() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let first = try await table.submit(.blank(true))
        let second = try await table.submit(.blank(true))
        #expect(first.offset == 0)
        #expect(second.offset == nil)
        #expect(table.committed.offset == 0)
    }

    @Test
    func afterClosingChangesAreRefusedAndReadsGoOn() async throws {
        let table = try self.fixture.open(self.disk)
        _ = try await table.submit(.folder("A"))
        table.close()
        table.close()
        let refused = await #expect(throws: CommandError.self) { try await table.submit(.folder("B")) }
        #expect(refused?.code == .readOnly)
        #expect(table.sceneFolders == ["A"])
        let again = try self.fixture.open(self.disk)
        defer { again.close() }
        #expect(again.sceneFolders == ["A"])
    }
}
