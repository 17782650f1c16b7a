import JSONDocument
import Testing

@testable import Table

/// When a restore or an undo counts as the one that was looked at.
@Suite struct ChangeDigestTests {
    private static let tokens: JSONValue = [
        ["id": "a", "x": 1, "y": 1], ["id": "b", "x": 1, "y": 1], ["id": "c", "x": 1, "y": 1],
    ]

    /// A live scene with three tokens.
    private func table() throws -> DecideFixture {
        var table = DecideFixture()
        try table.run("live.change", ["scene": ["id": "l", "tokens": Self.tokens]])
        return table
    }

    private func digest(_ patch: JSONValue, _ document: JSONValue, type: String = "t.done") throws -> String {
        try ChangeDigest.of(
            Decision(events: [EventContent(type: type, patch: try JSONPatch(patch))]), on: document)
    }

    private func document(_ tokens: JSONValue) -> JSONValue { ["live": ["tokens": tokens], "maps": [:]] }

    @Test func `what stands elsewhere makes no difference`() throws {
        let patch: JSONValue = [["op": "replace", "path": "/live/tokens/1/x", "value": 7]]
        let shown = try digest(patch, document(Self.tokens))
        let elsewhere = document([["id": "a", "x": 5, "y": 1], ["id": "b", "x": 1, "y": 2]])
        #expect(try digest(patch, elsewhere) == shown)
    }

    @Test func `the same patch that overwrites something else, or something of another's, is another change`() throws {
        let patch: JSONValue = [["op": "replace", "path": "/live/tokens/1/x", "value": 7]]
        let shown = try digest(patch, document(Self.tokens))
        #expect(try digest(patch, document([["id": "a", "x": 1], ["id": "b", "x": 2]])) != shown)
        #expect(try digest(patch, document([["id": "a", "x": 1], ["id": "z", "x": 1]])) != shown)
        #expect(try digest(patch, document(Self.tokens), type: "t.other") != shown)
        let removal: JSONValue = [["op": "remove", "path": "/live/tokens/2"]]
        let others = document([["id": "a", "x": 1], ["id": "b", "x": 1], ["id": "c", "x": 2]])
        #expect(try digest(removal, others) != digest(removal, document(Self.tokens)))
        let move: JSONValue = [["op": "move", "from": "/live/tokens/2", "path": "/live/tokens/0"]]
        #expect(try digest(move, others) != digest(move, document(Self.tokens)))
    }

    @Test func `an element that comes into an array takes nothing's place, a member does`() throws {
        let element: JSONValue = [["op": "add", "path": "/live/tokens/1", "value": ["id": "n"]]]
        let moved = document([["id": "a", "x": 1], ["id": "b", "x": 2]])
        #expect(try digest(element, moved) == digest(element, document(Self.tokens)))
        let member: JSONValue = [["op": "add", "path": "/maps/a.png", "value": 1]]
        #expect(try digest(member, ["maps": ["a.png": 2]]) != digest(member, ["maps": [:]]))
    }

    @Test func `each operation is seen where those before it put things`() throws {
        let patch: JSONValue = [
            ["op": "remove", "path": "/live/tokens/0"], ["op": "replace", "path": "/live/tokens/0/x", "value": 7],
        ]
        let shown = try digest(patch, document(Self.tokens))
        #expect(try digest(patch, document([["id": "a", "x": 1, "y": 1], ["id": "z", "x": 1, "y": 1]])) != shown)
    }

    @Test func `a decision that isn't the expected one is refused, whatever it is`() throws {
        var table = try table()
        let then = table.document
        let move: JSONValue = [["op": "replace", "path": "/live/tokens/0/x", "value": 5]]
        try table.run("live.change", ["patch": move])
        let moved = table.document
        var restore = RestorePlan(document: then, offset: 0)
        var undo = UndoPlan(before: then, after: moved, step: UndoStepName(offset: 1))
        for isUndo in [false, true] {
            (restore.ifChange, undo.ifChange) = (nil, nil)
            let plain: Command = isUndo ? .tableUndo(undo) : .tableRestore(restore)
            let looked = try table.decide(plain)
            let digest = try ChangeDigest.of(looked, on: moved)
            (restore.ifChange, undo.ifChange) = (digest, digest)
            let expected: Command = isUndo ? .tableUndo(undo) : .tableRestore(restore)
            #expect(try table.decide(expected).events == looked.events)
            var other = table
            let change: JSONValue = [["op": "add", "path": "/live/tokens/0", "value": ["id": "z", "x": 5, "y": 1]]]
            try other.document.apply(try JSONPatch(change))
            #expect(other.refusal(of: expected)?.message == CommandError.anotherChange.message)
        }
    }
}
