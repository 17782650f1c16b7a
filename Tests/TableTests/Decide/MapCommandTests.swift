import JSONDocument
import Testing

@testable import Table

@Suite struct MapCommandTests {
    private func maps(_ table: DecideFixture) -> [String] { table.document.keys(.maps).sorted() }

    private func notFound(_ name: String) -> CommandError { CommandError(.notFound, "Map '\(name)' not found") }

    /// A saved scene that shows the map twice over, and its id.
    private func showScene(_ name: String, in table: inout DecideFixture, folder: JSONValue = .null) throws -> String {
        try table.saveScene(
            "shows \(name)",
            [
                ("maps", [["name": "other.png"], ["name": .string(name), "folder": folder, "note": "keep me"]]),
                ("activeMapId", .string(name)),
            ])
    }

    // MARK: Upload, list, find

    @Test func anUploadMakesFoldersAndAnswersTheFolderAsSent() throws {
        var table = DecideFixture()
        let decision = try table.run(.mapUpload(folder: "D/Level 1", name: "a.png", blob: DecideFixture.png))
        #expect(decision.type == "map.uploaded")
        #expect(decision.answer == ["filename": "a.png", "folder": "D/Level 1"])
        #expect(table.document.keys(.mapFolders) == ["D", "D/Level 1"])
        let root = try table.run(.mapUpload(folder: nil, name: "LOUD.PNG", blob: DecideFixture.jpeg))
        #expect(root.answer == ["filename": "LOUD.PNG", "folder": ""])
        #expect(table.document.entry(.maps, "LOUD.PNG")?["mediaType"] == "image/png")
        #expect(
            MapViews.list(table.document).text
                == #"{"maps":[{"name":"a.png","folder":"D/Level 1"},{"name":"LOUD.PNG","folder":null}]}"#)
    }

    @Test func theSameNameIsReplacedAndTheSameContentChangesNothing() throws {
        var table = DecideFixture()
        try table.upload("a.png", DecideFixture.png)
        let before = table.document
        let same = try table.run(.mapUpload(folder: "", name: "a.png", blob: DecideFixture.png))
        #expect(same.events.isEmpty)
        #expect(table.document == before)
        try table.upload(
            "a.png", BlobReference(sha256: DecideFixture.jpeg.sha256, size: 300, mediaType: "image/png"))
        #expect(MapViews.find(table.document, "a.png")?.blob.sha256 == DecideFixture.jpeg.sha256)
    }

    @Test func otherFilesAndOccupiedPathsAreRefused() throws {
        var table = DecideFixture()
        try table.upload("D/a.png")
        func refusal(_ folder: String?, _ name: String) -> CommandError.Code? {
            table.refusal(of: .mapUpload(folder: folder, name: name, blob: DecideFixture.png))?.code
        }
        #expect(refusal(nil, "notes.txt") == .unsupported)
        #expect(refusal(nil, "") == .invalid)
        #expect(refusal("D/a.png", "b.png") == .conflict)
        try table.run("map-folder.create", ["path": "odd.png"])
        #expect(refusal(nil, "odd.png") == .conflict)
        #expect(table.refusal(of: "map-folder.create", ["path": "D/a.png/x"])?.code == .conflict)
    }

    @Test(arguments: [
        "D/Level 1/a.png", "/D/Level 1/a.png", "//D/Level 1/a.png", "\\D\\Level 1\\a.png", "a.png", "Attic/a.png",
    ])
    func aMapIsFoundByPathByNameAndBehindAStaleFolder(request: String) throws {
        var table = DecideFixture()
        try table.upload("D/Level 1/a.png")
        #expect(MapViews.find(table.document, request)?.path == "D/Level 1/a.png")
    }

    @Test(arguments: ["", "D", "D/", "../maps/D/a.png", "D/../D/a.png", "D//a.png", "D/a.png/", "a", "D/b.png"])
    func nothingElseIsAMap(request: String) throws {
        var table = DecideFixture()
        try table.upload("D/a.png")
        #expect(MapViews.find(table.document, request) == nil)
    }

    @Test func theRootComesFirstWhereNamesRepeat() throws {
        var table = DecideFixture()
        try table.upload("D/twin.png", DecideFixture.jpeg)
        try table.upload("twin.png", DecideFixture.png)
        #expect(MapViews.find(table.document, "nowhere/twin.png")?.path == "twin.png")
        try table.run("map.delete", .null, ["name": "twin.png"])
        #expect(maps(table) == ["D/twin.png"])
    }

    // MARK: Rename

    @Test func aRenameUpdatesEverySceneAndTheLiveOne() throws {
        var table = DecideFixture()
        try table.upload("D/throne.png")
        try table.upload("D/kitchen.png")
        let root = try showScene("throne.png", in: &table)
        let deep = try table.saveScene("deep", [("folder", "A/B"), ("activeMapId", "throne.png")])
        let other = try table.saveScene("other", [("maps", [["name": "kitchen.png"]])])
        try table.run("live.change", ["scene": ["id": "l", "maps": [["name": "throne.png"]]]])
        let untouched = table.document.entry(.scenes, other)

        let decision = try table.run("map.rename", ["new_name": "hall.png"], ["name": "throne.png"])
        #expect(decision.type == "map.renamed")
        #expect(decision.message == "Map renamed from 'throne.png' to 'hall.png'")
        #expect(decision.answer["scenes_updated"]?.intValue == 3)
        #expect(decision.patchByteCount < 700)
        #expect(maps(table) == ["D/hall.png", "D/kitchen.png"])
        let scene = table.document.entry(.scenes, root)
        #expect(scene?["maps"]?[1] == ["name": "hall.png", "folder": .null, "note": "keep me"])
        #expect(scene?["activeMapId"] == "hall.png")
        #expect(table.document.entry(.scenes, deep)?["activeMapId"] == "hall.png")
        #expect(table.document.entry(.scenes, other) == untouched)
        #expect(table.document[.live]["maps"]?[0]?["name"] == "hall.png")
    }

    @Test func aRefusedRenameHasTheContractsText() throws {
        var table = DecideFixture()
        try table.upload("D/a.png")
        try table.upload("D/b.png")
        for name in ["b.png", "a.png"] {
            #expect(
                table.refusal(of: "map.rename", ["new_name": .string(name)], ["name": "a.png"])
                    == CommandError(.conflict, "A file named '\(name)' already exists"))
        }
        #expect(table.refusal(of: "map.rename", ["new_name": "x.png"], ["name": "c.png"]) == notFound("c.png"))
        #expect(table.refusal(of: "map.rename", ["new_name": "x.txt"], ["name": "a.png"])?.code == .invalid)
    }

    // MARK: Move and delete

    @Test func aMoveTakesDataAndReferencesAlong() throws {
        var table = DecideFixture()
        try table.upload("D/a.png")
        let scene = try showScene("a.png", in: &table, folder: "D")
        try table.run("map.store-data", ["name": "a.png", "folder": "D", "data": ["scale": 2]])
        let decision = try table.run("map.move", ["folder": "E/F"], ["name": "a.png"])
        #expect(decision.type == "map.moved")
        #expect(decision.message == "Map 'a.png' moved successfully")
        #expect(maps(table) == ["E/F/a.png"])
        #expect(
            MapViews.data(table.document, "a.png") == ["name": "a.png", "folder": "E/F", "data": ["scale": 2]])
        #expect(table.document.entry(.scenes, scene)?["maps"]?[1]?["folder"] == "E/F")
        for folder in [["folder": .null], ["folder": ""], [:]] as [JSONValue] {
            var table = table
            try table.run("map.move", folder, ["name": "a.png"])
            #expect(maps(table) == ["a.png"])
            #expect(MapViews.data(table.document, "a.png")?["folder"]?.isNull == true)
        }
    }

    @Test func aMoveToItsOwnPlaceChangesNothing() throws {
        var table = DecideFixture()
        try table.upload("D/a.png")
        let decision = try table.run("map.move", ["folder": "D"], ["name": "a.png"])
        #expect(decision.events.isEmpty)
        #expect(decision.message == "Map 'a.png' moved successfully")
    }

    @Test func aMoveOntoAnotherMapIsRefused() throws {
        var table = DecideFixture()
        try table.upload("twin.png", DecideFixture.png)
        try table.upload("D/twin.png", DecideFixture.jpeg)
        #expect(
            table.refusal(of: "map.move", ["folder": "D"], ["name": "twin.png"])
                == CommandError(.conflict, "A file named 'twin.png' already exists"))
        #expect(table.refusal(of: "map.move", ["folder": "D"], ["name": "ghost"]) == notFound("ghost"))
    }

    @Test func deletingAMapDeletesItsData() throws {
        var table = DecideFixture()
        try table.upload("D/50% off.png")
        try table.run("map.store-data", ["name": "50% off.png", "folder": "D", "data": [:]])
        let decision = try table.run("map.delete", .null, ["name": "50% off.png"])
        #expect(decision.type == "map.deleted")
        #expect(decision.message == "Map '50% off.png' deleted successfully")
        #expect(table.document[.mapData] == [:])
        #expect(table.refusal(of: "map.delete", .null, ["name": "50% off.png"]) == notFound("50% off.png"))
    }

    // MARK: Data

    @Test func dataIsStoredUnchangedAndDefaultsAreTheContracts() throws {
        var table = DecideFixture()
        try table.upload("D/a.png")
        #expect(
            MapViews.data(table.document, "a.png")?.text == """
                {"name":"a.png","folder":"D","data":{"position":{"x":9,"y":16},"useGridCoordinates":true,\
                "useGridScaling":true,"scale":1,"rotation":0,"isHidden":true}}
                """)
        let data: JSONValue = try .parse(text: #"{"position":{"x":3,"y":4.250},"note":null,"tags":["ü",1,true]}"#)
        let body: JSONValue = ["name": "a.png", "folder": "D", "data": data, "extra": 1]
        let decision = try table.run("map.store-data", body)
        #expect(decision.type == "map.data-stored")
        #expect(decision.message == "Map 'a.png' stored successfully")
        #expect(MapViews.data(table.document, "a.png")?["data"]?.text == data.text)
        #expect(try table.run("map.store-data", body).events.isEmpty)
        #expect(MapViews.data(table.document, "ghost") == nil)
    }

    @Test func dataWaitsForAMapThatIsNotThereYet() throws {
        var table = DecideFixture()
        try table.run("map.store-data", ["name": "a.png", "folder": "D", "data": ["scale": 3]])
        #expect(MapViews.data(table.document, "a.png") == nil)
        try table.upload("D/a.png")
        #expect(MapViews.data(table.document, "a.png")?["data"] == ["scale": 3])
        try table.run("map.rename", ["name": "a.png", "newName": "b.png"])
        #expect(MapViews.data(table.document, "b.png") == ["name": "b.png", "folder": "D", "data": ["scale": 3]])
    }
}

@Suite struct MapFolderCommandTests {
    private func folders(_ table: DecideFixture) -> [String] { table.document.keys(.mapFolders).sorted() }

    @Test func creatingTwiceIsFine() throws {
        var table = DecideFixture()
        let first = try table.run("map-folder.create", ["folder_name": "Vault", "parent_folder": "D/Deep"])
        let second = try table.run("map-folder.create", ["folder_name": "Vault", "parent_folder": "D/Deep"])
        #expect(first.type == "map-folder.created")
        #expect(first.message == "Folder 'Vault' created successfully")
        #expect(second.message == first.message)
        #expect(second.events.isEmpty)
        #expect(
            MapViews.folders(table.document).text == """
                {"folders":[{"name":"D","type":"folder","path":"D","parent":null},\
                {"name":"Deep","type":"folder","path":"D/Deep","parent":"D"},\
                {"name":"Vault","type":"folder","path":"D/Deep/Vault","parent":"D/Deep"}]}
                """)
    }

    @Test func deletingTakesMapsAndDataAlong() throws {
        var table = DecideFixture()
        try table.upload("D/E/a.png")
        try table.upload("D2/b.png")
        try table.run("map.store-data", ["name": "a.png", "folder": "D/E", "data": [:]])
        let decision = try table.run("map-folder.delete", .null, ["name": "D"])
        #expect(decision.type == "map-folder.deleted")
        #expect(decision.message == "Folder 'D' deleted successfully")
        #expect(table.document.keys(.maps) == ["D2/b.png"])
        #expect(table.document[.mapData] == [:])
        #expect(folders(table) == ["D2"])
        #expect(
            table.refusal(of: "map-folder.delete", .null, ["name": "D"])
                == CommandError(.notFound, "Folder 'D' not found"))
    }

    @Test func aBareNameMeansTheTopLevelThenTheOnlyOneBelow() throws {
        var table = DecideFixture()
        for path in ["A/Level 1", "B/Level 1", "C/Only", "Only/Top", "X/Only"] {
            try table.run("map-folder.create", ["path": .string(path)])
        }
        let ambiguous = table.refusal(of: "map-folder.delete", .null, ["name": "Level 1"])
        #expect(ambiguous?.code == .conflict)
        #expect(ambiguous?.message.contains("A/Level 1") == true)
        try table.run("map-folder.delete", .null, ["name": "B/Level 1"])
        try table.run("map-folder.delete", .null, ["name": "Level 1"])
        try table.run("map-folder.delete", .null, ["name": "Only"])
        #expect(folders(table) == ["A", "B", "C", "C/Only", "X", "X/Only"])
    }

    @Test func aRenameTakesMapsDataAndReferencesAlong() throws {
        var table = DecideFixture()
        try table.upload("D/E/a.png")
        try table.run("map.store-data", ["name": "a.png", "folder": "D/E", "data": ["scale": 2]])
        let scene = try table.saveScene(
            "x", [("maps", [["name": "a.png", "folder": "D/E"], ["name": "b.png", "folder": "D2"]])])
        let decision = try table.run("map-folder.rename", ["path": "D", "newName": "Dungeons"])
        #expect(decision.type == "map-folder.renamed")
        #expect(folders(table) == ["Dungeons", "Dungeons/E"])
        #expect(table.document.keys(.maps) == ["Dungeons/E/a.png"])
        #expect(MapViews.data(table.document, "a.png")?["folder"] == "Dungeons/E")
        #expect(
            table.document.entry(.scenes, scene)?["maps"]?.elements?.map { $0["folder"] } == ["Dungeons/E", "D2"])
        #expect(
            table.refusal(of: "map-folder.rename", ["path": "Dungeons", "newName": "Dungeons"])
                == CommandError(.exists, "A folder named 'Dungeons' already exists"))
    }
}
