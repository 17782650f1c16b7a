import Testing

@testable import JSONDocument

/// What is taken over from another value changes nothing but where the bytes lie.
@Suite struct SharedPartsTests {
    @Test(arguments: Array(UInt64(1)...60))
    func `a value that shares parts with another is still the same to the letter`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let other = random.value()
        var mine = other
        for _ in 0..<random.below(4) { mine = random.changed(mine) }
        for (levels, otherLevels) in [(0, 0), (3, 0), (0, 3), (3, 3)] {
            let fresh = try JSONValue.parse(mine.serialized()).expanded(levels: levels)
            let parsedOther = try JSONValue.parse(other.serialized()).expanded(levels: otherLevels)
            let shared = fresh.sharingParts(with: parsedOther)
            #expect(shared.text == mine.text, "seed \(seed)")
        }
    }

    @Test func `parts that are alike become one storage, level by level`() throws {
        let other = try JSONValue.parse(
            text: #"{"a":{"long":"a text of more than fifteen bytes","n":1.0},"b":[{"x":1},{"x":2}],"c":[[1],[2]]}"#
        ).expanded(levels: 3)
        let mine = try JSONValue.parse(
            text: #"{"b":[{"x":1},{"x":3}],"a":{"long":"a text of more than fifteen bytes","n":1.0},"c":[[1],[2]]}"#
        ).expanded(levels: 3)
        let shared = mine.sharingParts(with: other)
        #expect(shared.text == mine.text)
        for pointer in ["/a", "/a/long", "/b/0", "/c", "/c/1"] {
            let place = try JSONPointer(pointer)
            let (before, after) = (try #require(other.value(at: place)), try #require(shared.value(at: place)))
            #expect(after.sharesStorage(with: before), "\(pointer)")
        }
        #expect(!(try #require(shared["b"]).sharesStorage(with: try #require(other["b"]))))
    }

    @Test func `numbers that mean the same but are written differently stay as they are`() throws {
        let other = try JSONValue.parse(text: #"{"a":[1.0,{"b":1e2}]}"#).expanded(levels: 3)
        let mine = try JSONValue.parse(text: #"{"a":[1,{"b":100}]}"#).expanded(levels: 3)
        #expect(mine.sharingParts(with: other).text == #"{"a":[1,{"b":100}]}"#)
    }

    @Test(arguments: Array(UInt64(1)...40))
    func `whether a text is shorter than a limit is what its length says`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let value = random.value()
        for each in [value, try JSONValue.parse(value.serialized()), value.expanded(levels: 2)] {
            let count = each.byteCount
            for limit in [count - 7, count - 1, count, count + 1, count + 7, 0, -1, .max] {
                #expect(each.isShorter(than: limit) == (count < limit), "seed \(seed): \(count) < \(limit)")
            }
        }
    }
}
