import JSONDocument
import Testing

/// What a text may ask of the parser.
@Suite struct JSONLimitsTests {
    @Test(arguments: [("[", "]"), (#"{"a":"#, "}"), (#"[{"a":"#, "}]")])
    func `512 levels are read and written, one more is refused where it opens`(_ open: String, _ close: String) throws {
        let levels = JSONLimits.depthMax / (open.hasPrefix("[{") ? 2 : 1)
        let text = String(repeating: open, count: levels) + "0" + String(repeating: close, count: levels)
        #expect(try JSONValue.parse(text: text).text == text)

        let deeper = String(repeating: open, count: levels) + "[" + text
        let expected = JSONSyntaxError(
            kind: .depth, offset: open.utf8.count * levels, expected: "no more than 512 levels of nesting")
        #expect(throws: expected) { try JSONValue.parse(text: deeper) }
        #expect(throws: expected) { try IncrementalJSON(Array(deeper.utf8)) }
    }

    @Test func `depth counts containers inside each other, not beside each other`() throws {
        let limits = JSONLimits(depth: 2)
        #expect(try JSONValue.parse(Array("[[],{},[]]".utf8), limits: limits).count == 3)
        let expected = JSONSyntaxError(kind: .depth, offset: 2, expected: "no more than 2 levels of nesting")
        #expect(throws: expected) { try JSONValue.parse(Array("[[[]]]".utf8), limits: limits) }
    }

    @Test func `a text of just the size limit is read, one byte more is refused`() throws {
        let text = Array("[12]".utf8)
        #expect(try JSONValue.parse(text, limits: JSONLimits(byteCount: 4)).count == 1)
        let expected = JSONSyntaxError(kind: .size, offset: 3, expected: "a text of at most 3 bytes")
        #expect(throws: expected) { try JSONValue.parse(text, limits: JSONLimits(byteCount: 3)) }
        #expect(throws: expected) { try JSONValue.parse(text.span, limits: JSONLimits(byteCount: 3)) }
        #expect(throws: expected) { try IncrementalJSON(text, limits: JSONLimits(byteCount: 3)) }
    }

    @Test func `limits beyond what the system can write again are lowered`() {
        #expect(JSONLimits(depth: 100_000).depth == 512)
        #expect(JSONLimits(byteCount: .max).byteCount < Int(UInt32.max))
        #expect(JSONLimits.standard.depth == 512)
        #expect(JSONLimits.standard.byteCount == 64 << 20)
    }

    @Test(arguments: [2, 31, 32, 33, 34, 1_000])
    func `a repeated name is found in objects of every size, at its second place`(memberCount: Int) {
        var text = "{"
        for at in 0..<(memberCount - 1) { text += #""member \#(at)":1,"# }
        let offset = text.utf8.count
        text += #""member 0":2}"#
        let expected = JSONSyntaxError(
            kind: .duplicateKey, offset: offset, expected: "a member name that this object lacks so far")
        #expect(throws: expected) { try JSONValue.parse(text: text) }
    }

    @Test func `the first of several repeated names is the one that is reported`() {
        var text = "{"
        for at in 0..<40 { text += #""k\#(at)":1,"# }
        let offset = text.utf8.count
        text += #""k30":2,"k3":2,"k30":3}"#
        let expected = JSONSyntaxError(
            kind: .duplicateKey, offset: offset, expected: "a member name that this object lacks so far")
        #expect(throws: expected) { try JSONValue.parse(text: text) }
    }

    @Test func `names with equal ends and lengths are told apart`() throws {
        // The parser's fingerprint looks at both ends of a name and its length only.
        let members = (0..<100).map { #""beginning-\#(100 + $0)-ending":\#($0)"# }.joined(separator: ",")
        let value = try JSONValue.parse(text: "{\(members)}")
        #expect(value.count == 100)
        #expect(value["beginning-142-ending"]?.intValue == 42)
    }

    @Test func `two spellings of one letter, composed and decomposed, are two names`() throws {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        let value = try JSONValue.parse(text: "{\"\(composed)\":1,\"\(decomposed)\":2}")
        #expect(value.count == 2)
        #expect(value[composed]?.intValue == 1)
        #expect(value[decomposed]?.intValue == 2)
        #expect(JSONValue.string(composed) != JSONValue.string(decomposed))
        #expect(value.text.utf8.elementsEqual("{\"\(composed)\":1,\"\(decomposed)\":2}".utf8))
    }
}
