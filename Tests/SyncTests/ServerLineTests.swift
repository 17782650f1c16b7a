import JSONDocument
import Testing

@testable import Sync

@Suite struct ServerLineTests {
    static func text(_ line: [UInt8]) -> String { String(decoding: line, as: UTF8.self) }
    static let chain = "0123456789abcdef" + String(repeating: "f", count: 48)

    @Test func `hello says whether the client resumes, and why not`() {
        let resumed = ServerLine.hello(journal: "u-1", offset: 50, chain: Self.chain, answer: .resume(after: 41))
        #expect(
            Self.text(resumed)
                == #"{"type":"hello","journal":"u-1","offset":50,"chain":"0123456789abcdef","resumed":true}"#)
        let fresh = ServerLine.hello(journal: "u-1", offset: -1, chain: Self.chain, answer: .snapshot(.otherHistory))
        #expect(
            Self.text(fresh)
                == #"{"type":"hello","journal":"u-1","offset":-1,"chain":"0123456789abcdef","resumed":false,"#
                + #""reason":"other-history"}"#)
    }

    @Test func `a snapshot holds the document byte for byte`() {
        let document = [UInt8](#"{"live":{"n":1.0}}"#.utf8)
        let whole = ServerLine.snapshot(offset: 7, digest: "d1", document: document)
        #expect(
            Self.text(whole) == #"{"type":"snapshot","offset":7,"digest":"d1","document":{"live":{"n":1.0}}}"#)
        #expect(ServerLine.snapshotHead(offset: 7, digest: "d1") + document + ServerLine.snapshotTail == whole)
    }

    @Test func `positions are told with their digests`() {
        #expect(
            Self.text(ServerLine.live(offset: 9, chain: Self.chain, digest: "d2"))
                == #"{"type":"live","offset":9,"chain":"0123456789abcdef","digest":"d2"}"#)
        #expect(Self.text(ServerLine.behind(offset: 3)) == #"{"type":"behind","offset":3}"#)
        #expect(
            Self.text(ServerLine.pong(offset: 9, chain: Self.chain))
                == #"{"type":"pong","offset":9,"chain":"0123456789abcdef"}"#)
        #expect(
            Self.text(ServerLine.pong(offset: 9, chain: Self.chain, digest: "d3"))
                == #"{"type":"pong","offset":9,"chain":"0123456789abcdef","digest":"d3"}"#)
    }

    @Test func `an ack carries what REST would answer besides the message`() {
        #expect(Self.text(ServerLine.ack(id: "c", offset: 12)) == #"{"type":"ack","id":"c","offset":12}"#)
        #expect(
            Self.text(ServerLine.ack(id: "c", offset: 12, answer: .object([])))
                == #"{"type":"ack","id":"c","offset":12}"#)
        #expect(
            Self.text(ServerLine.ack(id: "c", offset: 12, answer: ["id": "s1"]))
                == #"{"type":"ack","id":"c","offset":12,"answer":{"id":"s1"}}"#)
    }

    @Test func `an error names its command where it is known`() {
        #expect(
            Self.text(ServerLine.error(id: "c", code: "conflict", message: "changed"))
                == #"{"type":"error","id":"c","code":"conflict","message":"changed"}"#)
        #expect(
            Self.text(ServerLine.error(.rateLimited, "slow down"))
                == #"{"type":"error","code":"rate-limited","message":"slow down"}"#)
    }

    @Test func `an effect carries the plain message under message`() {
        let plain = [UInt8](#"{"type":"highlight_marker","markerId":"x"}"#.utf8)
        #expect(
            Self.text(ServerLine.effect(message: plain))
                == #"{"type":"effect","message":{"type":"highlight_marker","markerId":"x"}}"#)
    }

    @Test func `an effect that a server sends can be sent back by a client`() {
        let plain = [UInt8](#"{"type":"highlight_marker","markerId":"x"}"#.utf8)
        let line = ClientLine.parse(ServerLine.effect(message: plain))
        #expect(line == .effect(["type": "highlight_marker", "markerId": "x"]))
    }

    @Test func `any text survives, and no line has a line feed inside`() throws {
        let nasty = "a\"b\\c\nd\u{0}e\u{2028}🐉"
        let lines = [
            ServerLine.hello(journal: nasty, offset: 1, chain: nasty, answer: .snapshot(reason: nasty)),
            ServerLine.live(offset: 1, chain: nasty, digest: nasty),
            ServerLine.ack(id: nasty, offset: 1, answer: ["x": .string(nasty)]),
            ServerLine.error(id: nasty, code: nasty, message: nasty),
            ServerLine.pong(offset: 1, chain: nasty, digest: nasty),
        ]
        for line in lines {
            #expect(!line.contains(0x0A))
            _ = try JSONValue.parse(line)
        }
        #expect(try JSONValue.parse(lines[3])["message"]?.stringValue == nasty)
    }

    @Test func `no type of the server's own lines holds a dot, so none is taken for an event`() throws {
        let lines = [
            ServerLine.hello(journal: "", offset: 0, chain: "", answer: .resume(after: 0)),
            ServerLine.snapshot(offset: 0, digest: "", document: [0x7B, 0x7D]),
            ServerLine.live(offset: 0, chain: "", digest: ""), ServerLine.behind(offset: 0),
            ServerLine.ack(id: "", offset: 0), ServerLine.error(.invalid, ""),
            ServerLine.effect(message: [0x7B, 0x7D]), ServerLine.pong(offset: 0, chain: ""),
        ]
        let types = try lines.map { try JSONValue.parse($0)["type"]?.stringValue }
        #expect(types == ["hello", "snapshot", "live", "behind", "ack", "error", "effect", "pong"])
    }
}
