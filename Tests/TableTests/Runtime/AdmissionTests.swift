import Dispatch
import JSONDocument
import Journal
import TestSupport
import Testing

@testable import Table

@Suite("Table: admission")
struct AdmissionTests {
    private let fixture = TableFixture()

    @Test
    func whoCantWaitIsToldThatTheTableIsBusy() throws {
        let table = try self.fixture.open(SimulatedFileSystem(), TableOptions(queueLimit: 4))
        defer { table.close() }
        let answers = (0..<6).map { _ in WaitingAnswer() }
        table.inOneBatch {
            // The command that holds the writer has been answered, so its place is free again.
            for (number, answer) in answers.enumerated() { table.submit(.folder("\(number)")) { answer.set($0) } }
        }
        let codes = answers.map { $0.wait().code }
        #expect(codes == [nil, nil, nil, nil, CommandError.busy.code, CommandError.busy.code])
        #expect(table.pendingCommandCount == 0)
    }

    @Test
    func busyIsARefusalOfItsOwnThatPasses() {
        #expect(CommandError.busy.code == .busy)
        #expect(CommandError.busy.code.httpStatus == 503)
        #expect(CommandError.busy.isOfTheTable)
        #expect(CommandError.busy.retryAfterSeconds == 1)
        #expect(CommandError.closing.retryAfterSeconds == 5)
        #expect(CommandError.writingStopped.retryAfterSeconds == nil)
        #expect(CommandError.storageFull.retryAfterSeconds == nil)
    }

    @Test
    func whoCanWaitGetsItsTurn() async throws {
        let table = try self.fixture.open(SimulatedFileSystem(), TableOptions(queueLimit: 3))
        defer { table.close() }
        let offsets = try await withThrowingTaskGroup(of: Int64?.self) { group in
            for number in 0..<200 { group.addTask { try await table.submit(.folder("\(number)")).offset } }
            return try await group.reduce(into: Set<Int64?>()) { $0.insert($1) }
        }
        #expect(offsets.count == 200)
        #expect(table.committed.offset == 199)
    }

    @Test
    func placesAreGivenInTheOrderOfWaiting() async {
        let gate = AdmissionGate(limit: 1)
        #expect(gate.tryEnter())
        #expect(!gate.tryEnter())
        async let waiting: Void = gate.enter()
        gate.leave()
        await waiting
        #expect(gate.admitted == 1)
        gate.leave()
        #expect(gate.admitted == 0)
        #expect(gate.tryEnter())
    }
}
