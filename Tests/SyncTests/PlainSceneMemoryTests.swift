import JSONDocument
import Testing

@testable import Sync

@Suite struct PlainSceneMemoryTests {
    /// A page is settled one second after its pong.
    static let limits = PlainSceneMemory.Limits(versionCount: 4, byteCount: 1_000, pageLag: 1_000)

    static func scene(_ name: String) -> JSONValue { ["id": "s", "name": .string(name)] }

    static func names(_ bases: [PlainSceneMemory.Candidate]) -> [String] {
        bases.compactMap { $0.scene["name"]?.stringValue }
    }

    @Test func `a client that has seen nothing has no base`() {
        var memory = PlainSceneMemory(limits: Self.limits)
        #expect(memory.bases().isEmpty)
        #expect(memory.received(Self.scene("a"), byteCount: 10, now: 0).isEmpty)
    }

    @Test func `its own last scene and what was sent to it are bases, the newest first`() {
        var memory = PlainSceneMemory(limits: Self.limits)
        memory.sent(Self.scene("joined"), byteCount: 10, now: 0)
        #expect(Self.names(memory.received(Self.scene("own 1"), byteCount: 10, now: 10)) == ["joined"])
        #expect(Self.names(memory.received(Self.scene("own 2"), byteCount: 10, now: 20)) == ["own 1", "joined"])
        memory.sent(Self.scene("other"), byteCount: 10, now: 30)
        #expect(Self.names(memory.bases()) == ["other", "own 2", "joined"])
    }

    @Test func `a version that has settled replaces all before it`() {
        var memory = PlainSceneMemory(limits: Self.limits)
        memory.sent(Self.scene("1"), byteCount: 10, now: 0)
        _ = memory.received(Self.scene("own"), byteCount: 10, now: 1)
        memory.sent(Self.scene("2"), byteCount: 10, now: 2)
        memory.pingSent(1)
        memory.sent(Self.scene("3"), byteCount: 10, now: 4)
        memory.pongReceived(1, now: 100)
        #expect(Self.names(memory.bases()) == ["3", "2", "own", "1"], "the page may not have looked at it yet")
        memory.sent(Self.scene("4"), byteCount: 10, now: 1_100)
        #expect(Self.names(memory.bases()) == ["4", "3", "2"])
    }

    @Test func `a scene made on a settled version replaces it`() {
        // A user who drags a token away and back makes the scene that he began with. Were that still a base, nothing would
        // have changed against it, and the token would stay away.
        var memory = PlainSceneMemory(limits: Self.limits)
        memory.sent(Self.scene("joined"), byteCount: 10, now: 0)
        memory.pingSent(1)
        memory.pongReceived(1, now: 50)
        #expect(Self.names(memory.received(Self.scene("away"), byteCount: 10, now: 2_000)) == ["joined"])
        #expect(Self.names(memory.received(Self.scene("joined"), byteCount: 10, now: 2_050)) == ["away"])
    }

    @Test func `a scene made of a version shows that the page had it, settled or not`() throws {
        var memory = PlainSceneMemory(limits: Self.limits)
        memory.sent(Self.scene("1"), byteCount: 10, now: 0)
        memory.sent(Self.scene("2"), byteCount: 10, now: 1)
        memory.sent(Self.scene("3"), byteCount: 10, now: 2)
        let bases = memory.received(Self.scene("away"), byteCount: 10, now: 3)
        memory.wasMade(of: try #require(bases.dropFirst().first).id)
        #expect(Self.names(memory.bases()) == ["away", "3"], "3 may be under way still; 1 and 2 were on the screen")
    }

    @Test func `a scene made of the client's own last one shows nothing of what is under way`() throws {
        var memory = PlainSceneMemory(limits: Self.limits)
        memory.sent(Self.scene("crossing"), byteCount: 10, now: 0)
        _ = memory.received(Self.scene("own 1"), byteCount: 10, now: 1)
        let bases = memory.received(Self.scene("own 2"), byteCount: 10, now: 2)
        memory.wasMade(of: try #require(bases.first).id)
        memory.wasMade(of: 99)
        #expect(Self.names(memory.bases()) == ["own 2", "crossing"])
    }

    @Test func `a version that may have crossed the client's own scene stays a base`() {
        var memory = PlainSceneMemory(limits: Self.limits)
        memory.sent(Self.scene("crossing"), byteCount: 10, now: 0)
        memory.pingSent(1)
        _ = memory.received(Self.scene("own 1"), byteCount: 10, now: 10)
        memory.pongReceived(1, now: 20)
        let bases = memory.received(Self.scene("own 2"), byteCount: 10, now: 30)
        #expect(Self.names(bases) == ["own 1", "crossing"])
        // Settled by now, and made after it had settled: gone with the next.
        _ = memory.received(Self.scene("own 3"), byteCount: 10, now: 2_000)
        #expect(Self.names(memory.bases()) == ["own 3"])
    }

    @Test func `one pong answers for all pings before it, an unknown one for none`() {
        var memory = PlainSceneMemory(limits: Self.limits)
        memory.sent(Self.scene("1"), byteCount: 10, now: 0)
        memory.pingSent(1)
        memory.sent(Self.scene("2"), byteCount: 10, now: 1)
        memory.pingSent(2)
        memory.pongReceived(9, now: 2)
        memory.sent(Self.scene("3"), byteCount: 10, now: 5_000)
        #expect(Self.names(memory.bases()) == ["3", "2", "1"])
        memory.pongReceived(2, now: 5_000)
        memory.pongReceived(1, now: 5_001)
        memory.sent(Self.scene("4"), byteCount: 10, now: 7_000)
        #expect(Self.names(memory.bases()) == ["4", "3", "2"])
    }

    @Test func `number and bytes are bounded, and the newest and the own scene stay`() {
        var memory = PlainSceneMemory(limits: Self.limits)
        _ = memory.received(Self.scene("own"), byteCount: 10, now: 0)
        for index in 1...10 { memory.sent(Self.scene("v\(index)"), byteCount: 10, now: 0) }
        #expect(Self.names(memory.bases()) == ["v10", "v9", "v8", "own"])
        memory.sent(Self.scene("large"), byteCount: 5_000, now: 0)
        #expect(Self.names(memory.bases()) == ["large", "own"])
        _ = memory.received(Self.scene("own 2"), byteCount: 5_000, now: 0)
        #expect(Self.names(memory.bases()) == ["own 2"])
    }

    @Test func `a ping goes with every scene to a client that sends, and a viewer is left in peace`() {
        var memory = PlainSceneMemory(limits: Self.limits)
        memory.sent(Self.scene("1"), byteCount: 10, now: 0)
        #expect(!memory.wantsPing)
        _ = memory.received(Self.scene("own"), byteCount: 10, now: 1)
        #expect(memory.wantsPing)
        memory.pingSent(1)
        #expect(!memory.wantsPing)
        memory.sent(Self.scene("2"), byteCount: 10, now: 2)
        #expect(memory.wantsPing)
    }

    @Test func `a client isn't sent its own scene where it had seen all that was sent to it`() {
        var memory = PlainSceneMemory(limits: Self.limits)
        memory.sent(Self.scene("joined"), byteCount: 10, now: 0)
        _ = memory.received(Self.scene("own 1"), byteCount: 10, now: 1)
        #expect(!memory.owesOwnScene)
        memory.sent(Self.scene("other"), byteCount: 10, now: 2)
        memory.pingSent(1)
        memory.pongReceived(1, now: 3)
        _ = memory.received(Self.scene("own 2"), byteCount: 10, now: 4)
        #expect(!memory.owesOwnScene)
    }

    @Test func `a client is sent its own scene where another one may have crossed it`() {
        var memory = PlainSceneMemory(limits: Self.limits)
        _ = memory.received(Self.scene("own 1"), byteCount: 10, now: 0)
        memory.sent(Self.scene("crossing"), byteCount: 10, now: 1)
        memory.pingSent(1)
        _ = memory.received(Self.scene("own 2"), byteCount: 10, now: 2)
        memory.pongReceived(1, now: 3)
        #expect(memory.owesOwnScene)
        memory.sent(Self.scene("own 2"), byteCount: 10, now: 4)
        memory.pingSent(2)
        memory.pongReceived(2, now: 5)
        _ = memory.received(Self.scene("own 3"), byteCount: 10, now: 6)
        #expect(!memory.owesOwnScene)
        memory.sent(Self.scene("before own 3 was committed"), byteCount: 10, now: 7)
        #expect(memory.owesOwnScene)
    }
}
