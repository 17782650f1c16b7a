import JSONDocument
import Testing

@testable import Replay

/// Names that people use, looked up in a document.
@Suite struct PlaceTests {
    static let document = #"""
        {"live":{"id":"s1","name":"Crypt","maps":[{"name":"crypt.png","data":{}},{"name":"Goblin 3","data":{"scale":1}}],
        "initiativeOrder":[{"id":"f1","name":"Brom","hp":7},{"id":"f2","name":"Wolf","hp":3}]},
        "viewer":{"blank":false},"audio":{"music":null},
        "scenes":{"s1":{"id":"s1","name":"Crypt","folder":"Act 1","maps":[{"name":"Goblin 3"}]},
        "s2":{"id":"s2","name":"Inn","maps":[{"name":"Goblin 3"},{"name":"Bar"},{"name":"Bar"}]},
        "s3":{"id":"s3","name":"inn","folder":"Act 2/Town"}},
        "sceneImages":{"s1":{"i1":{}}},"sceneFolders":{"Act 1":{},"Act 2":{},"Act 2/Town":{}},
        "maps":{"dungeons/crypt.png":{},"Inn.png":{},"old/inn.png":{}},"mapData":{"dungeons/crypt.png":{},"ghost.png":{}},
        "mapFolders":{"dungeons":{},"dungeons/deep":{},"old":{}},"sounds":{"loop/Ambience/tavern.mp3":{}}}
        """#

    private let document: JSONValue

    init() throws {
        document = try JSONValue.parse(text: Self.document)
    }

    private func found(_ words: String...) throws -> [String] {
        try PlaceName.parse(words).resolve(in: document).places.map(\.pointer.text)
    }

    private func refusal(_ words: String...) -> ReplayError? {
        do throws(ReplayError) {
            _ = try PlaceName.parse(words).resolve(in: document)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a pointer is itself`() throws {
        #expect(try found("/live/maps/1") == ["/live/maps/1"])
        #expect(try found("") == [""])
        let place = try PlaceName.parse(["/live/maps/1/data"]).resolve(in: document).main
        #expect(place.label == "Goblin 3 in Crypt (live)")
    }

    @Test func `a scene is what the library has of it, with its images`() throws {
        #expect(try found("scene", "Crypt") == ["/scenes/s1", "/sceneImages/s1"])
        #expect(try found("scene \"Crypt\"") == ["/scenes/s1", "/sceneImages/s1"])
        #expect(try found("scene", "crypt") == ["/scenes/s1", "/sceneImages/s1"])
        #expect(try found("scene", "s2") == ["/scenes/s2"])
        #expect(try found("scene", "Act 1/Crypt") == ["/scenes/s1", "/sceneImages/s1"])
        #expect(try found("scene", "Inn") == ["/scenes/s2"])
    }

    @Test func `quotes that a shell left around an argument are the name's, once`() throws {
        #expect(try found("scene", "\"Crypt\"") == ["/scenes/s1", "/sceneImages/s1"])
        #expect(try found("token", "'Goblin 3'", "in", "\"Crypt\"") == found("token", "Goblin 3", "in", "Crypt"))
        #expect(try PlaceName.parse(["scene", "\"in\""]) == .named(.scene, name: "in", scene: nil))
        #expect(try PlaceName.parse(["scene", "\"\"x\"\""]) == .named(.scene, name: "\"x\"", scene: nil))
        for name in ["\"", "'", "\"Crypt'", "Brom's"] {
            #expect(try PlaceName.parse(["scene", name]) == .named(.scene, name: name, scene: nil))
        }
    }

    @Test func `a token on the table stands for the same token in the library`() throws {
        #expect(try found("token", "Brom") == ["/live/initiativeOrder/0"])
        #expect(try found("token Goblin 3 in Crypt") == ["/live/maps/1"])
        #expect(try found("token", "Goblin", "3", "in", "live") == ["/live/maps/1"])
        #expect(try found("token 'Goblin 3' in scene 'Inn'") == ["/scenes/s2/maps/0"])
        #expect(try found("token", "f2") == ["/live/initiativeOrder/1"])
    }

    @Test func `files and folders go by their paths or last parts`() throws {
        #expect(try found("map", "crypt.png") == ["/maps/dungeons~1crypt.png", "/mapData/dungeons~1crypt.png"])
        #expect(try found("map", "crypt") == ["/maps/dungeons~1crypt.png", "/mapData/dungeons~1crypt.png"])
        #expect(try found("map", "inn.png") == ["/maps/old~1inn.png"])
        #expect(try found("map", "ghost.png") == ["/mapData/ghost.png"])
        #expect(try found("sound", "Tavern") == ["/sounds/loop~1Ambience~1tavern.mp3"])
        #expect(
            try found("folder", "maps/dungeons") == [
                "/mapFolders/dungeons", "/mapFolders/dungeons~1deep", "/maps/dungeons~1crypt.png",
                "/mapData/dungeons~1crypt.png",
            ])
        #expect(try found("folder", "Act 1") == ["/sceneFolders/Act 1", "/scenes/s1", "/sceneImages/s1"])
        #expect(try found("folder", "town") == ["/sceneFolders/Act 2~1Town", "/scenes/s3"])
        #expect(try found("folder", "sounds/loop") == ["/sounds/loop~1Ambience~1tavern.mp3"])
    }

    @Test func `what there is one of takes no name`() throws {
        #expect(try found("live") == ["/live"])
        #expect(try found("viewer") == ["/viewer"])
        #expect(try found("music") == ["/audio/music"])
        #expect(try found("table") == [""])
        #expect(refusal("viewer", "x")?.exitCode == 2)
    }

    @Test func `several matches are listed to choose from`() throws {
        let error = try #require(refusal("token", "Goblin 3"))
        #expect(error.exitCode == 2)
        #expect(error.description.contains("/live/maps/1  (Goblin 3 in Crypt (live))"))
        #expect(error.description.contains("/scenes/s2/maps/0  (Goblin 3 in Inn)"))
        #expect(refusal("scene", "INN")?.exitCode == 2)
    }

    @Test func `no match is told with names that are near`() throws {
        let error = try #require(refusal("scene", "Cript"))
        #expect(error == .no("there is no scene \"Cript\" at that moment; there is \"Crypt\""))
        #expect(refusal("map", "tower.png") == .no("there is no map \"tower.png\" at that moment"))
        #expect(refusal("/live/maps/9")?.exitCode == 1)
    }

    @Test(arguments: ["Crypt", "scene", "scene \"Crypt", "live/maps", "dragon x", "/a~2"])
    func `what is no place is told with what would be one`(text: String) throws {
        let error = try #require(refusal(text))
        #expect(error.exitCode == 2)
    }
}

/// How a place is found again at another moment.
@Suite struct PlaceIdentityTests {
    private func value(_ text: String) throws -> JSONValue { try JSONValue.parse(text: text) }

    private func followed(_ pointer: String, from old: String, to new: String) throws -> String? {
        let identity = PlaceIdentity(try JSONPointer(pointer), in: try value(old))
        return identity.pointer(in: try value(new))?.text
    }

    @Test func `an element is known by its id, else its name, and not by its index`() throws {
        let old = #"{"a":[{"id":1,"name":"x"},{"name":"x","v":[5]},{"name":"x"}]}"#
        let new = #"{"a":[{"name":"x"},{"z":0},{"name":"x","v":[5]},{"name":"renamed","id":1}]}"#
        #expect(try followed("/a/0", from: old, to: new) == "/a/3")
        #expect(try followed("/a/1/v/0", from: old, to: new) == nil)
        #expect(try followed("/a/2", from: old, to: new) == "/a/2")
        #expect(try followed("/a/1/v", from: new, to: old) == "/a/1/v")
        #expect(try followed("/a/2/v/0", from: new, to: #"{"a":[{"name":"x"},{"name":"x","v":[1]}]}"#) == "/a/1/v/0")
    }

    @Test func `a token stays itself when its scene leaves the table and comes back`() throws {
        let live =
            #"{"live":{"id":"s1","maps":[{"name":"a"},{"name":"b"}]},"scenes":{"s1":{"id":"s1","maps":[{"name":"b"}]}}}"#
        let away = #"{"live":{"id":"s2","maps":[{"name":"b"}]},"scenes":{"s1":{"id":"s1","maps":[{"name":"b"}]}}}"#
        let gone = #"{"live":{"id":"s1","maps":[]},"scenes":{"s1":{"id":"s1","maps":[{"name":"b"}]}}}"#
        #expect(try followed("/live/maps/1", from: live, to: away) == "/scenes/s1/maps/0")
        #expect(try followed("/live/maps/1", from: live, to: live) == "/live/maps/1")
        #expect(try followed("/live/maps/1", from: live, to: gone) == nil)
        #expect(try followed("/live", from: live, to: away) == "/live")
        #expect(try followed("/scenes/s1/maps/0", from: live, to: gone) == "/scenes/s1/maps/0")
    }
}
