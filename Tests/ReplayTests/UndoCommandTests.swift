import Foundation
import JSONDocument
import Testing

@testable import Replay

/// `undo` and `redo` as a person or a script meets them, on a journal that no server writes.
@Suite struct UndoCommandTests: PlayedSuite {
    let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    private func json(_ text: String) throws -> JSONValue { try JSONValue.parse(text: text.trimmingSpaces()) }

    @Test func `undo takes one event back and keeps what came since`() async throws {
        let source = try await played.playEvening()
        let before = try source.document(at: 3)
        let looked = try await run("undo", "4", "--dry-run")
        #expect(looked.code == 0)
        #expect(looked.output == "~ the viewers' screens were unblanked\n")
        let unasked = try await run("undo", "4")
        #expect(unasked.code == 2 && unasked.errors.contains("--yes"))
        #expect(try source.newest() == 6, "neither wrote anything")
        let done = try await run("undo", "4", "--yes")
        #expect(done.code == 0 && done.errors == "event 4 undone by event 7\n")
        let document = try source.document(at: 7)
        #expect(document["viewer"] == before["viewer"])
        #expect(document["sceneFolders"] == ["Act 1": [:]], "what came since is kept")
        let again = try await run("undo", "4", "--yes")
        #expect(again.code == 1 && again.errors.contains("Event 4 is undone already, by event 7"))
        let redone = try await run("redo", "4", "--yes")
        #expect(redone.code == 0 && redone.errors == "event 4 redone by event 8\n")
        #expect(try source.document(at: 8)["viewer"]?["blank"] == true)
        #expect(try await run("redo", "4", "--yes").code == 1)
        #expect(try await run("verify").code == 0)
    }

    @Test func `a deleted scene comes back by the undo of its deletion`() async throws {
        let source = try await played.playEvening()
        #expect(try await run("undo", "-1", "--yes").code == 0)
        #expect(try source.document(at: 7)["scenes"] == source.document(at: 5)["scenes"])
    }

    @Test func `a conflict names the place, its values and who changed it`() async throws {
        try await played.playEvening()
        let refused = try await run("undo", "2", "--yes")
        #expect(refused.code == 1)
        #expect(refused.output == "")
        #expect(
            refused.errors == """
                spell-replay: Event 2 can't be undone: changed again since: /live/maps/0/data/position/x
                  /live/maps/0/data/position/x: was 4, became 5, is 7 now; changed by event 3 (live.changed, \
                dm@10.0.0.1, 2026-11-23 06:43:00 UTC)

                """)
        let dry = try await run("undo", "2", "--dry-run", "--json")
        #expect(dry.code == 1)
    }

    @Test func `json tells what would be and what was done`() async throws {
        try await played.playEvening()
        let looked = try await run("undo", "4", "--dry-run", "--json")
        let patch: JSONValue = [["op": "replace", "path": "/viewer/blank", "value": false]]
        #expect(
            try json(looked.output) == [
                "command": "undo", "asked": ["offset": 4], "newest": 6, "data": ["offset": 4], "patch": patch,
                "with": [], "event": .null,
            ])
        let done = try await run("undo", "4", "--yes", "--json")
        #expect(done.errors == "")
        #expect(try json(done.output)["event"] == 7)
        #expect(try await run("undo", "4", "--json").code == 2, "there is nobody to ask")
    }

    @Test(arguments: ["yesterday", "start", "soon"])
    func `what is no event is wrong usage`(typed: String) async throws {
        try await played.playEvening()
        #expect(try await run("undo", typed, "--yes").code == 2)
        #expect(try await run("redo", typed, "--yes").code == 2)
    }

    @Test func `an event that isn't there is 1`() async throws {
        try await played.playEvening()
        let undo = try await run("undo", "99", "--yes")
        #expect(undo.code == 1 && undo.errors.contains("0 to 6"))
        let redo = try await run("redo", "4", "--dry-run")
        #expect(redo.code == 1 && redo.errors.contains("not undone"))
    }
}
