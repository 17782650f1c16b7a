import JSONDocument
import Journal
import TestSupport
import Testing

@testable import Table

@Suite("Table: effects")
struct TableEffectTests {
    private let fixture = TableFixture()
    private let disk = SimulatedFileSystem()

    private func ripple(_ number: Int) -> Effect {
        Effect(origin: ConnectionID(rawValue: 7), message: Array(#"{"type":"ripple","n":\#(number)}"#.utf8))
    }

    /// `e0` for event 0, `{"type":"ripple","n":1}` for an effect.
    private func summary(_ items: [BatchItem]) -> [String] {
        items.map { item in
            switch item {
            case .event(let event): "e\(event.offset)"
            case .effect(let effect): String(decoding: effect.message, as: UTF8.self)
            case .liveForOrigin(let origin, _): "live for \(origin.rawValue)"
            }
        }
    }

    @Test
    func effectsKeepTheirPlaceBetweenTheEvents() throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let log = BatchLog()
        _ = log.attach(to: table)
        let last = WaitingAnswer()
        table.inOneBatch {
            table.submit(.folder("A")) { _ in }
            table.relay(self.ripple(1))
            table.submit(.missingScene) { _ in }
            table.relay(self.ripple(2))
            table.submit(.folder("B")) { last.set($0) }
        }
        #expect(last.wait().offset == 1)
        #expect(
            self.summary(log.items) == ["e0", #"{"type":"ripple","n":1}"#, #"{"type":"ripple","n":2}"#, "e1"])
    }

    @Test
    func effectsAloneMakeNoEvent() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let log = BatchLog()
        _ = log.attach(to: table)
        table.relay(self.ripple(1))
        _ = try await table.submit(.blank(false))
        #expect(self.summary(log.items) == [#"{"type":"ripple","n":1}"#])
        #expect(table.committed.offset == -1)
        #expect(table.statistics.commits == 0)
    }

    @Test
    func whatChangesNothingIsRelayedInstead() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let log = BatchLog()
        _ = log.attach(to: table)
        _ = try await table.submit(.blank(true, relay: "blank!"))
        _ = try await table.submit(.blank(true, relay: "blank!"))
        #expect(self.summary(log.items) == ["e0", "blank!"])
    }

    @Test
    func journaledEffectsAreEventsWithTheirMessage() async throws {
        let table = try self.fixture.open(self.disk, TableOptions(journalEffects: true))
        defer { table.close() }
        let log = BatchLog()
        _ = log.attach(to: table)
        _ = try await table.submit(.folder("A"))
        table.relay(self.ripple(1))
        _ = try await table.submit(.folder("B"))
        #expect(log.events.map(\.type) == ["scene-folder.created", "effect.relayed", "scene-folder.created"])
        #expect(log.events[1].effect == self.ripple(1))
        #expect(log.events[1].origin == ConnectionID(rawValue: 7))
        #expect(try table.document(at: 0) == table.document(at: 1))
    }
}
