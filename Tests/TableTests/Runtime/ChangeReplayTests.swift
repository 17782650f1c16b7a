import JSONDocument
import Journal
import TestSupport
import Testing

@testable import Table

@Suite("ChangeReplay")
struct ChangeReplayTests {
    private func touched(_ patch: String) -> [String] {
        var found: [String] = []
        TouchedPointers.forEach(in: Array(patch.utf8).span) { pointer in
            found.append(String(decoding: pointer.indices.map { pointer[$0] }, as: UTF8.self))
        }
        return found
    }

    @Test
    func pointersAreFoundWhateverTheValuesHold() {
        #expect(self.touched("[]") == [])
        #expect(
            self.touched(
                #"[{"op":"add","path":"/a/b","value":{"path":"/no","x":[{"path":"/no"}],"s":"\"},{\"path\":\"/no\""}},"#
                    + #"{"op":"move","from":"/maps/x~1y","path":"/maps/z"},{"op":"remove","path":"/live"}]"#)
                == ["/a/b", "/maps/x~1y", "/maps/z", "/live"])
        #expect(self.touched(#"[{"value":"path","path":"/v/w","op":"add"}]"#) == ["/v/w"])
    }

    @Test(arguments: [#"[{"path":"#, #"[{"path":""#, #"["#, #"{"path""#, "\"", "[{\"path\":\"\\"])
    func cutTextsAreNoFault(text: String) {
        _ = self.touched(text)
    }

    @Test(arguments: [#"/maps/a~2b"#, #"/maps/\x"#, "maps/a"])
    func whatCannotBeReadCountsAsAChangeOfEverything(path: String) throws {
        var replay = ChangeReplay(ChangeIndex())
        replay.record(Array(#"[{"op":"remove","path":"\#(path)"}]"#.utf8).span, at: 4)
        replay.record(Array(#"[{"op":"remove","path":"/viewer/blank"}]"#.utf8).span, at: 5)
        let index = replay.finish()
        #expect(index.newestChange(at: try JSONPointer("/scenes/s1")) == 4)
        #expect(index.newestChange(at: try JSONPointer("/viewer/blank")) == 5)
    }

    @Test(arguments: UInt64(0)..<20)
    func replayedTextsMakeTheIndexThatPatchesMake(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let tokens = ["live", "maps", "a/b", "ü", "tok\"en", "x\ny", "~", "scenes", "3"]
        var (expected, replay) = (ChangeIndex(), ChangeReplay(ChangeIndex()))
        for offset in 0..<Int64(100) {
            let operations = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                let count = Int.random(in: 0...4, using: &generator)
                let path = JSONPointer(tokens: (0..<count).map { _ in tokens.randomElement(using: &generator) ?? "" })
                return Bool.random(using: &generator)
                    ? JSONPatchOperation.add(path, ["path": "/no/no", "s": .string(tokens[4])])
                    : JSONPatchOperation.move(from: path, to: JSONPointer(tokens: ["live", "name", "x"]))
            }
            let patch = JSONPatch(operations)
            expected.record(patch, at: offset)
            replay.record(patch.serialized().span, at: offset)
        }
        #expect(replay.finish() == expected, "seed \(seed)")
    }
}
