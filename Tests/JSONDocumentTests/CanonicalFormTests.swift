import JSONDocument
import TestSupport
import Testing

@Suite("JSONValue.canonicalForm")
struct CanonicalFormTests {
    private func canonical(_ text: String) throws -> String {
        String(decoding: try JSONValue(json: text).canonicalForm(), as: UTF8.self)
    }

    @Test("the example of RFC 8785, section 3.2.2 and 3.2.3")
    func example() throws {
        let text = #"""
            {"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}
            """#
        let expected =
            #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
            + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        #expect(try canonical(text) == expected)
    }

    @Test("names are sorted by UTF-16 code units (RFC 8785, section 3.2.3)")
    func sorting() throws {
        let text =
            #"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","#
            + #""\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#
        let value = try JSONValue.parse(try JSONValue(json: text).canonicalForm())
        let order = [
            "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
            "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
        ]
        #expect(value.members?.map(\.value.stringValue) == order)
        var expanded = try JSONValue(json: text)
        expanded.removeMember("none")
        #expect(expanded.canonicalForm() == value.serialized())
    }

    /// RFC 8785, appendix B, and what ECMA-262 says around its borders.
    @Test(
        "numbers are as ECMAScript writes them",
        arguments: [
            ("0", "0"), ("-0", "0"), ("-0.0", "0"), ("0e5", "0"), ("5e-324", "5e-324"), ("-5e-324", "-5e-324"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"), ("9007199254740992", "9007199254740992"),
            ("-9007199254740992", "-9007199254740992"), ("295147905179352830000", "295147905179352830000"),
            ("9.999999999999997e22", "9.999999999999997e+22"), ("1e23", "1e+23"),
            ("1.0000000000000001e23", "1.0000000000000001e+23"),
            ("999999999999999700000", "999999999999999700000"), ("999999999999999900000", "999999999999999900000"),
            ("1e21", "1e+21"), ("1e20", "100000000000000000000"), ("9.999999999999997e-7", "9.999999999999997e-7"),
            ("0.000001", "0.000001"),
            ("1e-7", "1e-7"), ("0.0000001", "1e-7"), ("333333333.3333332", "333333333.3333332"),
            ("333333333.33333325", "333333333.33333325"), ("333333333.3333333", "333333333.3333333"),
            ("333333333.3333334", "333333333.3333334"), ("-0.0000033333333333333333", "-0.0000033333333333333333"),
            ("1424953923781206.2", "1424953923781206.2"), ("1.0", "1"), ("1.50", "1.5"), ("-12.5", "-12.5"),
            ("100", "100"),
            ("1e2", "100"), ("0.1", "0.1"), ("0.001", "0.001"), ("12e-1", "1.2"),
            ("123456789012345678", "123456789012345680"),
            ("0.00012", "0.00012"), ("1.0e+1", "10"), ("-0.5", "-0.5"), ("10.0", "10"),
        ])
    func numbers(_ text: String, _ expected: String) throws {
        #expect(try canonical(text) == expected)
        #expect(try canonical("[\(text)]") == "[\(expected)]")
    }

    @Test("numbers read back as the same double", arguments: [1, 2, 3] as [UInt64])
    func roundTrip(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<1500 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            let text = try canonical(value.description)
            #expect(Double(text) == value, "seed \(seed): \(value)")
            #expect(try canonical(text) == text)
        }
    }

    @Test("equal values have one form, encoded or not", arguments: [41, 42, 43] as [UInt64])
    func oneForm(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        for round in 0..<120 {
            let value = random.value()
            let form = value.canonicalForm()
            let encoded = try JSONValue.parse(random.loose(value))
            #expect(encoded.canonicalForm() == form, "seed \(seed), round \(round)")
            let again = try JSONValue.parse(form)
            #expect(again == value && again.canonicalForm() == form, "seed \(seed), round \(round)")
        }
    }
}
