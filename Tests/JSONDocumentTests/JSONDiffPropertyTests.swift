import JSONDocument
import TestSupport
import Testing

/// Laws of the difference over random values; a failure names the seed that makes it again.
@Suite struct JSONDiffPropertyTests {
    static let seeds = Array(UInt64(1)...150)

    @Test(arguments: seeds)
    func `the patch between two values makes the one the other`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let old = random.value()
        for new in [random.changed(old), random.changed(random.changed(old)), random.value()] {
            try expectLaw(old, new, seed)
            try expectLaw(try .parse(text: old.text), try .parse(text: new.text), seed)
        }
    }

    private func expectLaw(_ old: JSONValue, _ new: JSONValue, _ seed: UInt64) throws {
        let patch = JSONDiff.patch(from: old, to: new)
        let context: Comment = "seed \(seed): \(old.text) to \(new.text) by \(patch.jsonValue.text)"
        var patched = old
        try patched.apply(patch)
        #expect(patched == new, context)
        #expect(patch.isEmpty == (old == new), context)
        // Read back from its text, the patch still does it.
        var again = old
        try again.apply(encodedPatch: patch.serialized().span)
        #expect(again.text == patched.text, context)
    }

    @Test(arguments: seeds)
    func `another spelling is no difference`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let value = random.value()
        let spelled = try JSONValue.parse(random.loose(value))
        #expect(spelled == value, "seed \(seed)")
        #expect(spelled.text == value.text, "seed \(seed)")
        #expect(JSONDiff.patch(from: value, to: spelled).isEmpty, "seed \(seed)")
    }

    @Test(arguments: UInt64(1)...10)
    func `arrays of hundreds in any order are made equal too`(seed: UInt64) throws {
        var choice = SeededGenerator(seed: seed)
        let old = (0..<700).map { JSONValue.object([("id", .number($0)), ("note", "some words that make it longer")]) }
        var new = old.filter { _ in choice.chance(percent: 80) }
        new.shuffle(using: &choice)
        try expectLaw(.array(old), .array(new), seed)
    }

    @Test func `arrays with thousands of new elements in between are made equal too`() throws {
        let new = (0..<9_000).map { JSONValue.object([("id", .number($0)), ("note", "some words")]) }
        let old = new.indices.filter { $0 % 2 == 1 }.map { new[$0] }
        try expectLaw(.array(old), .array(new), 0)
    }
}
