import JSONDocument
import TestSupport
import Testing

@Suite("JSONValue.parse")
struct JSONParsingTests {
    @Test(
        "takes every form of RFC 8259",
        arguments: [
            "null", "true", "false", "0", "-0", "-0.5e-3", "1E+2", "12345678901234567890", "\"\"", "\"é😀\"", "[]", "{}",
            "[[],{}]", #"{"a":1,"b":[true,null]}"#, #""\u0000\"\\\/\b\f\n\r\t""#, #""😀""#, #"{"":""}"#,
            "1e-400",
        ])
    func accepts(_ text: String) throws {
        let value = try JSONValue.parse(text: text)
        #expect(try JSONValue.parse(value.serialized()) == value)
        #expect(try JSONValue.parse(text: " \n\t\r" + text + "\n").serialized() == value.serialized())
    }

    @Test(
        "names the byte and what was expected",
        arguments: [
            ("", 0, "a value"), (" ", 1, "a value"), ("nul", 0, "null"), ("True", 0, "a value"), ("[1,]", 3, "a value"),
            ("[1 2]", 3, ", or ]"), ("[1", 2, ", or ]"), ("{", 1, "a member name or }"), (#"{"a"}"#, 4, ":"),
            (#"{"a":1,}"#, 7, "a member name"), (#"{"a":1"#, 6, ", or }"), ("{a:1}", 1, "a member name or }"),
            ("01", 1, "the end of the text after the value"), ("1.", 2, "a digit"), ("-", 1, "a digit"),
            ("1e+", 3, "a digit"), ("+1", 0, "a value"), (".5", 0, "a value"), ("NaN", 0, "a value"),
            ("\"abc", 4, "a closing quote"), ("\"a\nb\"", 2, "an escape instead of a control character"),
            (#""\x""#, 2, #"one of " \ / b f n r t u after a backslash"#),
            (#""\u12g4""#, 5, #"four hexadecimal digits after \u"#), ("[1]]", 3, "the end of the text after the value"),
            ("'a'", 0, "a value"), ("[1}", 2, ", or ]"), ("\u{FEFF}1", 0, "a value"), ("/**/1", 0, "a value"),
        ])
    func rejects(_ text: String, _ offset: Int, _ expected: String) throws {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(text: text) }
        #expect(error == JSONSyntaxError(kind: .syntax, offset: offset, expected: expected))
        #expect(error?.description == "JSON refused at byte \(offset): expected \(expected)")
    }

    @Test(
        "refuses half a surrogate pair",
        arguments: [(#""\ud83d""#, 1), (#""\ude00""#, 1), (#"["a","b\ud83dx"]"#, 7), (#""\ud83d\ud83d""#, 1)])
    func loneSurrogate(_ text: String, _ offset: Int) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(text: text) }
        #expect(error?.kind == .loneSurrogate)
        #expect(error?.offset == offset)
    }

    @Test(
        "refuses bytes that are no UTF-8",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC3],
        ] as [[UInt8]])
    func invalidUTF8(_ bytes: [UInt8]) {
        let text = Array("[\"plain text \",\"".utf8)
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(text + bytes + Array("\"]".utf8)) }
        #expect(error?.kind == .utf8)
        #expect(error?.offset == text.count)
    }

    @Test(
        "refuses numbers that a double cannot hold, and only those",
        arguments: [("1e309", true), ("-1e309", true), ("1e308", false), ("1e-999", false), ("0e999", false)])
    func numberOverflow(_ text: String, _ isRefused: Bool) throws {
        if isRefused {
            let error = #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(text: "[0,\(text)]") }
            #expect(error?.kind == .numberOverflow)
            #expect(error?.offset == 3)
        } else {
            #expect(try JSONValue.parse(text: text).numberText == text)
        }
    }

    @Test("refuses a plain integer that overflows by its length")
    func longInteger() throws {
        let fits = String(repeating: "9", count: 308)
        #expect(try JSONValue.parse(text: fits).numberText == fits)
        #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(text: fits + "9") }
    }

    @Test(
        "refuses a name that comes twice, however it is written",
        arguments: [
            (#"{"a":1,"a":2}"#, 7), (#"{"a":1,"\u0061":2}"#, 7), (#"{"\u0061":1,"a":2}"#, 12),
            (#"{"x":{"k":1,"b":2,"k":3}}"#, 18), (#"{ "\/" : 1 , "/" : 2 }"#, 13), (#"[{"a":1},{"":1,"":2}]"#, 15),
        ])
    func duplicateKey(_ text: String, _ offset: Int) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(text: text) }
        #expect(error?.kind == .duplicateKey)
        #expect(error?.offset == offset)
    }

    @Test("finds the one repeated name among thousands, and lets near ones pass", arguments: [33, 1000, 5000])
    func duplicateAmongMany(_ count: Int) throws {
        let names = (0..<count).map { "\"prefix01-\($0 + 10000)-suffix99\":0" }
        #expect(try JSONValue.parse(text: "{" + names.joined(separator: ",") + "}").count == count)
        let text = "{" + (names + [names[count / 2]]).joined(separator: ",") + "}"
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(text: text) }
        #expect(error?.kind == .duplicateKey)
        #expect(error?.offset == 1 + (names[0].utf8.count + 1) * count)
    }

    @Test("the same name in different objects is fine")
    func sameNameElsewhere() throws {
        #expect(try JSONValue(json: #"{"a":{"a":{"a":1}},"b":{"a":1}}"#)["a"]?["a"]?["a"]?.intValue == 1)
    }

    @Test("refuses the level beyond the depth limit", arguments: [1, 3, 512])
    func depth(_ limit: Int) throws {
        func nested(_ levels: Int) -> [UInt8] {
            Array((String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8)
        }
        _ = try JSONValue.parse(nested(limit), limits: JSONLimits(depth: limit))
        let error = #expect(throws: JSONSyntaxError.self) {
            try JSONValue.parse(nested(limit + 1), limits: JSONLimits(depth: limit))
        }
        #expect(error?.kind == .depth)
        #expect(error?.offset == limit)
    }

    @Test("a hostile nesting is refused at the limit")
    func hostileDepth() {
        let error = #expect(throws: JSONSyntaxError.self) {
            try JSONValue.parse([UInt8](repeating: UInt8(ascii: "["), count: 1 << 20))
        }
        #expect(error?.kind == .depth)
    }

    @Test("refuses a text beyond the size limit before reading it")
    func size() throws {
        let limits = JSONLimits(byteCount: 4)
        #expect(try JSONValue.parse(Array("1234".utf8), limits: limits).intValue == 1234)
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(Array("[[[[[".utf8), limits: limits) }
        #expect(error?.kind == .size)
        #expect(error?.offset == 4)
    }

    @Test("every cut of a text is refused at or before its end")
    func cuts() throws {
        let text = Array(#"{"name":"Gob\u006cin 😀","hp":[1,-2.5e3,true,null,{}],"x":{"y":"\\"}}"#.utf8)
        _ = try JSONValue.parse(text)
        for length in 0..<text.count {
            let error = #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(Array(text[..<length])) }
            #expect(error.map { $0.offset <= length } == true, "cut at \(length)")
        }
    }

    @Test("any changed byte is either refused or still JSON that reads back", arguments: [1, 2, 3] as [UInt64])
    func flippedBytes(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        for _ in 0..<120 {
            var text = random.value().serialized()
            text[random.below(text.count)] = UInt8(random.below(256))
            guard let value = try? JSONValue.parse(text) else { continue }
            #expect(try JSONValue.parse(value.serialized()) == value, "seed \(seed)")
        }
    }

    @Test("white space and escapes change nothing", arguments: [11, 12, 13] as [UInt64])
    func looseText(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        for _ in 0..<120 {
            let value = random.value()
            let loose = random.loose(value)
            #expect(try JSONValue.parse(loose).serialized() == value.serialized(), "seed \(seed)")
            #expect(try JSONValue.parse(loose.span).serialized() == value.serialized(), "seed \(seed)")
        }
    }

    @Test("a text larger than an encoded piece reads back byte for byte")
    func largeText() throws {
        let element = #"{"id":"x","text":"a text of more than fifteen bytes","n":[1,2.50,{"deep":[[]]}]}"#
        let list = "[" + Array(repeating: element, count: 2000).joined(separator: ",") + "]"
        let text = Array(#"{"small":{"a":1},"large":\#(list),"empty":[],"other":{"inner":\#(list)}}"#.utf8)
        #expect(try JSONValue.parse(text).serialized() == text)
        #expect(try JSONValue.parse(text.span).serialized() == text)
        let value = try JSONValue.parse(text)
        #expect(value["other"]?["inner"]?[1999]?["n"]?[1]?.numberText == "2.50")
        #expect(value.byteCount == text.count)
    }
}
