import JSONDocument
import Testing

/// Every version of a text comes out as a parse of the whole text reads it, or is left to that parse.
@Suite struct IncrementalJSONTests {
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func incremental(_ text: String, limits: JSONLimits = .standard) throws -> IncrementalJSON {
        try #require(try IncrementalJSON(self.bytes(text), limits: limits))
    }

    /// Goes on to `text`, which must come out as it stands.
    private static func read(_ text: String, _ incremental: inout IncrementalJSON) {
        let isRead = incremental.update(to: self.bytes(text))
        #expect(isRead, "\(text)")
        #expect(incremental.value.text == text)
    }

    /// Refuses to go on to `text`, and stays where it was.
    private static func refuse(_ text: String, _ incremental: inout IncrementalJSON) {
        let before = incremental.value.text
        let isRead = incremental.update(to: self.bytes(text))
        #expect(!isRead, "\(text)")
        #expect(incremental.value.text == before)
    }

    @Test(arguments: Array(UInt64(1)...60))
    func `version after version is read as it stands`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        var value = random.value()
        var incremental = try #require(try IncrementalJSON(value.serialized()))
        var updates = 0
        for round in 0..<80 {
            let next = random.changed(value)
            let context: Comment = "seed \(seed), round \(round): \(value.text) to \(next.text)"
            if incremental.update(to: next.serialized()) {
                updates += 1
                value = next
            }
            #expect(incremental.value.text == value.text, context)
        }
        #expect(updates > 0, "seed \(seed)")
    }

    @Test(arguments: Array(UInt64(1)...100))
    func `a damaged version is read only where it is sound`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let text = random.value().serialized()
        let before = try #require(try IncrementalJSON(text))
        for _ in 0..<40 {
            let damaged = random.damaged(text)
            let context: Comment = "seed \(seed): \(String(decoding: damaged, as: UTF8.self))"
            var incremental = before
            guard incremental.update(to: damaged) else {
                Self.read(String(decoding: text, as: UTF8.self), &incremental)
                continue
            }
            #expect(try JSONValue.parse(damaged).serialized() == incremental.value.serialized(), context)
            #expect(incremental.value.serialized() == damaged, context)
        }
    }

    @Test(arguments: [
        ("[1,2]", "[1,22]"), ("[1,2]", "[21,2]"), ("[12]", "[1,2]"), ("[1,2]", "[1]"), ("[]", "[1]"), ("[1]", "[]"),
        (#"["ab"]"#, #"["a","b"]"#), (#"["a","b"]"#, #"["ab"]"#), (#"[["a"],{"b":1}]"#, #"[["a"],{"c":1}]"#),
        (#"{"a":{"b":[1,{"c":"x"}]}}"#, #"{"a":{"b":[1,{"c":"y"}]}}"#), (#"["a"]"#, #"["a\""]"#),
        (#"{"a/b":{"~":""}}"#, #"{"a/b":{"~":"\n"}}"#), (#"["\\"]"#, #"["\""]"#), ("[[],[]]", "[[]]"),
        (#"{"a":[1,2],"b":[3,4],"c":5}"#, #"{"a":[10,2],"b":[3],"c":50}"#),
        (#"{"a":[1,2],"b":[3,4],"c":5}"#, #"{"a":[[],2],"b":[3,4,{"d":6}],"c":true}"#),
        (#"{"a":1,"b":2,"c":3}"#, #"{"a":1,"c":3}"#), ("1", "[1]"), ("12", "1"),
    ])
    func `a change at the edge of a value is found, and the next one behind it`(_ old: String, _ new: String) throws {
        let nextVersions = [new, old, new.replacing("1", with: "1.5"), old.replacing("\"a\"", with: "\"A\"")]
        var incremental = try Self.incremental(old)
        for version in nextVersions where incremental.update(to: Self.bytes(version)) {
            #expect(incremental.value.text == version)
        }
        incremental = try Self.incremental("[0,\(old),9]")
        for version in nextVersions { Self.read("[0,\(version),9]", &incremental) }
    }

    @Test func `what did not change is shared with the version before`() throws {
        let text = SampleScene.text()
        var incremental = try Self.incremental(text)
        let before = incremental.value
        let moved = text.replacing(#"{"x":17.5,"y":3.5"#, with: #"{"x":18.25,"y":3.5"#)
            .replacing("\"showCurrentPlayer\":true", with: "\"showCurrentPlayer\":false")
        Self.read(moved, &incremental)
        let after = incremental.value
        for member in try #require(after.members) {
            let isChanged = ["initiativeOrder", "showCurrentPlayer"].contains(member.key)
            #expect(try #require(before[member.key]).sharesStorage(with: member.value) == !isChanged, "\(member.key)")
        }
        let fighters = try #require(after["initiativeOrder"]?.elements)
        for (index, fighter) in fighters.enumerated() {
            let fighterBefore = try #require(before["initiativeOrder"]?[index])
            #expect(fighterBefore.sharesStorage(with: fighter) == (index != 17))
        }
        #expect(
            JSONDiff.patch(from: before, to: after).operations == [
                .replace(try JSONPointer("/initiativeOrder/17/mapPosition/x"), try .number(18.25)),
                .replace(try JSONPointer("/showCurrentPlayer"), false),
            ])
    }

    @Test func `a value that takes the place of a longer or shorter one moves all behind it`() throws {
        var incremental = try Self.incremental(#"{"a":[{"x":1},{"x":2}],"b":{"c":[0,0]},"d":4}"#)
        for text in [
            #"{"a":[{"x":"a longer text than before"},{"x":2}],"b":{"c":[0,0]},"d":4}"#,
            #"{"a":[{"x":"a longer text than before"},{"x":2}],"b":{"c":[0,7]},"d":4}"#,
            #"{"a":[{"x":{"y":[1,2,3]}},{"x":2}],"b":{"c":[0,7]},"d":5}"#,
            #"{"a":[{"x":{"y":[1,20,3]}},{"x":3}],"b":{"c":[1,7]},"d":5}"#,
            #"{"a":[{"x":0},{"x":3}],"b":{"c":[1,7]},"d":-5}"#, #"{"a":[{"x":0},{"x":3}],"b":{"c":[11,7]},"d":-6}"#,
        ] {
            Self.read(text, &incremental)
        }
    }

    @Test func `texts too large to be kept whole are read alike`() throws {
        let members = (0..<3_000).map { #""m\#($0)":{"id":"\#($0)","list":[1,2,{"x":\#($0)}]}"# }
        let text = "{\(members.joined(separator: ","))}"
        var incremental = try Self.incremental(text)
        #expect(incremental.value.text == text)
        let new = text.replacing(#"{"x":1234}"#, with: #"{"x":[-1,{"y":2}]}"#)
        Self.read(new, &incremental)
        let newer = new.replacing(#"{"y":2}"#, with: #"{"y":3}"#).replacing(#"{"x":2999}"#, with: #"{"x":0}"#)
        Self.read(newer, &incremental)
    }

    @Test func `a text that is not in normal form is left to the parser`() throws {
        #expect(try IncrementalJSON(Self.bytes("[1, 2]")) == nil)
        #expect(try IncrementalJSON(Self.bytes(#"["\u0061"]"#)) == nil)
        var incremental = try Self.incremental("[1,2]")
        for text in ["[1, 2]", "[1,2] ", #"["\u0061",2]"#] { Self.refuse(text, &incremental) }
    }

    @Test func `a fault, a repeated name, too much depth or length is left to the parser`() throws {
        var incremental = try Self.incremental(#"{"a":[1,2],"b":{"c":0}}"#, limits: JSONLimits(depth: 3, byteCount: 30))
        for text in [
            #"{"a":[1,2,],"b":{"c":0}}"#, #"{"a":[1,2],"a":{"c":0}}"#, #"{"a":[1,2],"b":{"c":[[]]}}"#, "",
            #"{"a":[1,2],"b":{"c":01}}"#, #"{"a":[1,2],"b":{"c":0}}x"#, #"{"a":[1,2],"b":{"c":0}"#,
            #"{"a":[1,2],"b":{"c":1234567890}}"#,
        ] {
            Self.refuse(text, &incremental)
        }
        Self.read(#"{"a":[1,2],"b":{"c":[]}}"#, &incremental)
    }

    @Test func `a change that breaks out of every value is given up, not followed at any cost`() throws {
        let depth = 400
        let open = String(repeating: "[0,", count: depth)
        var incremental = try Self.incremental(open + "1" + String(repeating: "]", count: depth))
        // Each level is longer by one element behind all others: no level goes on alike.
        Self.refuse(open + "1" + String(repeating: ",2]", count: depth), &incremental)
        Self.read(open + "2" + String(repeating: "]", count: depth), &incremental)
    }
}
