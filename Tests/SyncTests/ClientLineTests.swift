import JSONDocument
import Testing

@testable import Sync

@Suite struct ClientLineTests {
    static func parse(_ text: String) -> ClientLine { ClientLine.parse([UInt8](text.utf8)) }

    @Test func `a command comes with its id, name, data and condition`() {
        let line = Self.parse(
            #"{"type":"command","id":"c-1","name":"scene.save","data":{"name":"A","n":1.0},"ifOffset":17}"#)
        #expect(line == .command(id: "c-1", name: "scene.save", data: ["name": "A", "n": 1], ifOffset: 17))
    }

    @Test func `a command's data and condition may be missing or null`() {
        let bare = ClientLine.command(id: "c", name: "viewer.blank", data: .object([]), ifOffset: nil)
        #expect(Self.parse(#"{"type":"command","id":"c","name":"viewer.blank"}"#) == bare)
        #expect(Self.parse(#"{"type":"command","id":"c","name":"viewer.blank","data":null,"ifOffset":null}"#) == bare)
    }

    @Test func `the condition may be the position before event 0`() {
        let line = Self.parse(#"{"type":"command","id":"c","name":"n","ifOffset":-1}"#)
        #expect(line == .command(id: "c", name: "n", data: .object([]), ifOffset: -1))
    }

    @Test func `members that the protocol doesn't name are passed over`() {
        #expect(Self.parse(#"{"type":"ping","later":{"x":[1]}}"#) == .ping(digest: false))
    }

    @Test func `a ping may ask for the digest`() {
        #expect(Self.parse(#"{"type":"ping"}"#) == .ping(digest: false))
        #expect(Self.parse(#"{"type":"ping","digest":true}"#) == .ping(digest: true))
        #expect(Self.parse(#"{"type":"ping","digest":false}"#) == .ping(digest: false))
    }

    struct Bad: CustomTestStringConvertible {
        let text: String
        let code: LineErrorCode
        let id: String?
        var testDescription: String { self.text.isEmpty ? "(nothing)" : String(self.text.prefix(60)) }

        init(_ text: String, _ code: LineErrorCode, id: String? = nil) {
            self.text = text
            self.code = code
            self.id = id
        }
    }

    static let bad = [
        Bad("", .syntax),
        Bad(" ", .syntax),
        Bad("not json", .syntax),
        Bad(#"{"type":"ping"} {"type":"ping"}"#, .syntax),
        Bad(#"{"type":"ping","x":NaN}"#, .syntax),
        Bad(#"{"type":"ping","type":"ping"}"#, .syntax),
        Bad(#"{"type":"ping","x":"\ud800"}"#, .syntax),
        Bad(#"{"type":"ping","x":1e999}"#, .syntax),
        Bad(String(repeating: "[", count: 600) + String(repeating: "]", count: 600), .syntax),
        Bad("null", .invalid),
        Bad("[1,2]", .invalid),
        Bad(#""ping""#, .invalid),
        Bad("{}", .invalid),
        Bad(#"{"type":1}"#, .invalid),
        Bad(#"{"type":null,"id":"c"}"#, .invalid, id: "c"),
        Bad(#"{"type":"hello"}"#, .unknownType),
        Bad(#"{"type":"scene.saved","offset":1,"id":"c"}"#, .unknownType, id: "c"),
        Bad(#"{"type":"scene_update","scene":{}}"#, .unknownType),
        Bad(#"{"type":"command","name":"n"}"#, .invalid),
        Bad(#"{"type":"command","id":"","name":"n"}"#, .invalid),
        Bad(#"{"type":"command","id":7,"name":"n"}"#, .invalid),
        Bad(#"{"type":"command","id":"a\u0000b","name":"n"}"#, .invalid),
        Bad(#"{"type":"command","id":"\#(String(repeating: "x", count: 129))","name":"n"}"#, .invalid),
        Bad(#"{"type":"command","id":"c"}"#, .invalid, id: "c"),
        Bad(#"{"type":"command","id":"c","name":""}"#, .invalid, id: "c"),
        Bad(#"{"type":"command","id":"c","name":5}"#, .invalid, id: "c"),
        Bad(#"{"type":"command","id":"c","name":"n","data":[]}"#, .invalid, id: "c"),
        Bad(#"{"type":"command","id":"c","name":"n","data":"x"}"#, .invalid, id: "c"),
        Bad(#"{"type":"command","id":"c","name":"n","ifOffset":"3"}"#, .invalid, id: "c"),
        Bad(#"{"type":"command","id":"c","name":"n","ifOffset":1.5}"#, .invalid, id: "c"),
        Bad(#"{"type":"command","id":"c","name":"n","ifOffset":-2}"#, .invalid, id: "c"),
        Bad(#"{"type":"ping","digest":"yes"}"#, .invalid),
        Bad(#"{"type":"effect"}"#, .invalid), Bad(#"{"type":"effect","message":7}"#, .invalid),
        Bad(#"{"type":"effect","message":null,"effect":"scene_event"}"#, .invalid),
        Bad(#"{"type":"effect","id":"e","message":{}}"#, .invalid, id: "e"),
    ]

    @Test(arguments: bad)
    func `a bad line is answered, with its id where it has one`(row: Bad) {
        guard case .invalid(let code, let message, let id) = Self.parse(row.text) else {
            Issue.record("taken for a good line")
            return
        }
        #expect(code == row.code.rawValue)
        #expect(id == row.id)
        #expect(!message.isEmpty)
    }

    @Test func `text that isn't UTF-8 is a bad line`() {
        guard case .invalid(let code, _, _) = ClientLine.parse([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]) else {
            Issue.record("taken for a good line")
            return
        }
        #expect(code == "syntax")
    }
}

@Suite struct EffectMessageTests {
    static func parse(_ text: String) throws -> EffectMessage { EffectMessage.parse(try JSONValue.parse(text: text)) }

    @Test func `the plain message stands under message and is cut to what the contract relays`() throws {
        let effect = try Self.parse(
            #"{"type":"effect","message":{"color":"red","markerId":"x","type":"highlight_marker"}}"#)
        guard case .message(let message) = effect else {
            Issue.record("refused: \(effect)")
            return
        }
        #expect(message.text == #"{"type":"highlight_marker","markerId":"x"}"#)
    }

    @Test func `the plain message's fields may stand inline`() throws {
        let effect = try Self.parse(
            #"{"type":"effect","effect":"scene_event","eventType":"ripple_effect","y":1,"x":0.50}"#)
        guard case .message(let message) = effect else {
            Issue.record("refused: \(effect)")
            return
        }
        #expect(message.text == #"{"type":"scene_event","eventType":"ripple_effect","x":0.50,"y":1}"#)
    }

    @Test(arguments: [
        (#"{"type":"effect","message":{"type":"scene_update","scene":{}}}"#, "live.change"),
        (#"{"type":"effect","message":{"type":"blank_viewer"}}"#, "viewer.blank"),
        (#"{"type":"effect","effect":"unrotate_viewer"}"#, "viewer.unrotate"),
        (
            #"{"type":"effect","message":{"type":"scene_event","eventType":"night_mode","enabled":true,"brightness":1}}"#,
            "viewer.night-mode"
        ),
    ])
    func `what changes the table is refused, with the command that does it`(text: String, command: String) throws {
        guard case .refused(let reason) = try Self.parse(text) else {
            Issue.record("relayed")
            return
        }
        #expect(reason.contains("\"\(command)\""))
    }

    @Test(arguments: [
        #"{"type":"effect","message":null}"#, #"{"type":"effect","message":[]}"#, #"{"type":"effect","effect":1}"#,
        #"{"type":"effect","message":{"type":"ping"}}"#, #"{"type":"effect","message":{"type":"made_up"}}"#,
        #"{"type":"effect","message":{"type":"highlight_marker"}}"#,
        #"{"type":"effect","message":{"type":"scene_event"}}"#,
        #"{"type":"effect","message":{"type":"request_scene_update"}}"#,
    ])
    func `what nobody would be relayed is refused`(text: String) throws {
        guard case .refused(let reason) = try Self.parse(text) else {
            Issue.record("relayed")
            return
        }
        #expect(!reason.isEmpty)
    }
}
