import JSONDocument
import Testing

@testable import Table

@Suite struct ImportTests {
    private func plan(
        _ entries: [(String, ImportContent)], selection: ContentSelection = .all
    ) throws -> ImportPlan {
        var planner = ImportPlanner(selection: selection)
        for (path, content) in entries {
            if ImportPlanner.wants(path) == .skip {
                try planner.skip(path: path)
            } else {
                try planner.add(path: path, content: content)
            }
        }
        return planner.finish()
    }

    private func document(_ text: String) -> ImportContent { .document(Array(text.utf8)) }

    private let image = ImportContent.blob(DecideFixture.png)
    private let sound = ImportContent.blob(DecideFixture.mp3)

    @Test func anArchiveBecomesOneEvent() throws {
        var table = DecideFixture()
        let scene = #"{"id":"imp","name":"Imported","folder":"Chapter 1","fog":1.0}"#
        let plan = try plan([
            ("maps/D/imported.png", image), ("scenes/Chapter 1/imp.json", document(scene)),
            ("sounds/oneshot/T/z.mp3", sound), ("README.txt", document("hello")), ("extras/imported.png", image),
        ])
        let decision = try table.run(.tableImport(plan))
        #expect(decision.type == "table.imported")
        #expect(decision.message == "Backup imported successfully")
        #expect(decision.answer["extracted_files"]?.intValue == 3)
        #expect(
            decision.answer["processed_files"]?.text == """
                {"maps":1,"scenes":1,"sounds":1,"campaigns":0,"diary":0,"users":0,"other":2}
                """)
        #expect(decision.answer["total_size"]?.intValue == 78 + 3000 + scene.utf8.count)
        #expect(decision.answer["skipped"] == [])
        #expect(SceneViews.load(table.document, "imp")?["fog"]?.numberText == "1.0")
        #expect(SceneViews.load(table.document, "imp")?["images"] == [])
        #expect(table.document.keys(.mapFolders) == ["D"])
        #expect(table.document.keys(.sounds) == ["oneshot/T/z.mp3"])
        #expect(try table.run(.tableImport(plan)).events.isEmpty)
    }

    @Test func anImportOverwritesAndKeepsTheRest() throws {
        var table = DecideFixture()
        try table.upload("D/a.png", DecideFixture.jpeg)
        try table.upload("D/b.png")
        try table.run(.tableImport(try plan([("maps/D/a.png", image)])))
        #expect(table.document.entry(.maps, "D/a.png")?["blob"]?.stringValue == DecideFixture.png.sha256)
        #expect(table.document.keys(.maps).count == 2)
    }

    @Test func whatIsNotSelectedIsLeftOut() throws {
        let selection = ContentSelection(maps: true, scenes: false, audio: false)
        let plan = try plan(
            [("maps/D/a.png", image), ("scenes/s.json", document("{}")), ("sounds/loop/x.mp3", sound)],
            selection: selection)
        #expect(plan.counts.extracted == 1)
        #expect(plan.scenes.isEmpty && plan.sounds.isEmpty && plan.skipped.isEmpty)
    }

    @Test(arguments: [
        "maps/../../slip.png", "../x.png", "/maps/x.png", "maps//x.png", "maps/a\\b.png", "maps/\u{0}.png",
        "maps/a/../../../b/x", "other/../../x", "maps/../",
    ])
    func aPathThatLeavesItsPlaceRefusesTheArchive(path: String) {
        #expect(ImportPlanner.wants(path) == nil)
        var planner = ImportPlanner()
        let error = #expect(throws: CommandError.self) { try planner.add(path: path, content: image) }
        #expect(error?.code == .invalid)
    }

    @Test(arguments: [
        ("maps/D/", ImportKind.skip), ("maps/x.png", .blob), ("maps/x.png.json", .document), ("maps/notes.txt", .skip),
        ("scenes/A/x.json", .document), ("scenes/current_scene.json", .document), ("scenes/images/a_b.png", .blob),
        ("scenes/A/images/a_b.png", .blob), ("scenes/stray.png", .skip), ("sounds/loop/x.ogg", .blob),
        ("sounds/x.mp3", .skip), ("campaign_images/x.png", .skip), ("maps", .skip), ("README.txt", .skip),
    ])
    func everyPlaceHasItsKind(path: String, kind: ImportKind) {
        #expect(ImportPlanner.wants(path) == kind)
    }

    @Test func foldersOfAnArchiveComeAlongWithoutBeingCounted() throws {
        var table = DecideFixture()
        let plan = try plan([
            ("maps/Empty/", image), ("maps/D/", image), ("maps/D/a.png", image), ("scenes/S/images/", image),
            ("scenes/T/", image),
        ])
        #expect(plan.counts.other == 0)
        try table.run(.tableImport(plan))
        #expect(table.document.keys(.mapFolders).sorted() == ["D", "Empty"])
        #expect(table.document.keys(.sceneFolders) == ["T"])
    }

    @Test func oneBadDocumentDoesNotBreakTheOthers() throws {
        var table = DecideFixture()
        let plan = try plan([
            ("scenes/bad.json", document("not json at all")), ("scenes/list.json", document("[]")),
            ("scenes/noid.json", document(#"{"name":"x"}"#)), ("scenes/nan.json", document(#"{"id":NaN}"#)),
            ("scenes/evil.json", document(#"{"id":"../x","name":"x"}"#)),
            ("scenes/live.json", document(#"{"id":"current_scene","name":"x"}"#)),
            ("maps/a.png.json", document(#"{"name":"a.png"}"#)),
            ("scenes/good.json", document(#"{"id":"good","name":"x"}"#)),
        ])
        #expect(plan.skipped.count == 7)
        #expect(plan.skipped.allSatisfy { !$0.reason.isEmpty })
        let decision = try table.run(.tableImport(plan))
        #expect(table.document.keys(.scenes) == ["good"])
        #expect(decision.answer["skipped"]?.count == 7)
    }

    @Test func aSceneSaysItselfWhereItIs() throws {
        var table = DecideFixture()
        try table.run(
            .tableImport(
                try plan([
                    ("scenes/Old/a.json", document(#"{"id":"a","name":"a","folder":null}"#)),
                    ("scenes/Old/b.json", document(#"{"id":"b","name":"b"}"#)),
                    ("scenes/Old/c.json", document(#"{"id":"c","name":"c","folder":"../evil"}"#)),
                ])))
        let folders = ["a", "b", "c"].map { table.document.entry(.scenes, $0)?["folder"]?.text }
        #expect(folders == ["null", "\"Old\"", "\"Old\""])
    }

    @Test func theLiveSceneIsRefreshed() throws {
        var table = DecideFixture()
        try table.run("live.change", ["scene": ["id": "old"]])
        try table.run(.tableImport(try plan([("scenes/current_scene.json", document(#"{"id":"live","maps":[]}"#))])))
        #expect(table.document[.live] == ["id": "live", "maps": []])
        #expect(table.document[.scenes] == [:])
    }

    @Test func imagesGoToTheScenesThatListThem() throws {
        var table = DecideFixture()
        let scene = """
            {"id":"s","name":"s","folder":"A","images":[{"id":"i1","name":"h.png","path":"A/images/i1_h.png"}]}
            """
        let decision = try table.run(
            .tableImport(
                try plan([
                    ("scenes/A/images/i1_h.png", image), ("scenes/A/s.json", document(scene)),
                    ("scenes/images/stray_x.png", image),
                ])))
        #expect(SceneViews.imageReference(table.document, path: "A/images/i1_h.png")?.size == 78)
        #expect(decision.answer["skipped"]?[0]?["path"] == "scenes/images/stray_x.png")
    }

    @Test func mapDataGoesByItsPlace() throws {
        var table = DecideFixture()
        let data = #"{"name":"wrong.png","folder":"elsewhere","data":{"scale":2}}"#
        try table.run(
            .tableImport(try plan([("maps/D/a.png.json", document(data)), ("maps/D/a.png", image)])))
        #expect(MapViews.data(table.document, "a.png") == ["name": "a.png", "folder": "D", "data": ["scale": 2]])
    }

    @Test func aFileInTheWayOfAFolderIsRefused() throws {
        var table = DecideFixture()
        try table.upload("a.png")
        let plan = try plan([("maps/a.png/b.png", image)])
        #expect(table.refusal(of: .tableImport(plan))?.code == .conflict)
    }
}

@Suite struct ExportLayoutTests {
    private func filled() throws -> DecideFixture {
        var table = DecideFixture()
        try table.upload("D/a.png")
        try table.upload("root.png", DecideFixture.jpeg)
        try table.run("map.store-data", ["name": "a.png", "folder": "D", "data": ["scale": 2]])
        let scene = try table.saveScene("x", [("folder", "A/B"), ("fogOfWar", [.decimal("1.5")])])
        _ = try table.saveScene("at the root")
        try table.run(.sceneImageAdd(sceneID: scene, name: "h.png", blob: DecideFixture.png))
        try table.run(.soundAdd(path: "loop/T/x.mp3", blob: DecideFixture.mp3))
        try table.run("live.change", ["scene": ["id": "live", "name": "now"]])
        return table
    }

    private func paths(_ table: DecideFixture, _ selection: ContentSelection) throws -> [String] {
        try ExportLayout.filtered(table.document, selection: selection).map(\.path)
    }

    @Test func anImportOfAnExportGivesTheSameTable() throws {
        let table = try filled()
        var planner = ImportPlanner()
        for entry in try ExportLayout.entries(of: table.document) {
            switch entry.content {
            case .bytes(let bytes): try planner.add(path: entry.path, content: .document(bytes))
            case .blob(let blob): try planner.add(path: entry.path, content: .blob(blob))
            }
        }
        var copy = DecideFixture()
        try copy.run(.tableImport(planner.finish()))
        #expect(copy.document == table.document)
    }

    @Test func thePathsAreThoseOfTheOldServer() throws {
        let table = try filled()
        let all = try paths(table, .all)
        let scenes = table.document.keys(.scenes)
        #expect(all.prefix(3) == ["maps/D/a.png", "maps/D/a.png.json", "maps/root.png"])
        #expect(all.contains("scenes/A/B/\(scenes[0]).json"))
        #expect(all.contains("scenes/\(scenes[1]).json"))
        #expect(all.contains { $0.hasPrefix("scenes/A/B/images/") && $0.hasSuffix("_h.png") })
        #expect(all.contains("scenes/current_scene.json"))
        #expect(all.last == "sounds/loop/T/x.mp3")
    }

    @Test func flagsAndTopLevelFoldersFilter() throws {
        let table = try filled()
        #expect(try paths(table, ContentSelection(maps: false, scenes: false, audio: false)).isEmpty)
        #expect(try paths(table, ContentSelection(scenes: false, audio: false)).allSatisfy { $0.hasPrefix("maps/") })
        let one = try paths(table, ContentSelection(includeFolders: ["D"]))
        let scenes = table.document.keys(.scenes)
        #expect(
            one == [
                "maps/D/a.png", "maps/D/a.png.json", "maps/root.png", "scenes/\(scenes[1]).json",
                "scenes/current_scene.json",
            ])
        #expect(try paths(table, ContentSelection(maps: false, includeFolders: ["loop"])).last == "sounds/loop/T/x.mp3")
    }

    @Test func anEntryWithoutABlobIsAnError() {
        var document = TableDocument.empty
        document.setMember("maps", to: ["a.png": ["size": 1]])
        let error = #expect(throws: CommandError.self) { try ExportLayout.entries(of: document) }
        #expect(error?.message.contains("/maps/a.png") == true)
    }
}
