import JSONDocument
import Journal
import TestSupport
import Testing

@testable import Table

/// What Ctrl+Z takes for one step, whose it is, and what redo brings back.
@Suite struct UndoStepTests {
    private let fixture = TableFixture()
    private let disk = SimulatedFileSystem()

    /// A table with a scene of two tokens on it, laid out by `setup`, a minute ago.
    private func open() async throws -> Table {
        let table = try fixture.open(disk)
        let scene: JSONValue = [
            "id": "l", "name": "Crypt",
            "tokens": [["id": "a", "x": 0, "y": 0], ["id": "b", "x": 0, "y": 0], ["id": "c", "x": 0, "y": 0]],
        ]
        _ = try await table.submit(CommandRequest(.liveScene(scene: scene, bases: []), actor: "setup"))
        fixture.clock.advance(milliseconds: 60_000)
        return table
    }

    /// One event: a token's place, `milliseconds` after the one before.
    @discardableResult
    private func move(
        _ table: Table, _ token: Int, x: Int, by actor: String = "dm", after milliseconds: Int64 = 16
    ) async throws -> CommandOutcome {
        fixture.clock.advance(milliseconds: milliseconds)
        let operation = JSONPatchOperation.replace(try JSONPointer("/live/tokens/\(token)/x"), .number(x))
        return try await table.submit(CommandRequest(.livePatch(JSONPatch([operation])), actor: actor))
    }

    private func places(_ table: Table) -> [Int] {
        (table.committed.document["live"]?["tokens"]?.elements ?? []).compactMap { $0["x"]?.intValue }
    }

    private func refusal(_ table: Table, _ request: CommandRequest) async -> CommandError? {
        do throws(CommandError) {
            _ = try await table.submit(request)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a drag is one step, and its redo another`() async throws {
        let table = try await open()
        defer { table.close() }
        let log = BatchLog()
        _ = log.attach(to: table)
        for x in 1...300 { try await move(table, 0, x: x) }
        _ = try await table.submit(.undo())
        #expect(places(table) == [0, 0, 0])
        let undone = try #require(log.events.last)
        let line = try JSONValue.parse(undone.line)
        #expect(line["data"] == ["offset": 300, "events": [[1, 300]]])
        #expect(await refusal(table, .undo())?.code == .notFound, "what setup did is not dm's")
        _ = try await table.submit(.redo())
        #expect(places(table) == [300, 0, 0])
        _ = try await table.submit(.undo())
        #expect(places(table) == [0, 0, 0])
    }

    @Test func `a pause, another token and another kind of change begin a new step`() async throws {
        let table = try await open()
        defer { table.close() }
        for x in 1...3 { try await move(table, 0, x: x) }
        for x in 4...6 { try await move(table, 0, x: x, after: x == 4 ? 1001 : 1000) }
        for x in 7...9 { try await move(table, 1, x: x) }
        _ = try await table.submit(.blank(true))
        try await move(table, 1, x: 10)
        for expected in [[6, 9, 0], [6, 9, 0], [6, 0, 0], [3, 0, 0], [0, 0, 0]] {
            _ = try await table.submit(.undo())
            #expect(places(table) == expected)
        }
        #expect(table.committed.document["viewer"]?["blank"] == false)
    }

    @Test func `a scene that is put on the table and a drag on it at once are two steps`() async throws {
        let table = try fixture.open(disk)
        defer { table.close() }
        let scene: JSONValue = ["id": "l", "tokens": [["id": "a", "x": 0]]]
        _ = try await table.submit(CommandRequest(.liveScene(scene: scene, bases: []), actor: "dm"))
        try await move(table, 0, x: 1)
        _ = try await table.submit(.undo())
        #expect(places(table) == [0])
        _ = try await table.submit(.undo())
        #expect(table.committed.document["live"]?.isNull == true)
    }

    @Test func `two who drag at once undo their own drags`() async throws {
        let table = try await open()
        defer { table.close() }
        for x in 1...20 {
            try await move(table, 0, x: x, by: "ws@10.0.0.1")
            try await move(table, 2, x: -x, by: "ws@10.0.0.2")
        }
        #expect(places(table) == [20, 0, -20])
        _ = try await table.submit(.undo(by: "ws@10.0.0.1"))
        #expect(places(table) == [0, 0, -20])
        _ = try await table.submit(.undo(by: "ws@10.0.0.2"))
        #expect(places(table) == [0, 0, 0])
        _ = try await table.submit(.redo(by: "ws@10.0.0.1"))
        #expect(places(table) == [20, 0, 0])
        _ = try await table.submit(.redo(by: "ws@10.0.0.2"))
        #expect(places(table) == [20, 0, -20])
    }

    @Test func `a step that made things and changed what is in them is undone whole`() async throws {
        let table = try fixture.open(disk)
        defer { table.close() }
        // Many, as one could be undone by a happy order of the places.
        let names = (0..<12).map { "n\($0)" }
        var scene: JSONValue = ["id": "l", "tokens": [["id": "a", "x": 0]]]
        for name in names { scene.setMember(name, to: 0) }
        // So much else that the patches name the members rather than put a whole scene there.
        scene.setMember("notes", to: .string(String(repeating: "x", count: 4000)))
        _ = try await table.submit(CommandRequest(.liveScene(scene: scene, bases: []), actor: "setup"))
        fixture.clock.advance(milliseconds: 60_000)
        let make = try names.map { JSONPatchOperation.replace(try JSONPointer("/live/\($0)"), ["b": 1]) }
        let change = try names.map { JSONPatchOperation.replace(try JSONPointer("/live/\($0)/b"), 2) }
        _ = try await table.submit(CommandRequest(.livePatch(JSONPatch(make)), actor: "dm"))
        try await move(table, 0, x: 1, by: "player")
        _ = try await table.submit(CommandRequest(.livePatch(JSONPatch(change)), actor: "dm"))
        _ = try await table.submit(.undo())
        #expect(names.allSatisfy { table.committed.document["live"]?[$0] == 0 })
        #expect(places(table) == [1])
    }

    @Test func `a step ends where somebody else took hold of the same token`() async throws {
        let table = try await open()
        defer { table.close() }
        try await move(table, 1, x: 9)
        for x in 1...3 { try await move(table, 0, x: x) }
        try await move(table, 0, x: 50, by: "player")
        for x in 51...53 { try await move(table, 0, x: x) }
        _ = try await table.submit(.undo())
        #expect(places(table) == [50, 9, 0], "the player's move stays")
        let conflict = try #require(await refusal(table, .undo()))
        #expect(conflict.code == .conflict)
        let entry = try #require(conflict.details["conflicts"]?[0])
        #expect(entry["path"] == "/live/tokens/0/x")
        #expect(entry["was"] == 0 && entry["became"] == 3 && entry["now"] == 50)
        #expect(entry["by"]?["offset"] == 9, "dm's undo put the player's value back")
        #expect(conflict.details["offset"] == 4 && conflict.details["first"] == 2)
        _ = try await table.submit(CommandRequest(.undoRequest(UndoRequest(before: 2)), actor: "dm"))
        #expect(places(table) == [50, 0, 0], "what is older than the conflict")
    }

    @Test func `a change over REST and one over the socket are the same person's`() async throws {
        let table = try await open()
        defer { table.close() }
        try await move(table, 0, x: 5, by: "ws@10.0.0.1")
        try await move(table, 1, x: 5, by: "ws@10.0.0.2")
        _ = try await table.submit(.undo(by: "rest@10.0.0.1"))
        #expect(places(table) == [0, 5, 0])
        #expect(await refusal(table, .undo(by: "rest@10.0.0.1"))?.code == .notFound)
    }

    @Test func `a conflict names who changed it also where others' indexes shifted since`() async throws {
        let table = try await open()
        defer { table.close() }
        func remove(_ token: Int) async throws {
            let removal = JSONPatchOperation.remove(try JSONPointer("/live/tokens/\(token)"))
            _ = try await table.submit(CommandRequest(.livePatch(JSONPatch([removal])), actor: "bob"))
        }
        try await move(table, 1, x: 1)
        try await move(table, 1, x: 5, by: "ann")
        try await remove(2)
        let known = try #require(await refusal(table, .undo(1))?.details["conflicts"]?[0])
        #expect(known["by"]?["actor"] == "ann", "what went was behind it")
        try await move(table, 0, x: 7, by: "eve")
        try await remove(0)
        let shifted = try #require(await refusal(table, .undo(1))?.details["conflicts"]?[0])
        #expect(shifted["path"] == "/live/tokens/0/x" && shifted["now"] == 5)
        #expect(shifted["by"]?["actor"] == "ann", "eve moved the token that was there before")
    }

    @Test func `one's own change over the other channel ends a step`() async throws {
        let table = try await open()
        defer { table.close() }
        try await move(table, 0, x: 1, by: "ws@10.0.0.1")
        _ = try await table.submit(.blank(true, by: "rest@10.0.0.1"))
        try await move(table, 0, x: 2, by: "ws@10.0.0.1")
        _ = try await table.submit(.undo(by: "ws@10.0.0.1"))
        #expect(places(table) == [1, 0, 0], "the blank stands between the two")
        _ = try await table.submit(.undo(by: "ws@10.0.0.1"))
        #expect(table.committed.document["viewer"]?["blank"] == false)
        #expect(places(table) == [1, 0, 0])
    }

    @Test func `a drag over both channels is one step`() async throws {
        let table = try await open()
        defer { table.close() }
        try await move(table, 0, x: 1, by: "ws@10.0.0.1")
        try await move(table, 0, x: 2, by: "rest@10.0.0.1")
        _ = try await table.submit(.undo(by: "ws@10.0.0.1"))
        #expect(places(table) == [0, 0, 0])
    }

    @Test func `the whole table's undo takes anybody's newest change`() async throws {
        let table = try await open()
        defer { table.close() }
        try await move(table, 0, x: 1, by: "ws@10.0.0.1")
        try await move(table, 1, x: 1, by: "ws@10.0.0.2")
        _ = try await table.submit(.undo(by: "dm", scope: .table))
        #expect(places(table) == [1, 0, 0])
        _ = try await table.submit(.undo(by: "dm", scope: .table))
        #expect(places(table) == [0, 0, 0])
        _ = try await table.submit(.redo(by: "other", scope: .table))
        #expect(places(table) == [1, 0, 0])
        _ = try await table.submit(.undo(by: "ws@10.0.0.1"))
        #expect(places(table) == [0, 0, 0])
    }

    @Test func `a new change clears what could be redone`() async throws {
        let table = try await open()
        defer { table.close() }
        try await move(table, 0, x: 1)
        try await move(table, 1, x: 1)
        _ = try await table.submit(.undo())
        try await move(table, 2, x: 1, by: "player")
        #expect(await refusal(table, .redo(scope: .table))?.code == .notFound, "somebody changed the table since")
        _ = try await table.submit(.redo())
        #expect(places(table) == [1, 1, 1], "a player's change doesn't take the dm's redo away")
        _ = try await table.submit(.undo())
        try await move(table, 2, x: 2)
        #expect(await refusal(table, .redo())?.code == .notFound)
        _ = try await table.submit(.undo())
        _ = try await table.submit(.undo())
        for expected in [[1, 0, 1], [1, 0, 2]] {
            _ = try await table.submit(.redo())
            #expect(places(table) == expected)
        }
        #expect(await refusal(table, .redo())?.code == .notFound, "what was undone before the change stays undone")
    }

    @Test func `what is gone since does not stand in the way of what came before`() async throws {
        let table = try await open()
        defer { table.close() }
        try await move(table, 0, x: 1)
        try await move(table, 2, x: 1)
        let removal = JSONPatchOperation.remove(try JSONPointer("/live/tokens/2"))
        _ = try await table.submit(CommandRequest(.livePatch(JSONPatch([removal])), actor: "player"))
        _ = try await table.submit(.undo())
        #expect(places(table) == [0, 0])
    }

    @Test func `an undo whose token is gone since does not stand in the way of older ones' redo`() async throws {
        let table = try await open()
        defer { table.close() }
        try await move(table, 0, x: 1)
        try await move(table, 2, x: 1)
        _ = try await table.submit(.undo())
        _ = try await table.submit(.undo())
        let removal = JSONPatchOperation.remove(try JSONPointer("/live/tokens/0"))
        _ = try await table.submit(CommandRequest(.livePatch(JSONPatch([removal])), actor: "player"))
        _ = try await table.submit(.redo())
        #expect(places(table) == [0, 1], "the older step is the next to come back")
        #expect(await refusal(table, .redo())?.code == .notFound)
    }

    @Test func `there and back again is no step`() async throws {
        let table = try await open()
        defer { table.close() }
        try await move(table, 1, x: 7)
        fixture.clock.advance(milliseconds: 5000)
        for x in [1, 2, 1, 0] { try await move(table, 0, x: x) }
        _ = try await table.submit(.undo())
        #expect(places(table) == [0, 0, 0])
    }

    @Test func `an offset names one event of a drag, which is undone once`() async throws {
        let table = try await open()
        defer { table.close() }
        for x in 1...3 { try await move(table, 0, x: x) }
        _ = try await table.submit(.undo(3))
        #expect(places(table) == [2, 0, 0])
        let again = try #require(await refusal(table, .undo(3)))
        #expect(again.code == .conflict && again.message == "Event 3 is undone already, by event 4")
        _ = try await table.submit(.undo())
        #expect(places(table) == [0, 0, 0])
        _ = try await table.submit(.redo(2))
        #expect(places(table) == [2, 0, 0], "an event of a step brings the step back")
    }

    @Test func `an event that changed nothing and one that isn't there are refused`() async throws {
        let table = try fixture.open(disk, TableOptions(journalEffects: true))
        defer { table.close() }
        _ = try await table.submit(.folder("A"))
        table.relay(Effect(origin: nil, message: Array(#"{"type":"scene_event"}"#.utf8)))
        _ = try await table.submit(.folder("B", by: "player"))
        #expect(await refusal(table, .undo(1))?.message == "Event 1 changed nothing, so it can't be undone")
        #expect(await refusal(table, .undo(9))?.code == .notFound)
        _ = try await table.submit(.undo(scope: .table))
        _ = try await table.submit(.undo(scope: .table))
        #expect(table.sceneFolders == [])
        #expect(await refusal(table, .undo(scope: .table))?.code == .notFound)
    }

    @Test func `a dry run says what would be and changes nothing`() async throws {
        let table = try await open()
        defer { table.close() }
        try await move(table, 0, x: 1)
        let request = CommandRequest(.undoRequest(UndoRequest(isDryRun: true)), actor: "dm")
        let outcome = try await table.submit(request)
        #expect(outcome.offset == nil && table.committed.offset == 1)
        #expect(outcome.answer["offset"] == 1 && outcome.answer["type"] == "table.undone")
        #expect(outcome.answer["data"] == ["offset": 1])
        #expect(outcome.answer["patch"] == [["op": "replace", "path": "/live/tokens/0/x", "value": 0]])
    }

    @Test func `undo and redo that are queued together are done in their order`() async throws {
        let table = try await open()
        defer { table.close() }
        try await move(table, 0, x: 1)
        let answers = table.submitAsOneBatch([.undo(), .redo(), .undo(), .redo()])
        #expect(answers.allSatisfy { $0.offset != nil })
        #expect(places(table) == [1, 0, 0])
    }

    @Test func `a mark with runs of any size is read without harm`() throws {
        let far: JSONValue = ["offset": 3, "events": [[0, .number(Int.max)], [5, 2], ["x"], 7]]
        let name = try #require(UndoStepName(far))
        #expect(name.runs == [0...Int64.max])
        #expect(name.events.contains(0) && name.events.contains(.max - 1))
        #expect(UndoStepName(["events": [[1, 2]]]) == nil)
        #expect(UndoStepName(offset: 9, runs: [1...4, 6...9]).data == ["offset": 9, "events": [[1, 4], [6, 9]]])
    }
}
