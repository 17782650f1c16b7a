import JSONDocument
import Testing

@testable import Replay

/// Attribution by undoing patches, as values.
@Suite struct BlameTests {
    /// Applies patches one after the other to `{}`, then blames a place; gives `pointer: event` for each leaf.
    private func blame(_ place: String, _ patches: String...) throws -> [String: Int64?] {
        var document = try JSONValue.parse(text: "{}")
        let parsed = try patches.map { try JSONPatch(JSONValue.parse(text: $0)) }
        for patch in parsed { try document.apply(patch) }
        var tree = BlameTree(try JSONPointer(place), in: document)
        for (event, patch) in parsed.enumerated().reversed() { tree.undo(patch, of: Int64(event)) }
        return Dictionary(uniqueKeysWithValues: tree.leaves.map { ($0.pointer.text, $0.writer) })
    }

    @Test func `a leaf belongs to the newest event that wrote it or what holds it`() throws {
        #expect(
            try blame(
                "", #"[{"op":"add","path":"/a","value":{"x":1,"y":[1,2]}}]"#,
                #"[{"op":"replace","path":"/a/y/1","value":3},{"op":"add","path":"/b","value":{}}]"#,
                #"[{"op":"replace","path":"/a/x","value":1}]"#)
                == ["/a/x": 2, "/a/y/0": 0, "/a/y/1": 1, "/b": 1])
    }

    @Test func `indexes that shift don't confuse it`() throws {
        let made = #"[{"op":"add","path":"/a","value":[{"n":0},{"n":1}]}]"#
        #expect(
            try blame(
                "/a", made, #"[{"op":"replace","path":"/a/1/n","value":5}]"#,
                #"[{"op":"add","path":"/a/0","value":{"n":9}}]"#, #"[{"op":"add","path":"/a/-","value":{"n":8}}]"#,
                #"[{"op":"remove","path":"/a/1"}]"#)
                == ["/a/0/n": 2, "/a/1/n": 1, "/a/2/n": 3])
    }

    @Test func `what was moved keeps those who wrote it`() throws {
        #expect(
            try blame(
                "/maps/b", #"[{"op":"add","path":"/maps","value":{"a":{"blob":1,"size":2}}}]"#,
                #"[{"op":"replace","path":"/maps/a/size","value":3}]"#,
                #"[{"op":"move","from":"/maps/a","path":"/maps/b"}]"#, #"[{"op":"add","path":"/maps/a","value":{}}]"#)
                == ["/maps/b/blob": 0, "/maps/b/size": 1])
        #expect(
            try blame(
                "/a/0", #"[{"op":"add","path":"/a","value":[{"n":0},{"n":1},{"n":2}]}]"#,
                #"[{"op":"replace","path":"/a/2/n","value":7}]"#, #"[{"op":"move","from":"/a/2","path":"/a/0"}]"#)
                == ["/a/0/n": 1])
    }

    @Test func `what became empty belongs to who emptied it`() throws {
        #expect(
            try blame(
                "/a", #"[{"op":"add","path":"/a","value":{"x":[1]}}]"#, #"[{"op":"remove","path":"/a/x/0"}]"#)
                == ["/a/x": 1])
    }

    @Test func `who puts a scene on the table writes all that is on it`() throws {
        #expect(
            try blame(
                "/live", #"[{"op":"add","path":"/live","value":{"id":"a","n":1}}]"#,
                #"[{"op":"replace","path":"/live/id","value":"b"}]"#, #"[{"op":"add","path":"/live/m","value":2}]"#)
                == ["/live/id": 1, "/live/n": 1, "/live/m": 2])
    }

    @Test func `what is older than the events has no writer`() throws {
        var tree = BlameTree(.root, in: ["a": 1])
        #expect(tree.pendingCount == 1)
        tree.undo(JSONPatch([.replace(try JSONPointer("/a"), 1)]), of: 4)
        #expect(tree.pendingCount == 0 && tree.leaves.map(\.writer) == [4])
    }

    /// The definition, by trying: an event is a leaf's writer if the value at that place came by it.
    @Test(arguments: 0..<20) func `random edits are attributed as the documents say`(seed: Int) throws {
        var random = RandomEdits(seed: UInt64(seed))
        var document: JSONValue = ["a": [], "o": [:]]
        var patches: [JSONPatch] = []
        for event in 0..<60 {
            let patch = random.patch(for: document, event: event)
            try document.apply(patch)
            patches.append(patch)
        }
        var tree = BlameTree(.root, in: document)
        for (event, patch) in patches.enumerated().reversed() where tree.pendingCount > 0 {
            let isUnaffected = patch.operations.allSatisfy { operation in
                operation.touched.allSatisfy { tree.isUnaffected($0.tokens, isReplacement: false) }
            }
            let before = tree.pendingCount
            tree.undo(patch, of: Int64(event))
            if isUnaffected { #expect(tree.pendingCount == before) }
        }
        // Each value that was written holds the number of its event.
        for leaf in tree.leaves where leaf.value.intValue != nil {
            #expect(leaf.writer == leaf.value.intValue.map { Int64($0) }, "\(leaf.pointer)")
        }
    }
}
