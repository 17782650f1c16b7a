import JSONDocument
import Testing

@Suite("JSONValue")
struct JSONValueTests {
    @Test(
        "keeps number texts and member order",
        arguments: [
            #"{"z":1.0,"a":1e2,"m":-0,"b":12345678901234567890,"c":0.10}"#,
            "[1.000000000000000000000000000001,1E+2,100]",
        ])
    func keepsTexts(_ text: String) throws {
        #expect(try JSONValue(json: text).text == text)
        var copy = try JSONValue(json: text)
        try copy.apply(JSONPatch([.test(.root, copy)]))
        #expect(copy.text == text)
    }

    @Test("order and texts survive a change beside them")
    func keepsTextsWhenExpanded() throws {
        var value = try JSONValue(json: #"{"z":1.0,"a":{"k":1e2,"j":[0.10,"x"]},"m":-0}"#)
        try value.apply(JSONPatch([.replace(JSONPointer("/a/j/1"), "y")]))
        #expect(value.text == #"{"z":1.0,"a":{"k":1e2,"j":[0.10,"y"]},"m":-0}"#)
    }

    @Test("reads scalars as what they are")
    func scalars() throws {
        let value = try JSONValue(json: #"[null,true,false,7,-7.5,"text","\"\n\u0001é😀"]"#)
        let elements = try #require(value.elements)
        #expect(elements.map(\.kind) == [.null, .bool, .bool, .number, .number, .string, .string])
        #expect(elements[0].isNull)
        #expect(elements[1].boolValue == true)
        #expect(elements[2].boolValue == false)
        #expect(elements[3].intValue == 7)
        #expect(elements[4].intValue == nil)
        #expect(elements[4].doubleValue == -7.5)
        #expect(elements[5].stringValue == "text")
        #expect(elements[6].stringValue == "\"\n\u{1}é😀")
        #expect(elements[5].intValue == nil)
        #expect(elements[3].stringValue == nil)
        #expect(value.count == 7)
        #expect(value[6] == elements[6])
        #expect(value[7] == nil)
        #expect(value[-1] == nil)
    }

    @Test(
        "an integer is what is integral and fits",
        arguments: [
            ("0", 0), ("-0", 0), ("3.0", 3), ("3e2", 300), ("9223372036854775807", Int.max),
            ("-9223372036854775808", Int.min),
            ("9223372036854775808", nil), ("0.5", nil), ("1e300", nil), ("-1", -1),
        ] as [(String, Int?)])
    func integers(_ text: String, _ expected: Int?) throws {
        #expect(try JSONValue(json: text).intValue == expected)
    }

    @Test(
        "doubles are the nearest ones",
        arguments: [
            "0.1", "10.615496497855604", "5e-324", "1.7976931348623157e308", "123456789012345678",
            "0.30000000000000004",
            "2.2250738585072014e-308", "9007199254740993", "1e23", "-12.5", "1e-7",
        ])
    func doubles(_ text: String) throws {
        #expect(try JSONValue(json: text).doubleValue == Double(text))
    }

    @Test("equal means the same value")
    func equality() throws {
        #expect(try JSONValue(json: "1.0") == 1)
        #expect(try JSONValue(json: "1e2") == 100)
        #expect(try JSONValue(json: "-0") == 0)
        #expect(try JSONValue(json: #"{"a":1,"b":2}"#) == JSONValue(json: #"{"b":2.0,"a":1}"#))
        #expect(try JSONValue(json: #"{"a":1,"b":2}"#) != JSONValue(json: #"{"a":1,"c":2}"#))
        #expect(try JSONValue(json: #"{"a":1}"#) != JSONValue(json: #"{"a":1,"b":2}"#))
        #expect(try JSONValue(json: "[1,2]") != JSONValue(json: "[2,1]"))
        #expect(try JSONValue(json: "[]") != JSONValue(json: "{}"))
        #expect(try JSONValue(json: "\"1\"") != 1)
        #expect(try JSONValue(json: #""\u00e9""#) == "é")
        #expect(JSONValue.string("e\u{301}") != "é", "code points count, not their looks")
        #expect(try JSONValue(json: "null") != false)
    }

    @Test("equality holds between encoded, expanded and large objects")
    func equalityAcrossForms() throws {
        let names = (0..<50).map { "k\($0)" }
        let text = "{" + names.map { "\"\($0)\":1" }.joined(separator: ",") + "}"
        let reversed = "{" + names.reversed().map { "\"\($0)\":1.0" }.joined(separator: ",") + "}"
        let built = JSONValue.object(names.map { ($0, 1) })
        #expect(try JSONValue(json: text) == built)
        #expect(try JSONValue(json: reversed) == built)
        #expect(try built == JSONValue(json: reversed))
        #expect(built.text == text)
        #expect(built["k49"] == 1)
        #expect(built["k50"] == nil)
        #expect(built.members?.map(\.key) == names)
    }

    @Test("literals build values in order")
    func literals() {
        let value: JSONValue = ["b": [1, "x", true, .null], "a": ["c": -3]]
        #expect(value.text == #"{"b":[1,"x",true,null],"a":{"c":-3}}"#)
        #expect(JSONValue.object([("a", 1), ("b", 2), ("a", 3)]).text == #"{"a":3,"b":2}"#)
    }

    @Test("numbers are made from what JSON can hold")
    func numbers() throws {
        #expect(try JSONValue.number(text: "1.50").text == "1.50")
        #expect(try JSONValue.number(0.1 + 0.2).text == "0.30000000000000004")
        #expect(throws: JSONSyntaxError.self) { try JSONValue.number(Double.infinity) }
        #expect(throws: JSONSyntaxError.self) { try JSONValue.number(Double.nan) }
        for text in ["", "x", "1 2", "\"1\"", "[1]", "0x1"] {
            #expect(throws: JSONSyntaxError.self, "\(text)") { try JSONValue.number(text: text) }
        }
    }

    @Test("a member keeps its place when set, and goes last when new", arguments: [3, 32, 33, 200])
    func setMember(_ count: Int) {
        let names = (0..<count).map { "k\($0)" }
        var value = JSONValue.object(names.map { ($0, 0) })
        value.setMember("k1", to: "set")
        value.setMember("new", to: 1)
        #expect(value.members?.map(\.key) == names + ["new"])
        #expect(value["k1"] == "set")
        value.removeMember("k0")
        value.removeMember("absent")
        value.setMember("k0", to: 2)
        #expect(value.members?.map(\.key) == names.dropFirst() + ["new", "k0"])
        #expect(value.count == count + 1)
    }

    @Test("strings come out as they went in, whatever they hold")
    func strings() throws {
        for string in ["", "/", "\"\\", "\u{0}\u{1f}\u{7f}", "é\u{2028}😀", "a text of more than fifteen bytes\n"] {
            #expect(JSONValue.string(string).stringValue == string)
            #expect(try JSONValue.parse(JSONValue.string(string).serialized()).stringValue == string)
            #expect(JSONValue.object([(string, 1)])[string] == 1)
            #expect(try JSONValue.parse(JSONValue.object([(string, 1)]).serialized())[string] == 1)
        }
    }
}
