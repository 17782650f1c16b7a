import JSONDocument
import TestSupport
import Testing

@Suite("JSONDiff")
struct JSONDiffTests {
    @Test("the patch makes the old value the new one", arguments: 100..<110 as Range<UInt64>)
    func property(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        for round in 0..<100 {
            let old = random.value()
            let new = random.chance() ? random.changed(random.changed(old)) : random.value()
            for source in [old, try JSONValue.parse(old.serialized())] {
                for target in [new, try JSONValue.parse(new.serialized())] {
                    let patch = JSONDiff.patch(from: source, to: target)
                    var value = source
                    try value.apply(patch)
                    #expect(value == new, "seed \(seed), round \(round)")
                    #expect(patch.isEmpty == (old == new), "seed \(seed), round \(round)")
                }
            }
        }
    }

    @Test("shuffled lists of things become each other", arguments: 200..<210 as Range<UInt64>)
    func lists(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        for round in 0..<50 {
            let things: [JSONValue] = (0..<random.below(30)).map {
                ["id": .number($0 % 23), "hp": .number(random.below(9))]
            }
            var others = things.shuffled(using: &random.generator)
            others = others.filter { _ in random.below(5) > 0 } + things.filter { _ in random.below(5) == 0 }
            let (old, new) = (JSONValue.array(things), JSONValue.array(others))
            var value = old
            try value.apply(JSONDiff.patch(from: old, to: new))
            #expect(value == new, "seed \(seed), round \(round)")
        }
    }

    @Test(
        "only what differs is named",
        arguments: [
            (#"{"a":1,"b":2}"#, #"{"a":1,"b":3}"#, #"[{"op":"replace","path":"/b","value":3}]"#),
            (#"{"a":1,"b":2}"#, #"{"b":2.0,"a":1e0}"#, "[]"),
            (#"{"a":1,"b":2}"#, #"{"b":2}"#, #"[{"op":"remove","path":"/a"}]"#),
            (#"{"a":1}"#, #"{"a":1,"c/d":[]}"#, #"[{"op":"add","path":"/c~1d","value":[]}]"#),
            ("[1,2,3]", "[1,9,3]", #"[{"op":"replace","path":"/1","value":9}]"#),
            ("[1,2,3]", "[1,2,7,3]", #"[{"op":"add","path":"/2","value":7}]"#),
            ("[1,2,3]", "[1,3]", #"[{"op":"remove","path":"/1"}]"#),
            (#"{"a":[]}"#, #"{"a":{}}"#, #"[{"op":"replace","path":"/a","value":{}}]"#),
            (
                #"[{"id":"a","x":1},{"id":"b","x":2},{"id":"c","x":3}]"#,
                #"[{"id":"c","x":3},{"id":"a","x":1},{"id":"b","x":5}]"#,
                #"[{"op":"move","path":"/0","from":"/2"},{"op":"replace","path":"/2/x","value":5}]"#
            ),
            (
                #"[{"name":"g","hp":1},{"name":"g","hp":2},{"name":"o"}]"#,
                #"[{"name":"g","hp":1},{"name":"g","hp":7},{"name":"o"}]"#,
                #"[{"op":"replace","path":"/1/hp","value":7}]"#
            ),
            (
                #"[{"id":1,"text":"a long enough text"},{"id":2,"text":"another long enough text"}]"#,
                #"[{"id":2,"text":"another long enough text"}]"#, #"[{"op":"remove","path":"/0"}]"#
            ),
        ])
    func minimal(_ old: String, _ new: String, _ patch: String) throws {
        let difference = JSONDiff.patch(from: try JSONValue(json: old), to: try JSONValue(json: new))
        #expect(String(decoding: difference.serialized(), as: UTF8.self) == patch)
    }

    @Test("moving one token of a 20 KB scene is one small operation")
    func oneToken() throws {
        let scene = try SampleScene.value()
        #expect((19_000...22_000).contains(scene.byteCount))
        var moved = scene
        let place = try JSONPointer("/initiativeOrder/17/mapPosition/x")
        try moved.apply(JSONPatch([.replace(place, JSONValue.number(text: "12.515625"))]))
        let patch = JSONDiff.patch(from: scene, to: moved, at: try JSONPointer("/live"))
        #expect(
            patch.operations == [
                .replace(try JSONPointer("/live/initiativeOrder/17/mapPosition/x"), try .number(12.515625))
            ])
        #expect(patch.serialized().count < 110)
    }

    @Test("where steps would be longer than the value, the value is replaced")
    func replacesWhole() throws {
        let old: JSONValue = ["p": ["a": 1, "b": 2, "c": 3, "d": 4]]
        let new: JSONValue = ["p": ["a": 5, "b": 6, "c": 7, "d": 8]]
        #expect(
            JSONDiff.patch(from: old, to: new).operations == [.replace(try JSONPointer("/p"), try #require(new["p"]))])
    }

    @Test("a list too shuffled for moves still becomes the other")
    func hugeShuffle() throws {
        var random = RandomJSON(seed: 5)
        let things: [JSONValue] = (0..<2000).map { ["id": .number($0)] }
        let (old, new) = (JSONValue.array(things), JSONValue.array(things.shuffled(using: &random.generator)))
        var value = old
        try value.apply(JSONDiff.patch(from: old, to: new))
        #expect(value == new)
    }

    @Test("large objects are compared by member, whatever their order")
    func largeObjects() throws {
        let old = JSONValue.object((0..<500).map { ("k\($0)", .number($0)) })
        var new = JSONValue.object((0..<500).reversed().map { ("k\($0)", .number($0)) })
        #expect(JSONDiff.patch(from: old, to: new).isEmpty)
        new.setMember("k250", to: "changed")
        new.removeMember("k1")
        let operations: [JSONPatchOperation] = try [
            .remove(JSONPointer("/k1")), .replace(JSONPointer("/k250"), "changed"),
        ]
        #expect(JSONDiff.patch(from: old, to: new).operations == operations)
    }
}

extension RandomJSON {
    mutating func chance() -> Bool { generator.chance(percent: 70) }
}
