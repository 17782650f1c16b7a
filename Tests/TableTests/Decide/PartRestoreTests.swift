import JSONDocument
import Testing

@testable import Table

/// Restoring places of a table while the rest stays.
@Suite struct PartRestoreTests {
    private func restore(
        _ table: inout DecideFixture, to then: JSONValue, _ paths: String...
    ) throws -> Decision {
        let pointers = try paths.map { try JSONPointer($0) }
        return try table.run(.tableRestore(RestorePlan(document: then, offset: 5, paths: pointers)))
    }

    private func also(_ decision: Decision) -> [String] {
        (decision.answer["with"]?.elements ?? []).compactMap(\.stringValue)
    }

    @Test func `one scene comes back and the others keep their changes`() throws {
        var table = DecideFixture()
        let crypt = try table.saveScene("Crypt")
        let inn = try table.saveScene("Inn")
        let then = table.document
        try table.run("scene.update", ["id": "1", "name": "Crypt, flooded"], ["id": crypt])
        try table.run("scene.update", ["id": "1", "name": "Inn, burnt"], ["id": inn])
        let decision = try restore(&table, to: then, "/scenes/\(crypt)")
        #expect(decision.type == "table.restored")
        #expect(decision.events[0].data == ["to": 5, "paths": [.string("/scenes/\(crypt)")]])
        #expect(table.document.entry(.scenes, crypt) == then.entry(.scenes, crypt))
        #expect(table.document.entry(.scenes, inn)?["name"] == "Inn, burnt")
        #expect(also(decision) == [])
        #expect(try restore(&table, to: then, "/scenes/\(crypt)").events.isEmpty, "it is already so")
    }

    @Test func `a deleted scene brings its images and its folder along, which are named`() throws {
        var table = DecideFixture()
        let id = try table.saveScene("Crypt", [("folder", "Act 1/Cellar")])
        try table.run(.sceneImageAdd(sceneID: id, name: "a.png", blob: DecideFixture.png))
        let then = table.document
        try table.run("scene.delete", .null, ["id": id])
        try table.run("scene-folder.delete", .null, ["path": "Act 1"])
        let decision = try restore(&table, to: then, "/scenes/\(id)")
        #expect(table.document == then)
        #expect(
            Set(also(decision)) == ["/sceneImages/\(id)", "/sceneFolders/Act 1", "/sceneFolders/Act 1~1Cellar"])
    }

    @Test func `what was not there then is removed`() throws {
        var table = DecideFixture()
        let then = table.document
        let id = try table.saveScene("Crypt")
        try table.run(.sceneImageAdd(sceneID: id, name: "a.png", blob: DecideFixture.png))
        try table.upload("A/kept.png")
        _ = try restore(&table, to: then, "/scenes/\(id)")
        #expect(table.document.keys(.scenes) == [] && table.document.keys(.sceneImages) == [])
        #expect(table.document.keys(.maps) == ["A/kept.png"])
    }

    @Test func `a map comes back with its old content and its data`() throws {
        var table = DecideFixture()
        try table.upload("A/a.png")
        try table.run("map.store-data", ["name": "a.png", "folder": "A", "data": ["grid": 5]])
        let then = table.document
        try table.upload("A/a.png", DecideFixture.jpeg)
        try table.run("map.store-data", ["name": "a.png", "folder": "A", "data": ["grid": 9]])
        try table.upload("b.png")
        _ = try restore(&table, to: then, "/maps/A~1a.png")
        #expect(table.document.entry(.maps, "A/a.png") == DecideFixture.png.entry)
        #expect(table.document.entry(.mapData, "A/a.png")?["data"]?["grid"] == 5)
        #expect(table.document.entry(.maps, "b.png") != nil)
    }

    @Test func `a folder comes back with what was in it, and loses what was not`() throws {
        var table = DecideFixture()
        try table.upload("A/B/a.png")
        let then = table.document
        try table.run("map.delete", ["path": "A/B/a.png"])
        try table.upload("A/new.png")
        try table.upload("C/other.png")
        _ = try restore(&table, to: then, "/mapFolders/A")
        #expect(table.document.keys(.maps).sorted() == ["A/B/a.png", "C/other.png"])
        #expect(table.document.keys(.mapFolders).sorted() == ["A", "A/B", "C"])
    }

    @Test func `a folder of sounds is restored though it is no entry`() throws {
        var table = DecideFixture()
        try table.run(.soundAdd(path: "loop/Rain/a.mp3", blob: DecideFixture.mp3))
        try table.run(.soundAdd(path: "loop/b.mp3", blob: DecideFixture.mp3))
        let then = table.document
        try table.run(.soundRemove(path: "loop/Rain/a.mp3"))
        try table.run(.soundRemove(path: "loop/b.mp3"))
        _ = try restore(&table, to: then, "/sounds/loop~1Rain")
        #expect(table.document.keys(.sounds) == ["loop/Rain/a.mp3"])
    }

    @Test func `a folder of scenes takes scenes along that were moved since`() throws {
        var table = DecideFixture()
        let stayed = try table.saveScene("stayed", [("folder", "A")])
        let left = try table.saveScene("left", [("folder", "A")])
        let then = table.document
        try table.run("scene.update", ["id": "1", "name": "left", "folder": "B"], ["id": left])
        let added = try table.saveScene("added", [("folder", "A")])
        _ = try restore(&table, to: then, "/sceneFolders/A")
        #expect(Set(table.document.keys(.scenes)) == [stayed, left])
        #expect(table.document.entry(.scenes, added) == nil)
        #expect(table.document.entry(.scenes, left)?["folder"] == "A")
        #expect(table.document.entry(.sceneFolders, "B") != nil, "another folder is left alone")
    }

    @Test func `elements of arrays are the same by their id, whatever their index`() throws {
        var table = DecideFixture()
        func tokens(_ tokens: JSONValue) -> JSONValue { ["scene": ["id": "l", "tokens": tokens]] }
        let four: JSONValue = [
            ["id": "a", "x": 1], ["id": "b", "x": 1], ["id": "c", "x": 1], ["id": "d", "x": 1],
        ]
        try table.run("live.change", tokens(four))
        let then = table.document
        try table.run("live.change", tokens([["id": "d", "x": 2], ["id": "c", "x": 2], ["id": "new", "x": 2]]))
        _ = try restore(&table, to: then, "/live/tokens/1")
        #expect(
            table.document[.live]["tokens"] == [["id": "d", "x": 2], ["id": "c", "x": 1], ["id": "new", "x": 2]],
            "the index is that of the present array")
        _ = try restore(&table, to: then, "/live/tokens/b", "/live/tokens/d/x", "/live/tokens/new")
        #expect(
            table.document[.live]["tokens"] == [["id": "b", "x": 1], ["id": "d", "x": 1], ["id": "c", "x": 1]],
            "b stood behind a, which is gone: it comes to the front")
    }

    @Test func `an id that is a number goes before an index, now and then`() throws {
        var table = DecideFixture()
        func tokens(_ tokens: JSONValue) -> JSONValue { ["scene": ["id": "l", "tokens": tokens]] }
        try table.run("live.change", tokens([["id": "0", "x": 1], ["id": "2", "x": 1], ["id": "1", "x": 1]]))
        let then = table.document
        try table.run("live.change", tokens([["id": "2", "x": 9], ["id": "1", "x": 9]]))
        _ = try restore(&table, to: then, "/live/tokens/1/x")
        #expect(table.document[.live]["tokens"] == [["id": "2", "x": 9], ["id": "1", "x": 1]])
        _ = try restore(&table, to: then, "/live/tokens/0")
        #expect(
            table.document[.live]["tokens"] == [["id": "0", "x": 1], ["id": "2", "x": 9], ["id": "1", "x": 1]],
            "the one of that id comes back, though another has the index")
    }

    @Test func `elements without an identity are taken by index`() throws {
        var table = DecideFixture()
        try table.run("live.change", ["scene": ["id": "l", "cells": [1, 2, 3]]])
        let then = table.document
        try table.run("live.change", ["scene": ["id": "l", "cells": [1, 9, 3]]])
        _ = try restore(&table, to: then, "/live/cells/1")
        #expect(table.document[.live]["cells"] == [1, 2, 3])
    }

    @Test func `a part of something that is gone brings the whole of it along`() throws {
        var table = DecideFixture()
        try table.run("live.change", ["scene": ["id": "l", "tokens": [["id": "a", "x": 1]]]])
        let then = table.document
        try table.run("live.change", ["patch": [["op": "replace", "path": "/live", "value": .null]]])
        let decision = try restore(&table, to: then, "/live/tokens/a")
        #expect(table.document == then)
        #expect(also(decision) == ["/live"])
    }

    @Test func `a place that is at neither moment is refused`() throws {
        var table = DecideFixture()
        let then = table.document
        try table.upload("a.png")
        for path in ["/scenes/nowhere", "/maps/b.png", "/live/tokens/0", "/nothing", "/maps/a.png/blob/deep"] {
            let plan = RestorePlan(document: then, offset: 0, paths: [try JSONPointer(path)])
            #expect(table.refusal(of: .tableRestore(plan))?.code == .notFound, "\(path)")
        }
    }

    @Test func `a map does not come back into the place of a folder`() throws {
        var table = DecideFixture()
        try table.upload("a.png")
        let then = table.document
        try table.run("map.delete", ["path": "a.png"])
        try table.run("map-folder.create", ["path": "a.png"])
        let plan = RestorePlan(document: then, offset: 0, paths: [try JSONPointer("/maps/a.png")])
        #expect(table.refusal(of: .tableRestore(plan))?.code == .conflict)
    }
}
