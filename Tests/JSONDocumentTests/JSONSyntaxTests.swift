import JSONDocument
import Testing

/// Which texts the strict parser takes and which it refuses: why, at which byte, and what would have been right.
@Suite struct JSONSyntaxTests {
    @Test(arguments: accepted)
    func `a sound text is taken and written back without white space`(_ sample: Accepted) throws {
        #expect(try JSONValue.parse(text: sample.text).text == sample.compact)
    }

    @Test(arguments: refused)
    func `a fault is named by kind, byte offset and what would be right there`(_ sample: Refused) {
        let expected = JSONSyntaxError(kind: sample.kind, offset: sample.offset, expected: sample.expected)
        #expect(throws: expected) { try JSONValue.parse(sample.bytes) }
        #expect(throws: expected) { try JSONValue.parse(sample.bytes.span) }
        #expect(throws: expected) { try IncrementalJSON(sample.bytes) }
    }

    @Test func `the description says where and what`() {
        let error = JSONSyntaxError(kind: .syntax, offset: 7, expected: "a member name")
        #expect(error.description == "JSON refused at byte 7: expected a member name")
    }

    @Test(arguments: malformedUTF8)
    func `bytes that are no UTF-8 are refused where the broken character begins`(_ broken: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let long = [UInt8](repeating: UInt8(ascii: "a"), count: 19)
        expectMalformed([quote] + broken + [quote], at: 1)
        expectMalformed([quote] + broken, at: 1)
        expectMalformed([quote] + long + broken + long + [quote], at: 20)
        expectMalformed(Array("{\"k".utf8) + broken + Array("\":1}".utf8), at: 3)
    }

    private func expectMalformed(_ bytes: [UInt8], at offset: Int) {
        let expected = JSONSyntaxError(kind: .utf8, offset: offset, expected: "a character in well-formed UTF-8")
        #expect(throws: expected, "bytes \(bytes)") { try JSONValue.parse(bytes) }
    }

    @Test(arguments: ["\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}"])
    func `the first and last characters of each UTF-8 length are taken`(_ character: String) throws {
        let value = try JSONValue.parse(text: "[\"\(character)\"]")
        #expect(value[0]?.stringValue == character)
    }

    @Test func `a byte order mark or other bytes outside a string are no JSON`() {
        let expected = JSONSyntaxError(kind: .syntax, offset: 0, expected: "a value")
        #expect(throws: expected) { try JSONValue.parse([0xEF, 0xBB, 0xBF] + Array("1".utf8)) }
        #expect(throws: expected) { try JSONValue.parse([0xFF]) }
        #expect(throws: expected) { try JSONValue.parse([0]) }
    }
}

extension JSONSyntaxTests {
    /// A text and what it is without white space, its strings in normal form.
    struct Accepted: CustomTestStringConvertible, Sendable {
        var text: String
        var compact: String

        init(_ text: String, _ compact: String? = nil) {
            self.text = text
            self.compact = compact ?? text
        }

        var testDescription: String { text }
    }

    static let accepted: [Accepted] = [
        Accepted("null"), Accepted("true"), Accepted("false"), Accepted("0"), Accepted(#""""#), Accepted("[]"),
        Accepted("{}"), Accepted(" \t\r\n1 \t\r\n", "1"), Accepted("[ ]", "[]"), Accepted("{ }", "{}"),
        Accepted("[[],{},[[]]]"), Accepted("[1 , 2]", "[1,2]"), Accepted("-0"), Accepted("1E+2"), Accepted("0.10"),
        Accepted("{ \"b\" : [ 1 ,\n2 ] , \"a\" : null }", #"{"b":[1,2],"a":null}"#),
        Accepted(#"{"":{"":0}}"#), Accepted(#"[" kept  as\tit is "]"#),
        Accepted(#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}"#),
        Accepted("\"\u{7F}\u{2028}\u{FEFF}\""),
    ]
}

extension JSONSyntaxTests {
    struct Refused: CustomTestStringConvertible, Sendable {
        var text: String
        var kind: JSONSyntaxError.Kind
        var offset: Int
        var expected: String

        init(_ text: String, _ offset: Int, _ expected: String, kind: JSONSyntaxError.Kind = .syntax) {
            self.text = text
            self.kind = kind
            self.offset = offset
            self.expected = expected
        }

        var bytes: [UInt8] { Array(text.utf8) }
        var testDescription: String { String(text.prefix(40)) }
    }

    static let refused = structure + words + numbers + strings + surrogates + duplicates

    private static let structure: [Refused] = [
        Refused("", 0, "a value"), Refused("  ", 2, "a value"), Refused("[", 1, "a value"), Refused("]", 0, "a value"),
        Refused("[1,]", 3, "a value"), Refused("[,1]", 1, "a value"), Refused("[1", 2, ", or ]"),
        Refused("[1 2]", 3, ", or ]"), Refused("[1}", 2, ", or ]"), Refused("[1\u{0C}]", 2, ", or ]"),
        Refused("{", 1, "a member name or }"), Refused("{]", 1, "a member name or }"),
        Refused("{a:1}", 1, "a member name or }"), Refused("{'a':1}", 1, "a member name or }"),
        Refused("{1:2}", 1, "a member name or }"), Refused("{,}", 1, "a member name or }"),
        Refused(#"{"a"}"#, 4, ":"), Refused(#"{"a" 1}"#, 5, ":"), Refused(#"{"a""#, 4, ":"),
        Refused(#"{"a":}"#, 5, "a value"), Refused(#"{"a":1"#, 6, ", or }"), Refused(#"{"a":1]"#, 6, ", or }"),
        Refused(#"{"a":1,}"#, 7, "a member name"), Refused(#"{"a":1,2}"#, 7, "a member name"),
        Refused("[1]]", 3, "the end of the text after the value"),
        Refused("1 2", 2, "the end of the text after the value"),
        Refused("{}//", 2, "the end of the text after the value"), Refused("/* */1", 0, "a value"),
        Refused("\u{A0}1", 0, "a value"),
    ]

    private static let words: [Refused] = [
        Refused("tru", 0, "true"), Refused("[nul]", 1, "null"), Refused("falsy", 0, "false"),
        Refused("True", 0, "a value"), Refused("NaN", 0, "a value"), Refused("undefined", 0, "a value"),
        Refused("nulll", 4, "the end of the text after the value"),
    ]

    private static let numbers: [Refused] = [
        Refused("-", 1, "a digit"), Refused("-x", 1, "a digit"), Refused("-Infinity", 1, "a digit"),
        Refused("1.", 2, "a digit"), Refused("1.e5", 2, "a digit"), Refused("1e", 2, "a digit"),
        Refused("[1e+]", 4, "a digit"), Refused("+1", 0, "a value"), Refused(".5", 0, "a value"),
        Refused("01", 1, "the end of the text after the value"), Refused("[-01]", 3, ", or ]"),
        Refused("0x1", 1, "the end of the text after the value"), Refused("[1_000]", 2, ", or ]"),
        overflow("1e309", 0), overflow("[-1e309]", 1), overflow(#"{"a":1.7976931348623159e308}"#, 5),
        overflow("1e99999999999999999999", 0), overflow("[0,1" + String(repeating: "0", count: 309) + "]", 3),
    ]

    private static func overflow(_ text: String, _ offset: Int) -> Refused {
        Refused(text, offset, "a number within a double's range", kind: .numberOverflow)
    }

    private static let strings: [Refused] = [
        Refused(#""a"#, 2, "a closing quote"), Refused(#""a long one that is not closed"#, 30, "a closing quote"),
        Refused(#""\""#, 3, "a closing quote"), Refused(#""\"#, 2, "an escape's letter"),
        Refused(#""\x""#, 2, #"one of " \ / b f n r t u after a backslash"#),
        Refused(#""\U0041""#, 2, #"one of " \ / b f n r t u after a backslash"#),
        Refused(#""\u12g4""#, 5, #"four hexadecimal digits after \u"#),
        Refused(#""\u12"#, 5, #"four hexadecimal digits after \u"#),
        Refused(#""\u 041""#, 3, #"four hexadecimal digits after \u"#),
        Refused("\"a\tb\"", 2, "an escape instead of a control character"),
        Refused("\"\0\"", 1, "an escape instead of a control character"),
        Refused("\"after sixteen bytes \n\"", 21, "an escape instead of a control character"),
        Refused("{\"a\u{1F}\":1}", 3, "an escape instead of a control character"),
    ]

    private static let surrogates: [Refused] = [
        lone(#""\ud800""#, 1), lone(#""\udc00""#, 1), lone(#""\ud800x""#, 1), lone(#""ab\udfff\ud800""#, 3),
        lone(#""\ud800\ud800""#, 1), lone(#""\uD800\u0041""#, 1), lone(#""\ud83d\n""#, 1),
        lone(#"{"\udbff":1}"#, 2), lone(#"["\ud83d\ude00\ud83d"]"#, 14),
        Refused(#""\ud83d\u12""#, 11, #"four hexadecimal digits after \u"#),
    ]

    private static func lone(_ text: String, _ offset: Int) -> Refused {
        Refused(text, offset, #"a whole surrogate pair, such as \ud83d\ude00"#, kind: .loneSurrogate)
    }

    private static let duplicates: [Refused] = [
        duplicate(#"{"a":1,"a":2}"#, 7), duplicate(#"{"a":1,"\u0061":2}"#, 7), duplicate(#"{"\u0061":1,"a":2}"#, 12),
        duplicate(#"{"\/":1,"/":2}"#, 8), duplicate(#"{"\u000a":1,"\n":2}"#, 12), duplicate(#"{"":1,"":2}"#, 6),
        duplicate(#"[{"x":{"a":1,"b":{"a":3},"a":2}}]"#, 25),
        duplicate(#"{"😀":1,"\ud83d\ude00":2}"#, 10),
        duplicate(#"{"a name of twenty b":1,"a name of twenty b":2}"#, 24),
    ]

    private static func duplicate(_ text: String, _ offset: Int) -> Refused {
        Refused(text, offset, "a member name that this object lacks so far", kind: .duplicateKey)
    }

    /// Unicode's table of well-formed sequences (section 3.9) from the outside.
    static let malformedUTF8: [[UInt8]] = [
        [0x80], [0xBF], [0xFE], [0xFF],
        [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF],
        [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
        [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC3, 0x28], [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x28, 0x80],
        [0xF0, 0x9F, 0x98, 0x28],
    ]
}
