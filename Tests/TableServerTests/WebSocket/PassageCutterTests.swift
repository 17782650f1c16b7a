import JSONDocument
import Journal
import NIOCore
import Testing

@testable import Table
@testable import TableServer

@Suite struct PassageCutterTests {
    private static let chain = ChainDigest(journal: "00000000-0000-4000-8000-000000000000")

    private static func state(_ document: JSONValue, offset: Int64) -> CommittedState {
        CommittedState(
            document: document, offset: offset, chain: chain, time: JournalTime(milliseconds: 0),
            digests: DocumentDigest())
    }

    private static func event(
        _ offset: Int64, type: String = "live.changed", size: Int = 100, origin: UInt64? = nil, live: JSONValue? = nil,
        viewer: JSONValue? = nil
    ) -> BatchItem {
        .event(
            CommittedEvent(
                offset: offset, time: JournalTime(milliseconds: 0), type: type,
                line: [UInt8](repeating: 0x61, count: size), origin: origin.map { ConnectionID(rawValue: $0) },
                chain: chain, live: live, viewer: viewer, audio: nil, effect: nil))
    }

    private func cut(_ items: [BatchItem], newest: Int64) -> [Passage] {
        var cutter = PassageCutter(state: Self.state(TableDocument.empty, offset: -1))
        let batch = CommittedBatch(items: items, state: Self.state(TableDocument.empty, offset: newest))
        return cutter.cut(batch, at: .now())
    }

    @Test func `a small batch is one passage with its state`() {
        let passages = cut([Self.event(0), Self.event(1)], newest: 1)
        #expect(passages.map(\.offsetBefore) == [-1])
        #expect(passages.map(\.offsetAfter) == [1])
        #expect(passages[0].state?.offset == 1)
        #expect(passages[0].byteCount == 202)
    }

    @Test func `a large batch is cut, without a hole, and only its end has a state`() {
        let passages = cut((0..<10).map { Self.event($0, size: 30_000) }, newest: 9)
        #expect(passages.count == 5)
        #expect(passages.map(\.offsetBefore) == [-1, 1, 3, 5, 7])
        #expect(passages.map(\.offsetAfter) == [1, 3, 5, 7, 9])
        #expect(passages.map { $0.state == nil } == [true, true, true, true, false])
        #expect(passages.map(\.startByte) == [0, 60_002, 120_004, 180_006, 240_008])
    }

    @Test func `one line above the limit is a passage of its own`() {
        let passages = cut([Self.event(0), Self.event(1, size: 1 << 20), Self.event(2)], newest: 2)
        #expect(passages.map(\.offsetAfter) == [0, 1, 2])
    }

    @Test func `everybody but its sender is sent an effect`() throws {
        let effect = Effect(origin: ConnectionID(rawValue: 7), message: Array(#"{"type":"x"}"#.utf8))
        let passage = try #require(cut([Self.event(0), .effect(effect)], newest: 0).first)
        let forOther = try #require(passage.frame(for: ConnectionID(rawValue: 8)))
        let forSender = try #require(passage.frame(for: ConnectionID(rawValue: 7)))
        #expect(forOther.readableBytes > forSender.readableBytes)
        #expect(String(buffer: forOther).hasSuffix("\n" + #"{"type":"effect","message":{"type":"x"}}"#))
        #expect(!String(buffer: forSender).contains("effect"))
    }

    @Test func `a sender of nothing but its own effect is sent nothing`() {
        let id = ConnectionID(rawValue: 7)
        let passage = cut([.effect(Effect(origin: id, message: Array("{}".utf8)))], newest: -1)[0]
        #expect(passage.frame(for: id) == nil)
        #expect(passage.offsetAfter == -1)
    }

    @Test func `a scene is not for its sender, unless the merge made another one of it`() {
        let id = ConnectionID(rawValue: 7)
        let own = cut([Self.event(0, origin: 7, live: ["id": "a"])], newest: 0)[0]
        #expect(own.lastScene(for: id) == nil)
        #expect(own.lastScene(for: ConnectionID(rawValue: 8)) == 0)
        let merged = cut([Self.event(0, origin: 7, live: ["id": "a"]), .liveForOrigin(id, ["id": "a"])], newest: 0)[0]
        #expect(merged.lastScene(for: id) == 1)
        #expect(merged.lastScene(for: ConnectionID(rawValue: 8)) == 0)
    }

    @Test func `what a restore changes for viewers is told in the plain protocol's words`() throws {
        let viewer: JSONValue = ["blank": true, "rotated": false, "nightMode": ["enabled": false, "brightness": 1]]
        let passage = cut([Self.event(0, type: "table.restored", viewer: viewer)], newest: 0)[0]
        let event = try #require(passage.items[0].event)
        #expect(
            event.messages.map { String(buffer: $0.getSlice(at: 2, length: $0.readableBytes - 2) ?? $0) }
                == [#"{"type":"blank_viewer","isBlank":true}"#])
    }

    @Test func `a client that is catching up is sent the lines that it lacks, and no effects`() {
        let effect = Effect(origin: nil, message: Array("{}".utf8))
        let passage = cut([Self.event(0), .effect(effect), Self.event(1), Self.event(2)], newest: 2)[0]
        #expect(passage.lines(after: -1).count == 3)
        #expect(passage.lines(after: 1).count == 1)
        #expect(passage.lines(after: 2).isEmpty)
    }
}
