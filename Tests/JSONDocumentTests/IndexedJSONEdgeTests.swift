import JSONDocument
import Testing

/// Changes at the edges of values, and texts that must be refused although the changed part is sound by itself.
@Suite struct IndexedJSONEdgeTests {
    static let seeds = Array(UInt64(1)...100)

    private func expectLaw(_ old: IndexedJSON, _ newBytes: [UInt8], _ seed: UInt64) throws {
        let patch = try old.patch(to: newBytes)
        let new = try JSONValue.parse(newBytes)
        var patched = old.value
        try patched.apply(patch)
        let text = String(decoding: newBytes, as: UTF8.self)
        #expect(patched == new, "seed \(seed): \(old.value.text) to \(text) by \(patch.jsonValue.text)")
        #expect(patch.isEmpty == (old.value == new), "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `a damaged text is refused as a whole parse refuses it, or compared as it is`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let text = random.value().serialized()
        let indexed = try IndexedJSON(text)
        for _ in 0..<40 {
            let damaged = random.damaged(text)
            do throws(JSONSyntaxError) {
                _ = try JSONValue.parse(damaged)
            } catch {
                let context: Comment = "seed \(seed): \(String(decoding: damaged, as: UTF8.self))"
                #expect(throws: error, context) { try indexed.patch(to: damaged) }
                continue
            }
            try expectLaw(indexed, damaged, seed)
        }
    }

    @Test(arguments: [
        ("[1,2]", "[1,22]", #"[{"op":"replace","path":"/1","value":22}]"#),
        ("[1,2]", "[21,2]", #"[{"op":"replace","path":"/0","value":21}]"#),
        ("[12]", "[1,2]", #"[{"op":"replace","path":"","value":[1,2]}]"#),
        (#"["ab"]"#, #"["a","b"]"#, nil), (#"["a","b"]"#, #"["ab"]"#, nil), (#"{"a":1}"#, #"{"b":1}"#, nil),
        (
            #"{"a":{"b":[1,{"c":"x"}]}}"#, #"{"a":{"b":[1,{"c":"y"}]}}"#,
            #"[{"op":"replace","path":"/a/b/1/c","value":"y"}]"#
        ),
        (#"{"a/b":{"~":""}}"#, #"{"a/b":{"~":"\n"}}"#, #"[{"op":"replace","path":"/a~1b/~0","value":"\n"}]"#),
        (#"{"a":1}"#, #"{"a":1,"b":[]}"#, #"[{"op":"add","path":"/b","value":[]}]"#),
        (#"["\\"]"#, #"["\""]"#, #"[{"op":"replace","path":"/0","value":"\""}]"#), ("1", "[1]", nil),
        ("[[]]", "[]", nil),
        ("[[],[]]", "[[]]", nil), (#"["a"]"#, #"["a\""]"#, #"[{"op":"replace","path":"/0","value":"a\""}]"#),
    ])
    func `a change at the edge of a value is found`(_ old: String, _ new: String, _ patch: String?) throws {
        let found = try IndexedJSON(Array(old.utf8)).patch(to: Array(new.utf8))
        var patched = try JSONValue.parse(text: old)
        try patched.apply(found)
        #expect(patched.text == new)
        if let patch { #expect(found.jsonValue.text == patch) }
    }

    @Test func `a name that becomes a repeated one is refused`() throws {
        let indexed = try IndexedJSON(Array(#"{"a":1,"b":2}"#.utf8))
        let expected = JSONSyntaxError(
            kind: .duplicateKey, offset: 7, expected: "a member name that this object lacks so far")
        #expect(throws: expected) { try indexed.patch(to: Array(#"{"a":1,"a":2}"#.utf8)) }
    }

    @Test func `a part that becomes too deep is refused, although it is sound by itself`() throws {
        let open = String(repeating: "[", count: 500)
        let close = String(repeating: "]", count: 500)
        let indexed = try IndexedJSON(Array("\(open)0\(close)".utf8))
        let inner = String(repeating: "[", count: 13) + String(repeating: "]", count: 13)
        let expected = JSONSyntaxError(kind: .depth, offset: 512, expected: "no more than 512 levels of nesting")
        #expect(throws: expected) { try indexed.patch(to: Array("\(open)\(inner)\(close)".utf8)) }
        let fitting = Array("\(open)\(inner.dropFirst().dropLast())\(close)".utf8)
        let patch = try indexed.patch(to: fitting)
        var patched = indexed.value
        try patched.apply(patch)
        #expect(patched.serialized() == fitting)
    }

    @Test func `the limits that the text was read with hold for the new one too`() throws {
        let limits = JSONLimits(depth: 2, byteCount: 6)
        let indexed = try IndexedJSON(Array("[12]".utf8), limits: limits)
        let tooLong = JSONSyntaxError(kind: .size, offset: 6, expected: "a text of at most 6 bytes")
        #expect(throws: tooLong) { try indexed.patch(to: Array("[12345]".utf8)) }
        let tooDeep = JSONSyntaxError(kind: .depth, offset: 2, expected: "no more than 2 levels of nesting")
        #expect(throws: tooDeep) { try indexed.patch(to: Array("[[[]]]".utf8)) }
        #expect(try indexed.patch(to: Array("[[12]]".utf8)) == JSONPatch([.replace(JSONPointer("/0"), [12])]))
    }

    @Test func `paths begin with where the text is`() throws {
        let indexed = try IndexedJSON(Array(#"{"x":1}"#.utf8))
        let patch = try indexed.patch(to: Array(#"{"x":2}"#.utf8), at: JSONPointer(tokens: ["live"]))
        #expect(patch == JSONPatch([.replace(try JSONPointer("/live/x"), 2)]))
    }

    @Test func `changes in texts too large to be kept whole are found`() throws {
        let members = (0..<3_000).map { #""m\#($0)":{"id":"\#($0)","list":[1,2,{"x":\#($0)}]}"# }
        let text = "{\(members.joined(separator: ","))}"
        let indexed = try IndexedJSON(Array(text.utf8))
        #expect(indexed.value.text == text)
        let new = Array(text.replacing(#"{"x":1234}"#, with: #"{"x":-1}"#).utf8)
        let patch = try indexed.patch(to: new)
        #expect(patch == JSONPatch([.replace(try JSONPointer("/m1234/list/2/x"), -1)]))
    }
}
