import JSONDocument
import Testing

@testable import Sync

/// The wire contract's table, section 4, row by row, with the corrections F14 to F16.
@Suite struct PlainMessageTests {
    static func parse(_ text: String) -> PlainMessage { PlainMessage.parse([UInt8](text.utf8)) }

    /// What reaches the others, `nil` where nothing does.
    static func relayed(_ text: String) -> String? {
        switch self.parse(text) {
        case .relay(let bytes), .viewer(_, let bytes), .nightMode(_, let bytes): String(decoding: bytes, as: UTF8.self)
        case .sceneUpdate(let scene): String(decoding: PlainLine.sceneUpdate(scene.serialized()), as: UTF8.self)
        case .ping, .requestScene, .ignored: nil
        }
    }

    @Test(arguments: [
        (
            #"{"type":"scene_update","scene":{"id":"a","n":1.50,"z":[]},"event":{"type":"ripple_effect"},"sender":"A"}"#,
            #"{"type":"scene_update","scene":{"id":"a","n":1.50,"z":[]}}"#
        ),
        (#"{"scene":{},"type":"scene_update"}"#, #"{"type":"scene_update","scene":{}}"#),
        (
            #"{"type":"highlight_marker","markerId":"m-1","color":"red"}"#,
            #"{"type":"highlight_marker","markerId":"m-1"}"#
        ),
        (#"{"type":"highlight_marker","markerId":7}"#, #"{"type":"highlight_marker","markerId":7}"#),
        (#"{"type":"highlight_marker","markerId":true}"#, #"{"type":"highlight_marker","markerId":true}"#),
        (#"{"type":"highlight_marker","markerId":"0"}"#, #"{"type":"highlight_marker","markerId":"0"}"#),
        (#"{"type":"highlight_marker","markerId":[0]}"#, #"{"type":"highlight_marker","markerId":[0]}"#),
        (#"{"type":"blank_viewer"}"#, #"{"type":"blank_viewer","isBlank":true}"#),
        (#"{"type":"blank_viewer","isBlank":false}"#, #"{"type":"blank_viewer","isBlank":true}"#),
        (#"{"type":"unblank_viewer","isBlank":true,"x":1}"#, #"{"type":"unblank_viewer","isBlank":false}"#),
        (#"{"type":"rotate_viewer"}"#, #"{"type":"rotate_viewer","isRotated":true}"#),
        (#"{"type":"unrotate_viewer","isRotated":true}"#, #"{"type":"unrotate_viewer","isRotated":false}"#),
        (
            #"{"type":"scene_event","eventType":"ripple_effect","x":0.25,"y":0.75}"#,
            #"{"type":"scene_event","eventType":"ripple_effect","x":0.25,"y":0.75}"#
        ),
        (
            #"{"type":"scene_event","eventType":"ripple_effect","y":null,"secret":1,"x":1e2}"#,
            #"{"type":"scene_event","eventType":"ripple_effect","x":1e2,"y":null}"#
        ),
        (
            #"{"type":"scene_event","eventType":"measure_update","points":[{"x":0.1,"y":0.2},{"x":1,"y":null}]}"#,
            #"{"type":"scene_event","eventType":"measure_update","points":[{"x":0.1,"y":0.2},{"x":1,"y":null}]}"#
        ),
        (#"{"type":"scene_event","eventType":"shake_effect"}"#, #"{"type":"scene_event","eventType":"shake_effect"}"#),
        (#"{"type":"scene_event","eventType":"unknown_one"}"#, #"{"type":"scene_event","eventType":"unknown_one"}"#),
        (
            #"{"type":"scene_event","eventType":"night_mode","enabled":true,"brightness":60,"secret":"dropped"}"#,
            #"{"type":"scene_event","eventType":"night_mode","enabled":true,"brightness":60}"#
        ),
        (
            #"{"type":"scene_event","eventType":"x","points":[],"brightness":0,"enabled":false,"y":"","x":{}}"#,
            #"{"type":"scene_event","eventType":"x","x":{},"y":"","enabled":false,"brightness":0,"points":[]}"#
        ),
        (" \n{ \"type\" : \"rotate_viewer\" }\n", #"{"type":"rotate_viewer","isRotated":true}"#),
    ])
    func `a message of the contract reaches the others as the contract says`(sent: String, received: String) {
        #expect(Self.relayed(sent) == received)
    }

    @Test(arguments: [
        #"{"type":"highlight_marker"}"#, #"{"type":"highlight_marker","markerId":null}"#,
        #"{"type":"highlight_marker","markerId":""}"#, #"{"type":"highlight_marker","markerId":0}"#,
        #"{"type":"highlight_marker","markerId":0.0}"#, #"{"type":"highlight_marker","markerId":-0}"#,
        #"{"type":"highlight_marker","markerId":false}"#, #"{"type":"scene_event","x":1}"#,
        #"{"type":"scene_event","eventType":null}"#, #"{"type":"scene_event","eventType":""}"#,
        #"{"type":"scene_update"}"#, #"{"type":"scene_update","scene":null}"#, #"{"type":"scene_update","scene":[]}"#,
        #"{"type":"scene_update","scene":"x"}"#, #"{"type":"scene_update","scene":{"id":"n","v":NaN}}"#,
        #"{"type":"scene_update","scene":{"v":Infinity}}"#, #"{"type":"scene_update","scene":{"v":1e999}}"#,
        #"{"type":"scene_update","scene":{"v":1,"v":2}}"#, #"{"type":"scene_update","scene":{"v":"\ud800"}}"#,
        #"{"type":"made_up","a":1}"#, #"{"type":"connection_status","status":"connected"}"#, #"{"no":"type"}"#,
        #"{"type":5}"#, #"{"type":"scene.saved"}"#, #"{"type":"command","id":"c","name":"viewer.blank"}"#,
        "not json", "[1, 2]", "", "null", #""ping""#, #"{"type":"ping"}{"type":"ping"}"#,
    ])
    func `anything else reaches nobody, and says why`(text: String) {
        guard case .ignored(let reason) = Self.parse(text) else {
            Issue.record("taken for \(Self.parse(text))")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test func `a scene nested too deep is passed over`() {
        let deep = String(repeating: "[", count: 400_000) + String(repeating: "]", count: 400_000)
        guard case .ignored = Self.parse(#"{"type":"scene_update","scene":{"a":\#(deep)}}"#) else {
            Issue.record("taken")
            return
        }
    }

    @Test func `the frontend's signs of life and requests are known`() {
        #expect(Self.parse(#"{"type":"ping"}"#) == .ping)
        #expect(Self.parse(#"{"type":"request_scene_update"}"#) == .requestScene)
    }

    @Test(arguments: [
        ("blank_viewer", "viewer.blank"), ("unblank_viewer", "viewer.unblank"), ("rotate_viewer", "viewer.rotate"),
        ("unrotate_viewer", "viewer.unrotate"),
    ])
    func `a viewer message is the command of its name`(type: String, command: String) {
        guard case .viewer(command, _) = Self.parse(#"{"type":"\#(type)"}"#) else {
            Issue.record("no \(command)")
            return
        }
    }

    @Test func `night mode is a command with both of its members as they came`() {
        let message = Self.parse(#"{"type":"scene_event","eventType":"night_mode","brightness":60.0,"enabled":false}"#)
        guard case .nightMode(let data, _) = message else {
            Issue.record("\(message)")
            return
        }
        #expect(data.text == #"{"enabled":false,"brightness":60.0}"#)
    }

    @Test(arguments: [
        #"{"type":"scene_event","eventType":"night_mode"}"#,
        #"{"type":"scene_event","eventType":"night_mode","enabled":true}"#,
        #"{"type":"scene_event","eventType":"night_mode","enabled":null,"brightness":1}"#,
        #"{"type":"scene_event","eventType":"night_mode","enabled":true,"brightness":"1"}"#,
        #"{"type":"scene_event","eventType":"night_mode","x":1,"enabled":true,"brightness":1}"#,
    ])
    func `a night mode that the document can't hold is relayed as it came`(text: String) {
        #expect(Self.parse(text) == .relay([UInt8](text.utf8)))
    }
}
