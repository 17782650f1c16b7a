import JSONDocument
import Testing

@testable import Table

@Suite struct HistoryCommandTests {
    /// Runs a change and gives the command that undoes it.
    private func undo(
        of change: (inout DecideFixture) throws -> Void, in table: inout DecideFixture
    ) throws -> Command {
        let before = table.document
        try change(&table)
        return .tableUndo(UndoPlan(before: before, after: table.document, step: UndoStepName(offset: 7)))
    }

    // MARK: Restore

    @Test func restoringBringsBackAnyMomentAndIsItselfAnEvent() throws {
        var table = DecideFixture()
        let id = try table.saveScene("kept", [("folder", "A")])
        try table.upload("D/a.png")
        let moment = table.document
        try table.run("scene.delete", .null, ["id": id])
        try table.run("map.rename", ["name": "a.png", "newName": "b.png"])
        let decision = try table.run(.tableRestore(RestorePlan(document: moment, offset: 2)))
        #expect(decision.type == "table.restored")
        #expect(decision.events[0].data == ["to": 2])
        #expect(table.document == moment)
        #expect(try table.run(.tableRestore(RestorePlan(document: moment, offset: 2))).events.isEmpty)
    }

    @Test func aPatchTooLargeForALineIsAGroupThatGivesTheSame() throws {
        let texts = (0..<8).map { JSONValue.string(String(repeating: "\($0)", count: 300)) }
        let target: JSONValue = ["a": texts[0], "b": texts[1], "c": 1, "d": ["list": .array(texts), "more": [:]]]
        let patch = JSONPatch([.replace(try JSONPointer("/old"), 2), .add(try JSONPointer("/new"), target)])
        let group = try Decision.group("t.done", data: [:], patch: patch, answer: [:], partByteCountMax: 700)
        #expect(group.events.count > 4)
        #expect(group.events.allSatisfy { $0.type == "t.done" && !$0.patch.isEmpty })
        #expect(group.events.allSatisfy { $0.patch.serialized().count <= 700 })
        var document: JSONValue = ["old": 1]
        for event in group.events { try document.apply(event.patch) }
        #expect(document == ["old": 2, "new": target])
        let error = #expect(throws: CommandError.self) {
            try Decision.group("t.done", data: [:], patch: patch, answer: [:], partByteCountMax: 200)
        }
        #expect(error?.code == .tooLarge)
        #expect(try Decision.group("t.done", data: [:], patch: patch, answer: [:]).events.count == 1)
        #expect(try Decision.group("t.done", data: [:], patch: JSONPatch(), answer: [:]).events.isEmpty)
    }

    // MARK: Undo

    @Test func undoingTakesBackOneChangeAndLeavesLaterOnes() throws {
        var table = DecideFixture()
        let id = try table.saveScene("Wolf Den", [("maps", [["name": "a.png", "x": 1], ["name": "b.png", "x": 1]])])
        let undo = try undo(of: { try $0.run("scene.delete", .null, ["id": id]) }, in: &table)
        try table.upload("D/a.png")
        let decision = try table.run(undo)
        #expect(decision.type == "table.undone")
        #expect(decision.events[0].data == ["offset": 7])
        #expect(table.document.entry(.scenes, id)?["name"] == "Wolf Den")
        #expect(table.document.keys(.maps) == ["D/a.png"])
    }

    @Test func undoFindsItsElementAfterOthersWereRemoved() throws {
        var table = DecideFixture()
        let tokens: JSONValue = [["id": "a", "x": 1], ["id": "b", "x": 1], ["id": "c", "x": 1]]
        try table.run("live.change", ["scene": ["id": "l", "tokens": tokens]])
        let move: JSONValue = [["op": "replace", "path": "/live/tokens/2/x", "value": 99]]
        let undo = try undo(of: { try $0.run("live.change", ["patch": move]) }, in: &table)
        try table.run("live.change", ["patch": [["op": "remove", "path": "/live/tokens/0"]]])
        try table.run(undo)
        #expect(table.document[.live]["tokens"] == [["id": "b", "x": 1], ["id": "c", "x": 1]])
    }

    @Test func aChangeThatWasChangedAgainIsNotUndone() throws {
        var table = DecideFixture()
        try table.run("live.change", ["scene": ["id": "l", "name": "one", "x": 1]])
        let rename: JSONValue = [["op": "replace", "path": "/name", "value": "two"]]
        let undo = try undo(of: { try $0.run("live.change", ["patch": rename]) }, in: &table)
        try table.run("live.change", ["patch": [["op": "replace", "path": "/name", "value": "three"]]])
        let error = try #require(table.refusal(of: undo))
        #expect(error.code == .conflict)
        #expect(error.message.contains("/live/name"))
    }

    @Test func aSceneThatWasEditedSinceIsNotTakenAwayByAnUndo() throws {
        var table = DecideFixture()
        let undo = try undo(of: { _ = try $0.saveScene("first") }, in: &table)
        let id = try #require(table.document.keys(.scenes).first)
        try table.run("scene.update", ["id": "1", "name": "edited"], ["id": id])
        let error = try #require(table.refusal(of: undo))
        #expect(error.message.contains("/scenes/\(id)"))
    }

    @Test func undoLeavesOutWhatIsGone() throws {
        var table = DecideFixture()
        try table.upload("a.png")
        let gone = try table.saveScene("gone", [("activeMapId", "a.png")])
        let kept = try table.saveScene("kept", [("activeMapId", "a.png")])
        let undo = try undo(of: { try $0.run("map.rename", ["name": "a.png", "newName": "b.png"]) }, in: &table)
        try table.run("scene.delete", .null, ["id": gone])
        try table.run(undo)
        #expect(table.document.keys(.maps) == ["a.png"])
        #expect(table.document.entry(.scenes, kept)?["activeMapId"] == "a.png")
    }

    @Test func `a map and a folder that would be at the same path are a conflict`() throws {
        var table = DecideFixture()
        try table.upload("a.png")
        let deletion = try undo(of: { try $0.run("map.delete", ["path": "a.png"]) }, in: &table)
        try table.run("map-folder.create", ["path": "a.png"])
        #expect(table.refusal(of: deletion)?.details["conflicts"] == [["path": "/mapFolders/a.png", "now": [:]]])
        let removal = try undo(of: { try $0.run("map-folder.delete", ["path": "a.png"]) }, in: &table)
        try table.upload("a.png")
        let conflict = try #require(table.refusal(of: removal))
        #expect(conflict.code == .conflict)
        #expect(conflict.details["conflicts"]?[0]?["path"] == "/maps/a.png")
        try table.run("map.delete", ["path": "a.png"])
        try table.run(removal)
        #expect(table.document.keys(.mapFolders) == ["a.png"])
    }

    @Test func nothingLeftToUndoIsAConflict() throws {
        var table = DecideFixture()
        let id = try table.saveScene("x")
        let undo = try undo(
            of: { try $0.run("scene.update", ["id": "1", "name": "y"], ["id": id]) }, in: &table)
        try table.run("scene.delete", .null, ["id": id])
        #expect(table.refusal(of: undo)?.code == .conflict)
    }

    @Test func undoKeepsAFolderThatIsInUseSince() throws {
        var table = DecideFixture()
        let undo = try undo(of: { _ = try $0.saveScene("first", [("folder", "A/B")]) }, in: &table)
        let second = try table.saveScene("second", [("folder", "A/B")])
        try table.run(undo)
        #expect(table.document.keys(.scenes) == [second])
        #expect(table.document.keys(.sceneFolders).sorted() == ["A", "A/B"])
    }

    @Test func redoTakesBackTheUndo() throws {
        var table = DecideFixture()
        let before = table.document
        _ = try table.saveScene("x")
        let after = table.document
        try table.run(.tableUndo(UndoPlan(before: before, after: after, step: UndoStepName(offset: 0))))
        #expect(table.document == before)
        let decision = try table.run(
            .tableUndo(
                UndoPlan(before: after, after: before, step: UndoStepName(offset: 1), isRedo: true)))
        #expect(decision.type == "table.redone")
        #expect(table.document == after)
    }

    @Test func elementsAddedOnBothSidesAreNoConflict() throws {
        var table = DecideFixture()
        try table.run("live.change", ["scene": ["id": "l", "markers": [["id": "x"], ["id": "z"]]]])
        let undo = try undo(
            of: { try $0.run("live.change", ["patch": [["op": "remove", "path": "/markers/0"]]]) }, in: &table)
        try table.run("live.change", ["patch": [["op": "add", "path": "/markers/0", "value": ["id": "y"]]]])
        try table.run(undo)
        let ids = table.document[.live]["markers"]?.elements?.compactMap { $0["id"]?.stringValue } ?? []
        #expect(Set(ids) == ["x", "y", "z"])
    }

    /// An `id` that is neither text nor number was taken for one here, and not by the merge.
    @Test func conflictsAreLookedForAmongTheElementsThatTheMergePairs() throws {
        func tokens(_ tokens: (String, Int)...) -> JSONValue {
            ["maps": .array(tokens.map { ["id": .null, "name": .string($0.0), "x": .number($0.1)] })]
        }
        let (before, after) = (tokens(("A", 0), ("B", 0)), tokens(("A", 1), ("B", 0)))
        let present = tokens(("C", 5), ("A", 1), ("B", 0))
        #expect(UndoConflicts.find(before: before, after: after, present: present).isEmpty)
        let movedOn = tokens(("C", 5), ("A", 2), ("B", 0))
        #expect(
            UndoConflicts.find(before: before, after: after, present: movedOn)
                == [UndoConflict(path: try JSONPointer("/maps/1/x"), was: 0, became: 1, now: 2)])
        let undone = JSONMerge.merge(base: after, mine: before, present: present)
        #expect(undone == tokens(("C", 5), ("A", 0), ("B", 0)))
    }

    @Test func requestsMustBeResolvedFirst() {
        for command in [
            Command.undoRequest(UndoRequest()), .redoRequest(UndoRequest(offset: 1)),
            .restoreRequest(RestoreRequest(to: .offset(0))),
        ] {
            #expect(DecideFixture().refusal(of: command)?.code == .unsupported)
        }
    }

    // MARK: Effects

    @Test func anEffectIsAnEventThatChangesNothing() throws {
        let message = Array(#"{"type":"scene_event","eventType":"shake_effect"}"#.utf8)
        let decision = try DecideFixture().decide(.effect(Effect(origin: nil, message: message)))
        #expect(decision.type == "effect.relayed")
        #expect(decision.events[0].data["eventType"] == "shake_effect")
        #expect(decision.events[0].patch.isEmpty)
    }
}
