import JSONDocument
import Testing

@testable import Replay

/// Differences in sentences.
@Suite struct TellingTests {
    private static let empty =
        #"{"live":null,"viewer":{"blank":false,"rotated":false,"nightMode":{"enabled":false,"brightness":1}},"scenes":{},"#
        + #""sceneImages":{},"sceneFolders":{},"maps":{},"mapData":{},"mapFolders":{},"sounds":{},"audio":{"music":null}}"#

    /// The sentences for one first-level member that changed.
    private func told(_ member: String, _ old: String, _ new: String) throws -> [String] {
        var (before, after) = (try JSONValue.parse(text: Self.empty), try JSONValue.parse(text: Self.empty))
        before.setMember(member, to: try JSONValue.parse(text: old))
        after.setMember(member, to: try JSONValue.parse(text: new))
        return TableTelling.changes(from: before, to: after).map(\.text)
    }

    private func scene(_ rest: String) -> String { #"{"id":"s1","name":"Crypt",\#(rest)}"# }

    private func toldLive(_ old: String, _ new: String) throws -> [String] {
        try told("live", scene(old), scene(new))
    }

    @Test func `tokens move, come, go, hide, turn and change size`() throws {
        let old = #"""
            "maps":[{"name":"Goblin 3","data":{"position":{"x":4,"y":5},"scale":1,"rotation":0,"isHidden":false}},
            {"name":"Wolf","data":{}},{"name":"Door","data":{"scale":2}}]
            """#
        let new = #"""
            "maps":[{"name":"Gate","data":{"scale":2}},
            {"name":"Goblin 3","data":{"position":{"x":7.25,"y":5},"scale":1.5,"rotation":90,"isHidden":true}},
            {"name":"Ogre","data":{"scale":3}}]
            """#
        #expect(
            try toldLive(old, new) == [
                "Door was renamed to Gate", "Goblin 3 moved (4,5) → (7.25,5)", "Goblin 3 was scaled 1 → 1.5",
                "Goblin 3 was rotated 0 → 90", "Goblin 3 was hidden", "Ogre appeared", "Wolf was removed",
            ])
    }

    @Test func `fighters are hurt, healed and take turns`() throws {
        let old = #"""
            "initiativeOrder":[{"id":"a","name":"Brom","hp":7,"initiative":12,"isCurrentTurn":true,"isKilled":false},
            {"id":"b","name":"Wolf","hp":3,"isCurrentTurn":false,"mapPosition":{"x":1,"y":1}}]
            """#
        let new = #"""
            "initiativeOrder":[{"id":"b","name":"Dire Wolf","hp":5,"isCurrentTurn":true,"mapPosition":{"x":1,"y":2}},
            {"id":"a","name":"Brom","hp":0,"initiative":3,"isCurrentTurn":false,"isKilled":true}]
            """#
        #expect(
            try toldLive(old, new) == [
                "Dire Wolf was renamed from \"Wolf\" to \"Dire Wolf\"", "Dire Wolf was healed by 2: hp 3 → 5",
                "it is Dire Wolf's turn", "Dire Wolf moved (1,1) → (1,2)", "Brom was hurt by 7: hp 7 → 0",
                "Brom's initiative changed 12 → 3", "Brom's turn is over", "Brom was killed",
                "the order of initiative changed",
            ])
    }

    @Test func `fog in both of its shapes`() throws {
        #expect(
            try toldLive(
                #""fogOfWar":{"enabled":true,"revealed":[1]}"#, #""fogOfWar":{"enabled":false,"revealed":[1,2,3]}"#)
                == ["the fog was turned off", "fog was revealed at 2 spots"])
        #expect(
            try toldLive(#""fogOfWar":[{"id":"1"},{"id":"2"}]"#, #""fogOfWar":[{"id":"2"},{"id":"3"}]"#)
                == ["fog area 3 was laid", "fog area 1 was revealed"])
    }

    @Test func `scenes are put on the table, saved, renamed, moved and deleted`() throws {
        #expect(try told("live", "null", scene(#""x":1"#)) == ["scene \"Crypt\" was put on the table"])
        #expect(try told("live", scene(#""x":1"#), "null") == ["scene \"Crypt\" was taken off the table"])
        #expect(
            try told("live", scene(#""x":1"#), #"{"id":"s2","name":"Inn"}"#)
                == ["scene \"Inn\" was put on the table instead of scene \"Crypt\""])
        #expect(
            try told(
                "scenes", #"{"a":{"id":"a","name":"Inn","folder":null},"b":{"id":"b","name":"Old"}}"#,
                #"{"a":{"id":"a","name":"The Inn","folder":"Act 1"},"c":{"id":"c","name":"New","folder":"Act 2"}}"#)
                == [
                    "in scene \"The Inn\": the scene was renamed from \"Inn\" to \"The Inn\"",
                    "in scene \"The Inn\": the scene is now in folder Act 1 (was in none)",
                    "scene \"Old\" was deleted", "scene \"New\" was saved in folder Act 2",
                ])
    }

    @Test func `files are added, renamed, replaced and deleted`() throws {
        #expect(
            try told(
                "maps", #"{"a.png":{"blob":"1","size":5},"b.png":{"blob":"2"},"c.png":{"blob":"3"}}"#,
                #"{"x/a.png":{"blob":"1","size":5},"b.png":{"blob":"9"},"d.png":{"blob":"4","size":2048}}"#)
                == [
                    "map b.png was replaced by another file", "map c.png was deleted", "map a.png is now x/a.png",
                    "map d.png was added (2.0 KiB)",
                ])
        #expect(
            try told("mapFolders", #"{"old":{}}"#, #"{"new":{}}"#)
                == ["map folder old was deleted", "map folder new was made"])
    }

    @Test func `screens and playback`() throws {
        #expect(
            try told(
                "viewer", #"{"blank":false,"nightMode":{"enabled":false,"brightness":1}}"#,
                #"{"blank":true,"nightMode":{"enabled":true,"brightness":0.5}}"#)
                == [
                    "the viewers' screens were blanked", "night mode was turned on",
                    "the night's brightness changed 1 → 0.5",
                ])
        let playing = #"{"music":{"sound":"loop/a.mp3","playing":true,"position":1,"since":"x","volume":1}}"#
        let paused = #"{"music":{"sound":"loop/a.mp3","playing":false,"position":2,"since":"y","volume":0.5}}"#
        #expect(try told("audio", #"{"music":null}"#, playing) == ["playback of loop/a.mp3 started"])
        #expect(
            try told("audio", playing, paused) == ["playback of loop/a.mp3 was paused", "the volume changed 1 → 0.5"])
        #expect(try told("audio", paused, #"{"music":null}"#) == ["playback of loop/a.mp3 stopped"])
    }

    @Test func `what has no sentence is told by its pointer`() throws {
        #expect(
            try toldLive(
                #""maps":[{"name":"a","data":{"glow":1}}],"weather":"rain""#,
                #""maps":[{"name":"a","data":{"glow":2}}],"wind":{}"#)
                == ["/live/maps/0/data/glow  1 → 2  (a)", #"/live/weather  "rain""#, "/live/wind  {}"])
        #expect(try told("newer", "1", "2") == ["/newer  1 → 2"])
        #expect(try told("scenes", "[]", "3") == ["/scenes  [] → 3"])
        #expect(try told("viewer", #"{"blank":1}"#, #"{"blank":true}"#) == ["/viewer/blank  1 → true"])
    }

    @Test func `nothing that differs goes untold`() throws {
        // Every scalar of a document in turn becomes another one, and is told of at, above or below its place.
        let document = try JSONValue.parse(text: PlaceTests.document)
        var pointers: [JSONPointer] = []
        Self.leaves(of: document, at: .root, into: &pointers)
        #expect(pointers.count > 30)
        for pointer in pointers {
            for value: JSONValue in ["other", 99, .null, ["x": 1]] where value != document.value(at: pointer) {
                var changed = document
                try changed.apply(JSONPatch([.replace(pointer, value)]))
                let told = TableTelling.changes(from: document, to: changed)
                #expect(!told.isEmpty, "\(pointer) became \(value.text)")
            }
        }
        #expect(TableTelling.changes(from: document, to: document).isEmpty)
    }

    private static func leaves(of value: JSONValue, at pointer: JSONPointer, into pointers: inout [JSONPointer]) {
        if value.count == 0 { pointers.append(pointer) }
        for (name, member) in value.members ?? [] { leaves(of: member, at: pointer.appending(name), into: &pointers) }
        for (index, element) in (value.elements ?? []).enumerated() {
            leaves(of: element, at: pointer.appending(index), into: &pointers)
        }
    }

    @Test func `texts out of a document can't drive the terminal`() throws {
        let old = #"{"a":{"id":"a","name":"\u001b[2J"}}"#
        var before = try JSONValue.parse(text: Self.empty)
        before.setMember("scenes", to: try JSONValue.parse(text: old))
        let change = try #require(TableTelling.changes(from: before, to: try JSONValue.parse(text: Self.empty)).first)
        #expect(!change.line(.plain).unicodeScalars.contains("\u{1B}"))
    }
}
