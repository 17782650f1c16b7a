import JSONDocument
import Journal
import Testing

@testable import Table

@Suite struct CommandParseTests {
    private func fields(_ name: String, _ data: JSONValue, _ parameters: [String: String] = [:]) -> [FieldError] {
        DecideFixture().refusal(of: name, data, parameters)?.fields ?? []
    }

    @Test func missingFieldsAreListedInTheirOrderWithTheBodyAsInput() throws {
        let error = try #require(DecideFixture().refusal(of: "scene.save", ["folder": "x"]))
        let expected: JSONValue = [
            ["type": "missing", "loc": ["body", "id"], "msg": "Field required", "input": ["folder": "x"]],
            ["type": "missing", "loc": ["body", "name"], "msg": "Field required", "input": ["folder": "x"]],
        ]
        #expect(error.code.httpStatus == 422)
        #expect(error.detail() == expected)
        #expect(error.detail(in: "query")[0]?["loc"] == ["query", "id"])
    }

    @Test func theBodyOfAnUpdateNeedsItsIdAlthoughThePathHasOne() {
        #expect(fields("scene.update", [:], ["id": "5f"]).map(\.loc) == [["id"], ["name"]])
    }

    @Test(
        arguments: [
            ("maps", [:], "list_type"), ("initiativeOrder", "none", "list_type"), ("gridSettings", [], "dict_type"),
            ("gridSettings", .null, "dict_type"), ("folder", 7, "string_type"), ("activeMapId", 5, "string_type"),
            ("showCurrentPlayer", "maybe", "bool_parsing"), ("showCurrentPlayer", 2, "bool_parsing"),
            ("showCurrentPlayer", .null, "bool_type"), ("encounterHistory", 1, "list_type"),
            ("images", [:], "list_type"),
        ] as [(String, JSONValue, String)])
    func aSceneFieldOfTheWrongTypeIsNamed(field: String, value: JSONValue, type: String) throws {
        var body: JSONValue = ["id": "x", "name": "y"]
        body.setMember(field, to: value)
        let error = try #require(fields("scene.save", body).first)
        #expect(error.type == type)
        #expect(error.loc == [.string(field)])
        #expect(error.input == value)
        #expect(error.msg.hasPrefix("Input should be a valid"))
    }

    @Test func elementsOfListsAreNamedByTheirIndex() {
        let body: JSONValue = ["id": "x", "name": "y", "maps": [[:], 3], "images": [["id": "1", "name": 2]]]
        let found = fields("scene.save", body)
        #expect(found.map(\.loc) == [["maps", 1], ["images", 0, "name"], ["images", 0, "path"]])
        #expect(found.map(\.type) == ["dict_type", "string_type", "missing"])
    }

    @Test func bodiesThatAreNoObjectAreRefusedAsTheirRouteDoes() {
        #expect(fields("scene.save", []).map(\.type) == ["model_attributes_type"])
        #expect(fields("scene.save", "text").map(\.loc) == [[]])
        #expect(fields("map.rename", [], ["name": "a.png"]).map(\.type) == ["dict_type"])
        #expect(fields("map.store-data", .null).map(\.type) == ["missing"])
        #expect(DecideFixture().refusal(of: "scene.save", .null) == .missingBody)
    }

    @Test(
        arguments: [
            ("map.rename", ["new_name": 5], "new_name"), ("map.move", ["folder": 5], "folder"),
            ("map-folder.create", ["folder_name": "x", "parent_folder": .null], "parent_folder"),
            ("map-folder.create", ["folder_name": "x", "note": 1], "note"), ("map.move", ["note": .null], "note"),
        ] as [(String, JSONValue, String)])
    func theMapRoutesTakeNothingButStrings(name: String, body: JSONValue, field: String) {
        let found = fields(name, body, ["name": "a.png"])
        #expect(found.map(\.type) == ["string_type"])
        #expect(found.map(\.loc) == [[.string(field)]])
    }

    @Test(
        arguments: [
            ("map.rename", [:], "New name is required"), ("map.rename", ["new_name": ""], "New name is required"),
            ("map-folder.create", [:], "Folder name is required"),
            ("map-folder.create", ["folder_name": ""], "Folder name is required"),
            ("scene-folder.create", ["folder_name": ""], "Folder name is required"),
        ] as [(String, JSONValue, String)])
    func aMissingNameIsRefusedWithTheContractsText(name: String, body: JSONValue, text: String) {
        let error = DecideFixture().refusal(of: name, body, ["name": "a.png"])
        #expect(error == CommandError(.invalid, text))
    }

    @Test(arguments: ["../maps/evil", "/abs", "a//b", "a/./b", "a\\b", "a\u{0}b", "a\nb", ".", ".."])
    func aBodysPathThatLeavesItsPlaceIsRefusedEverywhere(path: String) {
        let text: JSONValue = .string(path)
        let table = DecideFixture()
        let refusals = [
            table.refusal(of: "scene.save", ["id": "1", "name": "x", "folder": text]),
            table.refusal(of: "scene.update", ["id": "1", "name": "x", "folder": text], ["id": "1"]),
            table.refusal(of: "scene-folder.create", ["folder_name": text]),
            table.refusal(of: "scene-folder.create", ["folder_name": "x", "parent_folder": text]),
            table.refusal(of: "scene-folder.rename", ["new_name": text], ["path": "x"]),
            table.refusal(of: "map-folder.create", ["folder_name": text]),
            table.refusal(of: "map-folder.rename", ["new_name": text], ["path": "x"]),
            table.refusal(of: "map.rename", ["new_name": text], ["name": "x.png"]),
            table.refusal(of: "map.move", ["folder": text], ["name": "x.png"]),
            table.refusal(of: "map.store-data", ["name": text, "data": [:]]),
            table.refusal(of: "map.store-data", ["name": "x.png", "folder": text, "data": [:]]),
            table.refusal(of: "sound.move", ["to": text, "path": "loop/x.mp3"]),
            table.refusal(of: .mapUpload(folder: path, name: "x.png", blob: DecideFixture.png)),
            table.refusal(of: .mapUpload(folder: nil, name: path + ".png/..", blob: DecideFixture.png)),
        ]
        for (index, refusal) in refusals.enumerated() {
            #expect(refusal?.code == .invalid, "request \(index)")
        }
    }

    @Test func aPathOfTheUrlThatBreaksTheRulesIsSimplyNotThere() {
        let table = DecideFixture()
        for path in ["", ".", "..", "../maps", "/abs", "a\u{0}"] {
            #expect(table.refusal(of: "scene-folder.delete", .null, ["path": path])?.code == .notFound)
            #expect(table.refusal(of: "map-folder.delete", .null, ["path": path])?.code == .notFound)
            #expect(table.refusal(of: "map.delete", .null, ["name": path])?.code == .notFound)
            #expect(table.refusal(of: "scene.delete", .null, ["id": path])?.code == .notFound)
        }
    }

    @Test func bothSpellingsOfACommandMeanTheSame() throws {
        var (rest, socket) = (DecideFixture(), DecideFixture())
        try rest.run("scene-folder.create", ["folder_name": "B", "parent_folder": "A"])
        try socket.run("scene-folder.create", ["path": "A/B"])
        try rest.run("scene-folder.rename", ["new_name": "C"], ["path": "A/B"])
        try socket.run("scene-folder.rename", ["path": "A/B", "newName": "C"])
        try rest.run("map-folder.create", ["folder_name": "M"])
        try socket.run("map-folder.create", ["path": "M"])
        #expect(rest.document == socket.document)
        #expect(rest.document.keys(.sceneFolders) == ["A", "A/C"])
    }

    @Test func anUnknownCommandIsRefused() {
        #expect(DecideFixture().refusal(of: "scene.explode", [:])?.code == .unsupported)
    }

    @Test func historyCommandsTakeOffsetsAndTimes() throws {
        func restore(_ data: JSONValue) throws -> RestoreRequest? {
            guard case .restoreRequest(let request) = try Command.parse(name: "table.restore", data: data) else {
                return nil
            }
            return request
        }
        #expect(try restore(["to": 41]) == RestoreRequest(to: .offset(41)))
        #expect(try restore(["to": "-1", "paths": .null]) == RestoreRequest(to: .offset(-1)))
        let time = try #require(JournalTime(rfc3339: "2026-11-23T06:40:00Z"))
        #expect(try restore(["to": "2026-11-23T06:40:00Z"])?.target == .time(time))
        let part = try restore([
            "to": 4, "paths": ["/maps/A~1a.png"], "withoutMissingFiles": true, "dryRun": true, "ifChange": "4f",
        ])
        #expect(
            part
                == RestoreRequest(
                    to: .offset(4), paths: [JSONPointer(tokens: ["maps", "A/a.png"])], withoutMissingFiles: true,
                    isDryRun: true, ifChange: "4f"))
        guard case .undoRequest(UndoRequest()) = try Command.parse(name: "table.undo", data: .null),
            case .redoRequest(UndoRequest(offset: 7)) = try Command.parse(name: "table.redo", data: ["offset": 7]),
            case .undoRequest(UndoRequest(scope: .table, isDryRun: true, ifChange: "4f")) = try Command.parse(
                name: "table.undo", data: ["scope": "table", "dryRun": true, "offset": .null, "ifChange": "4f"])
        else {
            Issue.record("parsed as something else")
            return
        }
        #expect(fields("table.restore", ["to": 1, "paths": []]).map(\.type) == ["list_type"])
        let noPointers = fields("table.restore", ["to": 1, "paths": ["maps", 7]])
        #expect(noPointers.map(\.loc) == [["paths", 0], ["paths", 1]])
        #expect(fields("table.restore", ["to": 1, "dryRun": 7]).map(\.type) == ["bool_parsing"])
        #expect(fields("table.undo", ["ifChange": 7]).map(\.type) == ["string_type"])
        let many = JSONValue.array((0...200).map { .string("/maps/\($0)") })
        #expect(fields("table.restore", ["to": 1, "paths": many]).map(\.type) == ["too_long"])
        for name in ["table.undo", "table.redo"] {
            let misspelt = fields(name, ["ofset": 3])
            #expect(misspelt.map(\.type) == ["extra_forbidden"] && misspelt.map(\.loc) == [["ofset"]])
        }
        #expect(fields("table.restore", ["to": 1, "path": ["/maps"]]).map(\.loc) == [["path"]])
        #expect(fields("table.undo", ["before": -1]).map(\.type) == ["int_type"])
        #expect(fields("table.undo", ["scope": "all"]).map(\.loc) == [["scope"]])
        #expect(fields("table.restore", [:]).map(\.type) == ["missing"])
        #expect(fields("table.restore", ["to": "yesterday"]).map(\.loc) == [["to"]])
        #expect(fields("table.undo", ["offset": "x"]).map(\.type) == ["int_type"])
    }

    @Test func syntaxErrorsBecomeTheContractsAnswers() {
        func refusal(_ text: [UInt8]) -> CommandError? {
            do {
                _ = try JSONValue.parse(text)
                return nil
            } catch { return .invalidJSON(error) }
        }
        let cut = refusal(Array(#"{"id": "a", "#.utf8))
        #expect(cut?.fields.first?.type == "json_invalid")
        #expect(cut?.detail()[0]?["loc"]?[0] == "body")
        #expect(refusal([0x22, 0xFF, 0x22])?.message == "There was an error parsing the body")
        #expect(refusal(Array(String(repeating: "[", count: 600).utf8))?.code == .invalid)
    }

    @Test func ifOffsetLooksAtWhatACommandIsAbout() throws {
        var table = DecideFixture()
        try table.upload("Act 1/crypt.png")
        func addressed(_ name: String, _ data: JSONValue) throws -> [String] {
            try Command.parse(name: name, data: data).addressed(in: table.document).map(\.text)
        }
        #expect(
            try addressed("map.delete", ["name": "crypt.png"])
                == ["/maps/Act 1~1crypt.png", "/mapData/Act 1~1crypt.png"])
        #expect(try addressed("live.change", ["scene": [:]]) == ["/live"])
        let patch: JSONValue = [["op": "replace", "path": "/live/name", "value": "x"]]
        #expect(try addressed("live.change", ["patch": patch]) == ["/live/name"])
        #expect(try addressed("scene.save", ["id": "1", "name": "x"]) == [])
        #expect(try addressed("table.undo", .null) == [""])
    }
}
