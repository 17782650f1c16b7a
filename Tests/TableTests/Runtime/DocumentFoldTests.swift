import JSONDocument
import Journal
import TestSupport
import Testing

@testable import Table

@Suite("DocumentFold")
struct DocumentFoldTests {
    private func line(_ offset: Int64, _ patch: String) -> [UInt8] {
        Array(
            (#"{"offset":\#(offset),"time":"2026-11-23T06:40:00.000Z","type":"test.done","data":{},"patch":"#
                + patch + "}").utf8)
    }

    @Test(arguments: UInt64(0)..<20)
    func foldingIsApplyingThePatches(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var fold = DocumentFold(TableDocument.empty, at: -1)
        var expected = TableDocument.empty
        for offset in 0..<Int64(60) {
            var operations: [JSONPatchOperation] = []
            var next = expected
            for number in 0..<Int.random(in: 0...4, using: &generator) {
                let keys = next["maps"]?.members?.map(\.key) ?? []
                let key = keys.randomElement(using: &generator)
                let new = JSONPointer(tokens: ["maps", "m\(offset)-\(number) \"~/"])
                let operation: JSONPatchOperation
                switch (Int.random(in: 0..<4, using: &generator), key) {
                case (0, let key?): operation = .remove(JSONPointer(tokens: ["maps", key]))
                case (1, let key?): operation = .move(from: JSONPointer(tokens: ["maps", key]), to: new)
                case (2, let key?): operation = .replace(JSONPointer(tokens: ["maps", key]), ["x": .number(number)])
                default: operation = .add(new, ["s": "a]}\"", "x": [1, [2]]])
                }
                try next.apply(JSONPatch([operation]))
                operations.append(operation)
            }
            expected = next
            let patch = String(decoding: JSONPatch(operations).serialized(), as: UTF8.self)
            let event = try fold.apply(self.line(offset, patch).span)
            #expect(event.offset == offset)
        }
        #expect(fold.document == expected, "seed \(seed)")
        #expect(fold.document.text == expected.text, "seed \(seed)")
        #expect(fold.offset == 59)
    }

    @Test
    func aHoleAndAPatchThatDoesNotFitAreNamed() throws {
        var fold = DocumentFold(TableDocument.empty, at: 4)
        let hole = #expect(throws: TableError.self) { try fold.apply(self.line(6, "[]").span) }
        #expect(hole?.description.contains("event 5") == true)
        let misfit = #expect(throws: TableError.self) {
            try fold.apply(self.line(5, #"[{"op":"remove","path":"/nowhere"}]"#).span)
        }
        #expect(misfit?.description.contains("/nowhere") == true)
        #expect(throws: TableError.self) { try fold.apply([1, 2, 3].span) }
    }
}
