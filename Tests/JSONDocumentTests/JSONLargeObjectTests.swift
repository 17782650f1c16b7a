import JSONDocument
import TestSupport
import Testing

/// Objects that are kept as persistent trees: they behave as small ones do, and copies share what did not change.
@Suite struct JSONLargeObjectTests {
    static let memberCount = 5_000

    static let object = JSONValue.object(
        (0..<memberCount).map { ("member \($0)", ["id": .number($0), "list": [1, 2]]) })

    @Test func `members keep their order through reading, patches and writing`() throws {
        let text = Self.object.text
        var value = try JSONValue.parse(text: text)
        #expect(value.text == text)
        #expect(value.count == Self.memberCount)
        try value.apply(
            JSONPatch([
                .replace(JSONPointer("/member 17"), "x"), .remove(JSONPointer("/member 4000")),
                .add(JSONPointer("/new"), 1), .add(JSONPointer("/member 0/more"), true),
                .move(from: JSONPointer("/member 3"), to: JSONPointer("/moved")),
            ]))
        let gone: Set<String> = ["member 4000", "member 3"]
        let expected = (0..<Self.memberCount).map { "member \($0)" }.filter { !gone.contains($0) } + ["new", "moved"]
        #expect(value.members?.map(\.key) == expected)
        #expect(value["member 17"] == "x")
        #expect(value["member 0"]?.text == #"{"id":0,"list":[1,2],"more":true}"#)
        #expect(value["moved"]?.text == #"{"id":3,"list":[1,2]}"#)
        #expect(try JSONValue.parse(value.serialized()) == value)
    }

    @Test func `a copy that somebody holds is not changed by a patch to the other`() throws {
        let text = Self.object.text
        let held = try JSONValue.parse(text: text)
        var changed = held
        for at in stride(from: 0, to: Self.memberCount, by: 7) {
            try changed.apply(JSONPatch([.replace(JSONPointer("/member \(at)/list/1"), "changed")]))
        }
        #expect(held.text == text)
        #expect(changed != held)
        #expect(changed["member 7"]?["list"]?[1] == "changed")
    }

    @Test func `what a patch did not touch is shared with the version before`() throws {
        var document: JSONValue = ["scenes": Self.object, "maps": Self.object, "live": .null]
        let before = document
        try document.apply(JSONPatch([.replace(JSONPointer("/scenes/member 9/id"), 10)]))
        let (old, new) = (try #require(before["scenes"]), try #require(document["scenes"]))
        #expect(!new.sharesStorage(with: old))
        #expect(document["maps"]?.sharesStorage(with: try #require(before["maps"])) == true)
        for member in try #require(new.members) {
            let isShared = member.value.sharesStorage(with: try #require(old[member.key]))
            #expect(isShared == (member.key != "member 9"))
        }
    }

    @Test func `a failed patch takes back what it did, order included`() throws {
        let text = Self.object.text
        var value = try JSONValue.parse(text: text)
        #expect(throws: JSONPatchError.self) {
            try value.apply(
                JSONPatch([
                    .remove(JSONPointer("/member 1")), .add(JSONPointer("/member 1"), 1), .add(JSONPointer("/new"), 1),
                    .replace(JSONPointer("/member 2/list/0"), 9), .remove(JSONPointer("/nowhere")),
                ]))
        }
        #expect(value.text == text)
    }

    @Test(arguments: UInt64(1)...5)
    func `a tree behaves as a list of members does`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var model: [(key: String, value: JSONValue)] = []
        var value = JSONValue.object([])
        for step in 0..<3_000 {
            let key = "k\(Int.random(in: 0..<200, using: &random))"
            let place = model.firstIndex { $0.key == key }
            if random.chance(percent: 30) {
                value.removeMember(key)
                if let place { model.remove(at: place) }
            } else {
                value.setMember(key, to: .number(step))
                if let place { model[place].value = .number(step) } else { model.append((key, .number(step))) }
            }
        }
        #expect(value.members?.map(\.key) == model.map(\.key), "seed \(seed)")
        #expect(value == .object(model), "seed \(seed)")
        #expect(value.text == JSONValue.object(model).text, "seed \(seed)")
        #expect(value.count == model.count, "seed \(seed)")
    }

    @Test func `large objects are equal whatever their order and the way they came to be`() throws {
        let members = try #require(Self.object.members)
        let reversed = JSONValue.object(members.reversed())
        let parsed = try JSONValue.parse(text: reversed.text)
        for (one, other) in [(Self.object, reversed), (Self.object, parsed), (parsed, Self.object), (reversed, parsed)]
        {
            #expect(one == other)
            #expect(JSONDiff.patch(from: one, to: other).isEmpty)
        }
        var shorter = parsed
        shorter.removeMember("member 5")
        #expect(shorter != Self.object)
        #expect(Self.object != shorter)
        let patch = JSONDiff.patch(from: Self.object, to: shorter)
        #expect(patch == JSONPatch([.remove(try JSONPointer("/member 5"))]))
    }

    @Test(arguments: [31, 32, 33, 34])
    func `objects around the size where the tree begins behave alike`(count: Int) throws {
        let members = (0..<count).map { (key: "m\($0)", value: JSONValue.number($0)) }
        var value = try JSONValue.parse(text: JSONValue.object(members).text)
        try value.apply(JSONPatch([.add(JSONPointer("/n1"), 1), .add(JSONPointer("/n2"), 2)]))
        #expect(value.members?.map(\.key) == members.map(\.key) + ["n1", "n2"])
        try value.apply(JSONPatch([.remove(JSONPointer("/n1")), .remove(JSONPointer("/n2"))]))
        #expect(value.text == JSONValue.object(members).text)
    }
}
