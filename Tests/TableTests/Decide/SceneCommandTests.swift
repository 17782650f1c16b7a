import JSONDocument
import Testing

@testable import Table

@Suite struct SceneCommandTests {
    @Test func aMinimalSceneIsStoredWithItsDefaultsInTheContractsOrder() throws {
        var table = DecideFixture()
        let decision = try table.run("scene.save", ["id": "1732345678901", "name": "Goblin Ambush"])
        let id = try #require(decision.answer["id"]?.stringValue)
        #expect(decision.message == "Scene saved successfully")
        #expect(decision.type == "scene.saved")
        let expected = """
            {"id":"\(id)","name":"Goblin Ambush","folder":null,"maps":[],"activeMapId":null,\
            "gridSettings":{"showGrid":true,"gridSize":50},"initiativeOrder":[],"showCurrentPlayer":true,\
            "encounterHistory":[],"images":[]}
            """
        #expect(SceneViews.load(table.document, id)?.text == expected)
        #expect(SceneViews.load(table.document, "1732345678901") == nil)
    }

    @Test func unknownKeysAndNumbersStayAsTheyCame() throws {
        var table = DecideFixture()
        let sent = """
            {"aoeMarkers":[{"id":"m1","opacity":0.50,"n":9007199254740993}],"name":"x","id":"1",\
            "maps":[{"name":"a.png","data":{"scale":1.0,"x":-3.5e-07,"deep":[null,true,{}]}}],"fogOfWar":[]}
            """
        let id = try #require(try table.run("scene.save", .parse(text: sent)).answer["id"]?.stringValue)
        let scene = try #require(SceneViews.load(table.document, id))
        #expect(scene["aoeMarkers"]?.text == #"[{"id":"m1","opacity":0.50,"n":9007199254740993}]"#)
        #expect(scene["maps"]?[0]?["data"]?.text == #"{"scale":1.0,"x":-3.5e-07,"deep":[null,true,{}]}"#)
        #expect(scene.members?.map(\.key).suffix(3) == ["images", "aoeMarkers", "fogOfWar"])
    }

    @Test func snakeCaseNamesAndSpelledOutBooleansAreTaken() throws {
        var table = DecideFixture()
        let id = try table.saveScene(
            "x", [("active_map_id", "a.png"), ("show_current_player", "off"), ("grid_settings", ["g": 1])])
        let scene = try #require(SceneViews.load(table.document, id))
        #expect(scene["activeMapId"] == "a.png")
        #expect(scene["showCurrentPlayer"]?.boolValue == false)
        #expect(scene["gridSettings"] == ["g": 1])
        #expect(scene["active_map_id"] == nil && scene["show_current_player"] == nil)
    }

    @Test func savingCreatesTheFolders() throws {
        var table = DecideFixture()
        let decision = try table.run("scene.save", ["id": "1", "name": "x", "folder": "Chapter 2/The Cave/"])
        #expect(decision.events.count == 1)
        #expect(table.document.keys(.sceneFolders) == ["Chapter 2", "Chapter 2/The Cave"])
        let id = try #require(decision.answer["id"]?.stringValue)
        #expect(SceneViews.load(table.document, id)?["folder"] == "Chapter 2/The Cave")
    }

    @Test func anUpdateReplacesTheSceneButItsPatchIsTheDifference() throws {
        var table = DecideFixture()
        let maps = JSONValue.array((0..<40).map { ["name": .string("map \($0).png"), "data": ["x": .number($0)]] })
        let id = try table.saveScene("Wolf Den", [("maps", maps), ("fogOfWar", [["id": "f"]])])
        var body = try #require(SceneViews.load(table.document, id))
        body.setMember("id", to: "another-id")
        body.setMember("name", to: "Wolf Den 2")
        body.removeMember("fogOfWar")
        let decision = try table.run("scene.update", body, ["id": id])
        #expect(decision.type == "scene.updated")
        #expect(decision.message == "Scene updated successfully")
        #expect(decision.patchByteCount < 250)
        #expect(decision.events[0].data == ["name": "Wolf Den"])
        let scene = try #require(SceneViews.load(table.document, id))
        #expect(scene["id"]?.stringValue == id)
        #expect(scene["name"] == "Wolf Den 2")
        #expect(scene["fogOfWar"] == nil)
        #expect(SceneViews.load(table.document, "another-id") == nil)
    }

    @Test func anUpdateThatChangesNothingMakesNoEvent() throws {
        var table = DecideFixture()
        let id = try table.saveScene("x", [("gridSettings", ["gridSize": 50])])
        let before = table.document
        let body: JSONValue = try .parse(text: #"{"gridSettings":{"gridSize":50.0},"name":"x","id":"1"}"#)
        #expect(try table.run("scene.update", body, ["id": id]).events.isEmpty)
        #expect(table.document.text == before.text)
    }

    @Test func nullAbsentAndEmptyFoldersMoveASceneToTheRoot() throws {
        for folder in [.null, "", "absent"] as [JSONValue] {
            var table = DecideFixture()
            let id = try table.saveScene("x", [("folder", "Old Shelf")])
            var body: JSONValue = ["id": "1", "name": "x"]
            if folder != "absent" { body.setMember("folder", to: folder) }
            try table.run("scene.update", body, ["id": id])
            try table.run("scene-folder.delete", .null, ["path": "Old Shelf"])
            #expect(SceneViews.load(table.document, id) != nil)
        }
    }

    @Test func anUnknownSceneIsNotFound() {
        let table = DecideFixture()
        let notFound = CommandError(.notFound, "Scene not found")
        for id in ["5f0e7c9e-0000-4000-8000-000000000000", "current_scene", "", "../x"] {
            #expect(table.refusal(of: "scene.update", ["id": "x", "name": "x"], ["id": id]) == notFound)
            #expect(table.refusal(of: "scene.delete", .null, ["id": id]) == notFound)
            #expect(table.refusal(of: "scene.image-remove", .null, ["id": id, "imageId": "x"]) == notFound)
            #expect(
                table.refusal(of: .sceneImageAdd(sceneID: id, name: "x.png", blob: DecideFixture.png)) == notFound)
        }
    }

    @Test func theLiveSceneIsNoSavedScene() throws {
        var table = DecideFixture()
        try table.run("live.change", ["scene": ["id": "live", "name": "x"]])
        #expect(SceneViews.load(table.document, "live") == nil)
        #expect(SceneViews.list(table.document)["scenes"] == [])
    }

    @Test func listsAreSortedByNameWithoutRegardToCase() throws {
        var table = DecideFixture()
        for name in ["beta", "Alpha", "alpha 2", "Gamma"] { _ = try table.saveScene(name) }
        for folder in ["b/y", "B2", "a"] { try table.run("scene-folder.create", ["path": .string(folder)]) }
        let list = SceneViews.list(table.document)
        #expect(list["scenes"]?.elements?.map { $0["name"] } == ["Alpha", "alpha 2", "beta", "Gamma"])
        #expect(list["folders"]?.elements?.map { $0["name"] } == ["a", "b", "B2", "y"])
        #expect(
            list["folders"]?[3]?.text == #"{"name":"y","type":"folder","path":"b/y","parent":"b"}"#)
        #expect(list["folders"]?[0]?["parent"] == "")
    }
}

@Suite struct SceneImageCommandTests {
    /// A table with one scene that has one image.
    private struct Pictures {
        var table: DecideFixture
        let scene: String
        let image: String
        let path: String

        var listed: [JSONValue] { listed(scene) }

        func listed(_ scene: String) -> [JSONValue] {
            table.document.entry(.scenes, scene)?["images"]?.elements ?? []
        }
    }

    private func pictures() throws -> Pictures {
        var table = DecideFixture()
        let scene = try table.saveScene("Picture Scene", [("folder", "Act 1")])
        let decision = try table.run(.sceneImageAdd(sceneID: scene, name: "handout_1.png", blob: DecideFixture.png))
        #expect(decision.type == "scene.image-added")
        #expect(decision.message == "Image uploaded successfully")
        let image = try #require(decision.answer["image_id"]?.stringValue)
        let path = try #require(table.document.entry(.scenes, scene)?["images"]?[0]?["path"]?.stringValue)
        return Pictures(table: table, scene: scene, image: image, path: path)
    }

    @Test func anUploadIsListedLastAndFoundByItsPath() throws {
        var it = try pictures()
        #expect(it.path == "Act 1/images/\(it.image)_handout_1.png")
        #expect(it.listed == [["id": .string(it.image), "name": "handout_1.png", "path": .string(it.path)]])
        #expect(SceneViews.imageReference(it.table.document, path: it.path) == DecideFixture.png)
        try it.table.run(.sceneImageAdd(sceneID: it.scene, name: "tiny.gif", blob: DecideFixture.png))
        #expect(it.listed.map { $0["name"] } == ["handout_1.png", "tiny.gif"])
    }

    @Test(arguments: ["../Act 1/images/x", "Act 1/images", "Act 1/images/", "", "/etc/passwd", "..", "images/a_b.png"])
    func otherPathsLeadToNoImage(path: String) throws {
        let it = try pictures()
        #expect(SceneViews.imageReference(it.table.document, path: path) == nil)
    }

    @Test func removingTakesListingAndFile() throws {
        var it = try pictures()
        let decision = try it.table.run("scene.image-remove", .null, ["id": it.scene, "imageId": it.image])
        #expect(decision.type == "scene.image-removed")
        #expect(decision.message == "Image deleted successfully")
        #expect(it.listed.isEmpty)
        #expect(it.table.document[.sceneImages] == [:])
        #expect(SceneViews.imageReference(it.table.document, path: it.path) == nil)
        #expect(
            it.table.refusal(of: "scene.image-remove", ["id": .string(it.scene), "imageId": .string(it.image)])
                == CommandError(.notFound, "Image not found"))
    }

    @Test func imagesGoWithTheirScene() throws {
        var it = try pictures()
        #expect(try it.table.run("scene.delete", .null, ["id": it.scene]).message == "Scene deleted successfully")
        #expect(SceneViews.imageReference(it.table.document, path: it.path) == nil)
        #expect(it.table.document[.sceneImages] == [:])
    }

    @Test func imagePathsFollowTheSceneAndOldOnesGoOnWorking() throws {
        var it = try pictures()
        var body = try #require(it.table.document.entry(.scenes, it.scene))
        body.setMember("folder", to: "Act 2")
        try it.table.run("scene.update", body, ["id": it.scene])
        #expect(it.listed[0]["path"]?.stringValue == "Act 2/images/\(it.image)_handout_1.png")
        #expect(SceneViews.imageReference(it.table.document, path: it.path) == DecideFixture.png)
        try it.table.run("scene-folder.rename", ["path": "Act 2", "newName": "Akt 2"])
        #expect(it.listed[0]["path"]?.stringValue == "Akt 2/images/\(it.image)_handout_1.png")
    }

    @Test func aCopyKeepsItsImagesWhenTheFirstIsDeleted() throws {
        var it = try pictures()
        var body = try #require(it.table.document.entry(.scenes, it.scene))
        body.setMember("folder", to: .null)
        let copy = try #require(try it.table.run("scene.save", body).answer["id"]?.stringValue)
        try it.table.run("scene.delete", .null, ["id": it.scene])
        let path = try #require(it.listed(copy)[0]["path"]?.stringValue)
        #expect(path == "images/\(it.image)_handout_1.png")
        #expect(SceneViews.imageReference(it.table.document, path: path) == DecideFixture.png)
    }

    @Test(arguments: ["", "a/b.png", "..", "x\u{0}.png", "notes.txt", String(repeating: "n", count: 250) + ".png"])
    func fileNamesThatAreNoImagesAreRefused(name: String) throws {
        let it = try pictures()
        let error = it.table.refusal(of: .sceneImageAdd(sceneID: it.scene, name: name, blob: DecideFixture.png))
        #expect(error?.code == (name == "notes.txt" ? .unsupported : .invalid))
    }
}
