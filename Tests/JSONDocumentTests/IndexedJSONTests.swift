import JSONDocument
import TestSupport
import Testing

@Suite("IndexedJSON")
struct IndexedJSONTests {
    @Test("the patch between any two texts is right", arguments: 300..<310 as Range<UInt64>)
    func property(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        for round in 0..<100 {
            let old = random.value()
            let new = random.chance() ? random.changed(old) : random.value()
            let newText = random.below(4) == 0 ? random.loose(new) : new.serialized()
            let indexed = try IndexedJSON(random.below(4) == 0 ? random.loose(old) : old.serialized())
            #expect(indexed.value == old)
            var value = indexed.value
            try value.apply(try indexed.patch(to: newText))
            #expect(value == new, "seed \(seed), round \(round)")
        }
    }

    @Test("random edits of a text's bytes never give a wrong patch", arguments: 400..<410 as Range<UInt64>)
    func editedBytes(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        var compared = 0
        for round in 0..<120 {
            let old = random.value().serialized()
            var text = old
            let at = random.below(text.count)
            switch random.below(3) {
            case 0: text[at] = Array("0123456789,:{}[]\"ae- ".utf8)[random.below(21)]
            case 1: text.insert(contentsOf: Array(["1", ",0", "a", "[]", " ", "\"\","][random.below(6)].utf8), at: at)
            default: text.remove(at: at)
            }
            let indexed = try IndexedJSON(old)
            guard let expected = try? JSONValue.parse(text) else {
                #expect(throws: JSONSyntaxError.self, "seed \(seed), round \(round)") { try indexed.patch(to: text) }
                continue
            }
            compared += 1
            var value = indexed.value
            try value.apply(try indexed.patch(to: text))
            #expect(value == expected, "seed \(seed), round \(round)")
        }
        #expect(compared > 10)
    }

    @Test("moving one token of a 20 KB scene is one small operation")
    func oneToken() throws {
        let text = SampleScene.text()
        let moved = text.replacing(#"{"x":17.5,"y":3.5"#, with: #"{"x":18.25,"y":3.5"#)
        let patch = try IndexedJSON(Array(text.utf8)).patch(to: Array(moved.utf8), at: JSONPointer("/live"))
        #expect(
            patch.operations == [
                .replace(try JSONPointer("/live/initiativeOrder/17/mapPosition/x"), try .number(18.25))
            ])
    }

    @Test("two changes far apart are two operations")
    func twoChanges() throws {
        let text = SampleScene.text()
        let changed = text.replacing("Sunken Citadel", with: "Citadel")
            .replacing("\"showCurrentPlayer\":true", with: "\"showCurrentPlayer\":false")
        let patch = try IndexedJSON(Array(text.utf8)).patch(to: Array(changed.utf8))
        #expect(
            patch.operations == [
                .replace(try JSONPointer("/name"), "Citadel"), .replace(try JSONPointer("/showCurrentPlayer"), false),
            ])
    }

    @Test("a text above the encoded size works as well")
    func largeText() throws {
        let scene = SampleScene.text()
        let text = Array("[\(scene),\(scene),\(scene)]".utf8)
        let indexed = try IndexedJSON(text)
        #expect(indexed.value.serialized() == text)
        let changed = Array("[\(scene),\(scene.replacing("Sunken", with: "Risen")),\(scene)]".utf8)
        let patch = try indexed.patch(to: changed)
        #expect(patch.operations == [.replace(try JSONPointer("/1/name"), "Risen Citadel")])
        #expect(try indexed.patch(to: text).isEmpty)
    }

    @Test("a faulty new text is refused with its offset in that text")
    func faultyText() throws {
        let indexed = try IndexedJSON(Array(#"{"a":[1,2],"b":3}"#.utf8))
        let error = #expect(throws: JSONSyntaxError.self) { try indexed.patch(to: Array(#"{"a":[1,2,],"b":3}"#.utf8)) }
        #expect(error?.offset == 10)
        #expect(throws: JSONSyntaxError.self) { try indexed.patch(to: Array(#"{"a":[1,2],"a":3}"#.utf8)) }
        #expect(throws: JSONSyntaxError.self) { try indexed.patch(to: []) }
    }

    @Test("the limits hold for the new text too")
    func limits() throws {
        let indexed = try IndexedJSON(Array(#"{"a":[0]}"#.utf8))
        func nested(_ levels: Int) -> [UInt8] {
            Array(
                (#"{"a":"# + String(repeating: "[", count: levels) + String(repeating: "]", count: levels) + "}").utf8)
        }
        _ = try indexed.patch(to: nested(511))
        let error = #expect(throws: JSONSyntaxError.self) { try indexed.patch(to: nested(512)) }
        #expect(error?.kind == .depth)
    }
}
