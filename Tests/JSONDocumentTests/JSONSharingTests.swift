import JSONDocument
import TestSupport
import Testing

@Suite("JSONValue's sharing")
struct JSONSharingTests {
    @Test("a held document stays as it was while the writer goes on")
    func heldDocument() throws {
        var document: JSONValue = ["live": try SampleScene.value(), "scenes": [:]]
        var held: [(JSONValue, [UInt8])] = []
        for step in 0..<50 {
            held.append((document, document.serialized()))
            let patch = try JSONPatch([
                .replace(JSONPointer("/live/initiativeOrder/\(step % 30)/mapPosition/x"), .number(step)),
                .add(JSONPointer("/scenes/s\(step)"), ["name": .number(step)]),
            ])
            try document.apply(patch)
        }
        for (value, text) in held { #expect(value.serialized() == text) }
    }

    @Test("a patch shares all that it does not touch")
    func sharesTheRest() throws {
        let scenes = JSONValue.object((0..<10_000).map { ("scene-\($0)", ["maps": [["x": .number($0)]]]) })
        let before: JSONValue = ["live": try SampleScene.value(), "scenes": scenes, "maps": ["a": ["b": 1]]]
        var after = before
        try after.apply(JSONPatch([.replace(JSONPointer("/scenes/scene-5000/maps/0/x"), "new")]))
        let (old, new) = (try #require(before["scenes"]), try #require(after["scenes"]))
        #expect(before["live"]?.sharesStorage(with: try #require(after["live"])) == true)
        #expect(before["maps"]?.sharesStorage(with: try #require(after["maps"])) == true)
        #expect(!old.sharesStorage(with: new))
        for at in stride(from: 0, to: 10_000, by: 7) where at != 5000 {
            #expect(old["scene-\(at)"]?.sharesStorage(with: try #require(new["scene-\(at)"])) == true)
        }
        #expect(old["scene-5000"]?["maps"]?[0]?["x"] == 5000)
        #expect(new["scene-5000"]?["maps"]?[0]?["x"] == "new")
    }

    @Test("storage is never called shared after a change", arguments: [61, 62] as [UInt64])
    func neverFalselyShared(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        for round in 0..<120 {
            let old = random.value()
            let new = random.changed(old)
            if old.sharesStorage(with: new) { #expect(old.text == new.text, "seed \(seed), round \(round)") }
            #expect(old.sharesStorage(with: old), "seed \(seed), round \(round)")
        }
    }

    @Test("a scene is shared between a document and its copy after a look inside")
    func sharedAfterLook() throws {
        let document: JSONValue = ["scenes": ["a": try SampleScene.value()]]
        let copy = document
        _ = document["scenes"]?["a"]?["maps"]?.elements
        #expect(
            document["scenes"]?["a"]?["maps"]?.sharesStorage(with: try #require(copy["scenes"]?["a"]?["maps"])) == true)
    }

    @Test("parts of a large text do not keep all of it", arguments: [40_000, 400_000])
    func partsAreCopies(_ size: Int) throws {
        let filler = String(repeating: "x", count: size)
        let text = Array(#"{"filler":"\#(filler)","part":{"name":"a text of more than fifteen bytes"}}"#.utf8)
        let value = try JSONValue.parse(text)
        let part = try #require(value["part"])
        #expect(part.text == #"{"name":"a text of more than fifteen bytes"}"#)
        #expect(try JSONValue.parse(text)["part"]?.sharesStorage(with: part) == false)
    }
}
