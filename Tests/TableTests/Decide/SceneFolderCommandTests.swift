import JSONDocument
import Testing

@testable import Table

@Suite struct SceneFolderCommandTests {
    private func folders(_ table: DecideFixture) -> [String] { table.document.keys(.sceneFolders).sorted() }

    @Test func creatingMakesMissingParentsInOneEvent() throws {
        var table = DecideFixture()
        let decision = try table.run(
            "scene-folder.create", ["folder_name": "Lost Mine", "parent_folder": "Chapter 1/Side Quests"])
        #expect(decision.type == "scene-folder.created")
        #expect(decision.message == "Folder created successfully")
        #expect(folders(table) == ["Chapter 1", "Chapter 1/Side Quests", "Chapter 1/Side Quests/Lost Mine"])
        #expect(
            table.refusal(of: "scene-folder.create", ["folder_name": "Chapter 1", "parent_folder": .null])
                == CommandError(.exists, "Folder already exists"))
    }

    @Test func aRenameTakesEverythingBelowAlong() throws {
        var table = DecideFixture()
        let deep = try table.saveScene("deep", [("folder", "Chapter 2/The Cave")])
        let flat = try table.saveScene("flat", [("folder", "Chapter 2")])
        let other = try table.saveScene("other", [("folder", "Chapter 22")])
        try table.run(.sceneImageAdd(sceneID: deep, name: "a.png", blob: DecideFixture.png))
        var live = try #require(table.document.entry(.scenes, deep))
        live.setMember("unsaved", to: true)
        try table.run("live.change", ["scene": live])

        let decision = try table.run("scene-folder.rename", ["new_name": "Kapitel Zwei"], ["path": "Chapter 2"])
        #expect(decision.type == "scene-folder.renamed")
        #expect(decision.message == "Folder renamed successfully")
        #expect(folders(table) == ["Chapter 22", "Kapitel Zwei", "Kapitel Zwei/The Cave"])
        func scene(_ id: String) -> JSONValue? { table.document.entry(.scenes, id) }
        #expect(scene(deep)?["folder"] == "Kapitel Zwei/The Cave")
        #expect(scene(flat)?["folder"] == "Kapitel Zwei")
        #expect(scene(other)?["folder"] == "Chapter 22")
        #expect(table.document[.live]["folder"] == "Kapitel Zwei/The Cave")
        let path = try #require(scene(deep)?["images"]?[0]?["path"]?.stringValue)
        #expect(path.hasPrefix("Kapitel Zwei/The Cave/images/"))
        #expect(table.document[.live]["images"]?[0]?["path"]?.stringValue == path)
        #expect(SceneViews.imageReference(table.document, path: path) != nil)
    }

    @Test func aRenameMovesTheFoldersAndReplacesOnlyPaths() throws {
        var table = DecideFixture()
        _ = try table.saveScene("x", [("folder", "A"), ("notes", .string(String(repeating: "long ", count: 1000)))])
        let decision = try table.run("scene-folder.rename", ["path": "A", "newName": "B"])
        let moves = decision.events[0].patch.operations.filter { if case .move = $0 { true } else { false } }
        #expect(moves.count == 1)
        #expect(decision.patchByteCount < 250)
    }

    @Test func aNestedFolderGetsItsWholeNewPath() throws {
        var table = DecideFixture()
        let id = try table.saveScene("x", [("folder", "A/B/C")])
        try table.run("scene-folder.rename", ["path": "A/B", "newName": "Die Höhle"])
        #expect(table.document.entry(.scenes, id)?["folder"] == "A/Die Höhle/C")
    }

    @Test func aTakenOrEmptyNameIsRefused() throws {
        var table = DecideFixture()
        try table.run("scene-folder.create", ["path": "Left"])
        try table.run("scene-folder.create", ["path": "Right"])
        for name in ["Right", "Left", ""] {
            #expect(
                table.refusal(of: "scene-folder.rename", ["new_name": .string(name)], ["path": "Left"])
                    == CommandError(.exists, "A folder named '\(name)' already exists"))
        }
        #expect(
            table.refusal(of: "scene-folder.rename", ["new_name": "x"], ["path": "ghost"])
                == CommandError(.notFound, "Folder not found"))
        #expect(table.refusal(of: "scene-folder.rename", ["new_name": "a/b"], ["path": "Left"])?.code == .invalid)
    }

    @Test func deletingTakesEverythingBelowAndNothingElse() throws {
        var table = DecideFixture()
        let gone = try table.saveScene("gone", [("folder", "A/B")])
        let kept = try table.saveScene("kept", [("folder", "A2")])
        try table.run(.sceneImageAdd(sceneID: gone, name: "a.png", blob: DecideFixture.png))
        let decision = try table.run("scene-folder.delete", .null, ["path": "A"])
        #expect(decision.type == "scene-folder.deleted")
        #expect(decision.message == "Folder deleted successfully")
        #expect(folders(table) == ["A2"])
        #expect(table.document.keys(.scenes) == [kept])
        #expect(
            table.refusal(of: "scene-folder.delete", .null, ["path": "A"])
                == CommandError(.notFound, "Folder not found"))
    }
}
