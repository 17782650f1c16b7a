import JSONDocument
import Journal
import NIOCore
import Testing

@testable import Table
@testable import TableServer

@Suite struct PassageBundleTests {
    private static let chain = ChainDigest(journal: "00000000-0000-4000-8000-000000000000")

    private static func state(offset: Int64) -> CommittedState {
        CommittedState(
            document: TableDocument.empty, offset: offset, chain: chain, time: JournalTime(milliseconds: 0),
            digests: DocumentDigest())
    }

    private static func event(
        _ offset: Int64, size: Int = 20, origin: UInt64? = nil, live: JSONValue? = nil, viewer: JSONValue? = nil,
        audio: JSONValue? = nil
    ) -> BatchItem {
        .event(
            CommittedEvent(
                offset: offset, time: JournalTime(milliseconds: 0), type: "live.changed",
                line: [UInt8](repeating: UInt8(ascii: "a") + UInt8(offset), count: size),
                origin: origin.map { ConnectionID(rawValue: $0) }, chain: chain, live: live, viewer: viewer,
                audio: audio, effect: nil))
    }

    /// The passages of batches that were committed one after the other, and their bundle.
    private func bundle(_ batches: [[BatchItem]], first: UInt64 = 5) throws -> (PassageBundle, [Passage]) {
        var cutter = PassageCutter(state: Self.state(offset: -1))
        var newest: Int64 = -1
        let passages = batches.flatMap { items -> [Passage] in
            for case .event(let event) in items { newest = event.offset }
            return cutter.cut(CommittedBatch(items: items, state: Self.state(offset: newest)), at: .now())
        }
        return (try #require(PassageBundle(passages, first: first)), passages)
    }

    private func bytes(_ message: PassageBundle.Message) -> ByteBuffer? {
        if case .shared(let bytes) = message { bytes } else { nil }
    }

    @Test func `nothing makes no bundle`() {
        #expect(PassageBundle([], first: 0) == nil)
    }

    @Test func `it ends where its last passage ends`() throws {
        let (bundle, passages) = try bundle([[Self.event(0)], [Self.event(1), Self.event(2)]])
        #expect(bundle.first == 5)
        #expect(bundle.end == 7)
        #expect(bundle.offsetAfter == 2)
        #expect(bundle.endByte == 63)
        #expect(bundle.arrival == passages[0].arrival)
    }

    @Test func `event clients are sent all lines in order in one message`() throws {
        let (bundle, passages) = try bundle([
            [Self.event(0, size: 2)], [Self.event(1, size: 3), Self.event(2, size: 1)],
        ])
        let message = try #require(bytes(bundle.eventMessage))
        #expect(message == ServerFrame.text([UInt8]("aa\nbbb\nc".utf8)))
        #expect(message == ServerFrame.text(lines: passages.flatMap { $0.lines(after: -1) }))
    }

    @Test func `the message of a single passage is the one that all loops share`() throws {
        let (bundle, passages) = try bundle([[Self.event(0), Self.event(1)]])
        let message = try #require(bytes(bundle.eventMessage))
        #expect(message == passages[0].frame(for: ConnectionID(rawValue: 1)))
    }

    @Test func `what one message should not hold goes passage by passage`() throws {
        let (bundle, _) = try bundle([[Self.event(0, size: 40_000)], [Self.event(1, size: 40_000)]])
        guard case .tooLarge = bundle.eventMessage else {
            Issue.record("80 kB in one message")
            return
        }
        let (large, _) = try self.bundle([[Self.event(0, size: 1 << 20)]])
        #expect(bytes(large.eventMessage)?.readableBytes == 1 << 20 + 10)
    }

    @Test func `plain clients are sent their messages behind each other`() throws {
        let blank: JSONValue = ["blank": true, "rotated": false, "nightMode": ["enabled": false, "brightness": 1]]
        let (bundle, passages) = try bundle([
            [Self.event(0, live: ["id": "a"])], [Self.event(1, viewer: blank)], [Self.event(2, live: ["id": "b"])],
        ])
        let frames = passages.flatMap(\.plainFrames)
        #expect(frames.count == 3)
        var expected = ByteBuffer()
        for frame in frames { expected.writeImmutableBuffer(frame) }
        #expect(bytes(bundle.plainMessages) == expected)
        #expect(String(buffer: expected).contains(#"{"id":"b"}"#))
        #expect(bundle.viewer == blank)
        #expect(bundle.audio == nil)
        #expect(bundle.sceneByteCount == frames[2].readableBytes)
    }

    @Test func `what means nothing to plain clients is no message`() throws {
        let (bundle, _) = try bundle([[Self.event(0, audio: ["music": .null])]])
        #expect(bundle.audio == ["music": .null])
        let (silent, _) = try self.bundle([[Self.event(0)]])
        guard case .none = silent.plainMessages else {
            Issue.record("a message without a reason")
            return
        }
        #expect(silent.sceneByteCount == nil)
    }

    @Test func `whoever has a part in it is not served from it`() throws {
        let effect = Effect(origin: ConnectionID(rawValue: 8), message: Array("{}".utf8))
        let (bundle, _) = try bundle([
            [Self.event(0, origin: 7)], [.effect(effect)], [.liveForOrigin(ConnectionID(rawValue: 9), ["id": "a"])],
        ])
        #expect([7, 8, 9].allSatisfy { bundle.involves(ConnectionID(rawValue: $0)) })
        #expect(!bundle.involves(ConnectionID(rawValue: 10)))
    }
}
