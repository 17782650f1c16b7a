import JSONDocument
import Testing

@testable import Sync

@Suite struct PlainLineTests {
    static func text(_ line: [UInt8]) -> String { String(decoding: line, as: UTF8.self) }

    @Test func `messages are those of the contract, byte for byte`() {
        #expect(Self.text(PlainLine.connectionStatus) == #"{"type":"connection_status","status":"connected"}"#)
        #expect(
            Self.text(PlainLine.sceneUpdate([UInt8](#"{"id":"a","n":1.0}"#.utf8)))
                == #"{"type":"scene_update","scene":{"id":"a","n":1.0}}"#)
        #expect(Self.text(PlainLine.blank(true)) == #"{"type":"blank_viewer","isBlank":true}"#)
        #expect(Self.text(PlainLine.blank(false)) == #"{"type":"unblank_viewer","isBlank":false}"#)
        #expect(Self.text(PlainLine.rotated(true)) == #"{"type":"rotate_viewer","isRotated":true}"#)
        #expect(Self.text(PlainLine.rotated(false)) == #"{"type":"unrotate_viewer","isRotated":false}"#)
    }

    @Test func `a viewer message built here reads as itself`() {
        for line in [PlainLine.blank(true), PlainLine.blank(false), PlainLine.rotated(true), PlainLine.rotated(false)] {
            guard case .viewer(_, line) = PlainMessage.parse(line) else {
                Issue.record("\(Self.text(line))")
                continue
            }
        }
    }

    @Test func `night mode is the contract's scene_event with the numbers as they came`() throws {
        let nightMode = try JSONValue.parse(text: #"{"brightness":60.0,"enabled":true,"later":1}"#)
        let line = PlainLine.nightMode(nightMode)
        #expect(
            Self.text(line) == #"{"type":"scene_event","eventType":"night_mode","enabled":true,"brightness":60.0}"#)
        guard case .nightMode(_, line) = PlainMessage.parse(line) else {
            Issue.record("it doesn't read as itself")
            return
        }
    }

    @Test func `playback is told with the music or its absence`() {
        #expect(Self.text(PlainLine.audioControl(music: .null)) == #"{"type":"audio_control","music":null}"#)
        #expect(
            Self.text(PlainLine.audioControl(music: ["sound": "loop/a.mp3", "playing": true]))
                == #"{"type":"audio_control","music":{"sound":"loop/a.mp3","playing":true}}"#)
    }
}

@Suite struct PlainTranslationTests {
    static func viewer(_ blank: Bool, _ rotated: Bool, _ enabled: Bool) -> JSONValue {
        [
            "blank": .bool(blank), "rotated": .bool(rotated),
            "nightMode": ["enabled": .bool(enabled), "brightness": 60],
        ]
    }

    static func texts(_ lines: [[UInt8]]) -> [String] { lines.map { String(decoding: $0, as: UTF8.self) } }

    @Test(arguments: [
        ("viewer.blanked", #"{"type":"blank_viewer","isBlank":true}"#),
        ("viewer.unblanked", #"{"type":"unblank_viewer","isBlank":false}"#),
        ("viewer.rotated", #"{"type":"rotate_viewer","isRotated":true}"#),
        ("viewer.unrotated", #"{"type":"unrotate_viewer","isRotated":false}"#),
        (
            "viewer.night-mode-changed",
            #"{"type":"scene_event","eventType":"night_mode","enabled":true,"brightness":60}"#
        ),
    ])
    func `a viewer event is the message that a plain client would have sent`(type: String, text: String) {
        let lines = PlainTranslation.lines(eventType: type, viewer: Self.viewer(true, true, true))
        #expect(Self.texts(lines) == [text])
    }

    @Test func `an event without news for plain clients says nothing`() {
        #expect(PlainTranslation.lines(eventType: "scene.saved", viewer: nil).isEmpty)
        let same = Self.viewer(true, false, true)
        #expect(PlainTranslation.lines(eventType: "table.restored", viewer: same, previousViewer: same).isEmpty)
    }

    @Test func `a restore tells what it changed, and everything where that isn't known`() {
        let lines = PlainTranslation.lines(
            eventType: "table.restored", viewer: Self.viewer(false, true, true),
            previousViewer: Self.viewer(true, true, false))
        #expect(
            Self.texts(lines) == [
                #"{"type":"unblank_viewer","isBlank":false}"#,
                #"{"type":"scene_event","eventType":"night_mode","enabled":true,"brightness":60}"#,
            ])
        #expect(PlainTranslation.lines(eventType: "table.undone", viewer: Self.viewer(false, true, true)).count == 3)
    }

    @Test func `playback is told`() {
        let lines = PlainTranslation.lines(
            eventType: "audio.played", viewer: nil, audio: ["music": ["sound": "loop/a.mp3"]])
        #expect(Self.texts(lines) == [#"{"type":"audio_control","music":{"sound":"loop/a.mp3"}}"#])
        let stopped = PlainTranslation.lines(eventType: "audio.stopped", viewer: nil, audio: ["music": .null])
        #expect(Self.texts(stopped) == [#"{"type":"audio_control","music":null}"#])
    }
}
