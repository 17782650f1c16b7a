import JSONDocument
import Testing

/// The order of names in the canonical form, however the object is held.
@Suite struct CanonicalOrderTests {
    @Test func `names are sorted by UTF-16 code units, as in the RFC's section 3-2-3`() throws {
        let text = #"""
            {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
            "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}
            """#
        let expected = [
            "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
            "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
        ]
        let value = try JSONValue.parse(text: text)
        for shape in [value, JSONValue.object(try #require(value.members)), Self.padded(value)] {
            let sorted = try JSONValue.parse(shape.canonicalForm())
            #expect(sorted.members?.compactMap(\.value.stringValue) == expected)
        }
    }

    /// With members that carry no string, so many that the object becomes a tree.
    private static func padded(_ value: JSONValue) -> JSONValue {
        var padded = value
        for at in 0..<40 { padded.setMember("pad \(at)", to: .number(at)) }
        return padded
    }

    @Test func `a name comes before its continuations, an escaped one where its character belongs`() throws {
        let text =
            #"{"ab":1,"a":2,"":3,"a\u0000":4,"a\t":5,"a b":6,"a\"":7,"a!":8,"#
            + #""long names sort too, b":9,"long names sort too":0}"#
        let expected =
            #"{"":3,"a":2,"a\u0000":4,"a\t":5,"a b":6,"a!":8,"a\"":7,"ab":1,"#
            + #""long names sort too":0,"long names sort too, b":9}"#
        #expect(try Self.canonical(text) == expected)
        let built = JSONValue.object(try #require(JSONValue.parse(text: text).members))
        #expect(String(decoding: built.canonicalForm(), as: UTF8.self) == expected)
    }

    private static func canonical(_ text: String) throws -> String {
        String(decoding: try JSONValue.parse(text: text).canonicalForm(), as: UTF8.self)
    }
}
