import Journal
import Synchronization
import TestSupport
import Testing

@testable import Table

@Suite("Table: what its meter is told")
struct TableMeterTests {
    private let fixture = TableFixture()
    private let disk = SimulatedFileSystem()

    /// A clock of nanoseconds that is moved by hand, and what the table has told.
    private final class Log: Sendable {
        let time = Atomic<UInt64>(1_000)
        private let kept = Mutex<[String]>([])

        var lines: [String] { self.kept.withLock { $0 } }

        func add(_ line: String) { self.kept.withLock { $0.append(line) } }

        var meter: TableMeter {
            TableMeter(
                now: { self.time.load(ordering: .relaxed) }, madeDurable: { self.add("durable after \($0)") })
        }
    }

    private func open(_ log: Log) throws -> Table {
        var configuration = self.fixture.configuration(self.disk)
        configuration.meter = log.meter
        return try Table.open(configuration)
    }

    @Test
    func eachCommandWithEventsCountsFromItsQueueingAndBeforeItsAnswer() throws {
        let log = Log()
        let table = try self.open(log)
        defer { table.close() }
        let last = WaitingAnswer()
        table.inOneBatch {
            table.submit(.folder("A")) { _ in log.add("A answered") }
            log.time.add(40, ordering: .relaxed)
            table.submit(.missingScene) { _ in log.add("refusal answered") }
            table.submit(.folder("B")) {
                log.add("B answered")
                last.set($0)
            }
            log.time.add(2, ordering: .relaxed)
        }
        #expect(last.wait().offset == 1)
        #expect(log.lines == ["durable after 42", "durable after 2", "A answered", "refusal answered", "B answered"])
    }

    @Test
    func whatChangesNothingOrIsNotOnDiskIsNotCounted() async throws {
        let log = Log()
        let table = try self.open(log)
        defer { table.close() }
        _ = try await table.submit(.folder("A", id: "c1", digest: "d"))
        _ = try await table.submit(.folder("A", id: "c1", digest: "d"))
        _ = try await table.submit(.blank(false))
        self.disk.setCapacity(0)
        await #expect(throws: CommandError.self) { try await table.submit(.folder("B")) }
        #expect(log.lines == ["durable after 0"])
    }
}
