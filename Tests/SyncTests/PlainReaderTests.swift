import JSONDocument
import TestSupport
import Testing

@testable import Sync

/// A reader that knows the client's last scene reads the same out of every message as one that knows nothing.
@Suite struct PlainReaderTests {
    private static func message(_ x: Int, name: String = "Crypt", spaced: Bool = false) -> [UInt8] {
        let tokens = (0..<8).map { #"{"id":"t\#($0)","data":{"position":{"x":\#($0 == 3 ? x : $0),"y":2}}}"# }
        let text =
            #"{"type":"scene_update","scene":{"id":"s","name":"\#(name)","maps":[\#(tokens.joined(separator: ","))],"#
            + #""gridSettings":{"showGrid":true},"_lastUpdated":\#(1000 + x)}}"#
        return Array((spaced ? text.replacing(",", with: ", ") : text).utf8)
    }

    private static func scene(_ message: PlainMessage) throws -> JSONValue {
        var found: JSONValue?
        if case .sceneUpdate(let scene) = message { found = scene }
        return try #require(found, "\(message)")
    }

    private static let others = [
        #"{"type":"ping"}"#, #"{"type":"blank_viewer"}"#, "not JSON", #"{"type":"scene_update","scene":7}"#,
        #"{"type":"scene_event","eventType":"ripple_effect","x":1,"y":2}"#, #"{"type":"scene_update"}"#,
    ].map { Array($0.utf8) }

    @Test(arguments: [false, true])
    func `every message is read as it stands, whatever came before it`(spaced: Bool) throws {
        var random = SeededGenerator(seed: 11)
        var reader = PlainReader()
        for step in 0..<300 {
            let bytes =
                random.chance(percent: 20)
                ? Self.others[Int.random(in: Self.others.indices, using: &random)]
                : Self.message(step % 37, name: random.chance(percent: 10) ? "Hall" : "Crypt", spaced: spaced)
            let (message, expected) = (reader.read(bytes), PlainMessage.parse(bytes))
            #expect(message == expected, "step \(step)")
            if case .sceneUpdate(let scene) = message, case .sceneUpdate(let other) = expected {
                #expect(scene.text == other.text, "step \(step)")
            }
        }
    }

    @Test func `a scene shares what did not change with the one before, also across other messages`() throws {
        var reader = PlainReader()
        let first = try Self.scene(reader.read(Self.message(1)))
        for text in [#"{"type":"ping"}"#, #"{"type":"blank_viewer"}"#, "not JSON"] {
            _ = reader.read(Array(text.utf8))
        }
        let second = try Self.scene(reader.read(Self.message(2)))
        #expect(try #require(first["gridSettings"]).sharesStorage(with: try #require(second["gridSettings"])))
        for index in 0..<8 {
            let (before, after) = (try #require(first["maps"]?[index]), try #require(second["maps"]?[index]))
            #expect(before.sharesStorage(with: after) == (index != 3), "token \(index)")
        }
    }

    @Test func `a client's first scene shares with the one on the table, and so do those that follow`() throws {
        let present = try Self.scene(PlainMessage.parse(Self.message(1)))
        var reader = PlainReader()
        for x in [2, 3] {
            let message = Self.message(x)
            let scene = try Self.scene(reader.read(message, present: present))
            #expect(try scene.text == Self.scene(PlainMessage.parse(message)).text)
            for index in 0..<8 {
                let (before, after) = (try #require(present["maps"]?[index]), try #require(scene["maps"]?[index]))
                #expect(before.sharesStorage(with: after) == (index != 3), "token \(index)")
            }
        }
    }

    @Test func `a message too long to be remembered is read whole`() throws {
        var reader = PlainReader()
        let name = String(repeating: "x", count: 1 << 18)
        for x in 1...3 {
            let scene = try Self.scene(reader.read(Self.message(x, name: name)))
            #expect(scene["_lastUpdated"] == .number(1000 + x))
        }
        let short = try Self.scene(reader.read(Self.message(4)))
        #expect(short["_lastUpdated"] == 1004)
    }
}
