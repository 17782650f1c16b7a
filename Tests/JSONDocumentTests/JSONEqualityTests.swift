import JSONDocument
import Testing

/// Values are compared by what they mean.
@Suite struct JSONEqualityTests {
    @Test(arguments: [
        ("1", "1.0"), ("100", "1e2"), ("0", "-0.0"), ("[1,2.50]", "[1.0,2.5]"), (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#),
        (#""\u0061""#, #""a""#), (#"{"\u0061":{"x":[],"y":{}}}"#, #"{"a":{"y":{ },"x":[ ]}}"#),
        ("9007199254740993", "9007199254740992"),
    ])
    func `values are equal if they mean the same`(_ a: String, _ b: String) throws {
        let (first, second) = (try JSONValue.parse(text: a), try JSONValue.parse(text: b))
        #expect(first == second)
        #expect(second == first)
    }

    @Test(arguments: [
        ("1", "2"), ("1", #""1""#), ("0", "false"), ("null", "false"), ("[]", "{}"), ("[1,2]", "[2,1]"),
        ("[1]", "[1,1]"),
        (#"{"a":1}"#, #"{"a":1,"b":1}"#), (#"{"a":1}"#, #"{"b":1}"#), (#"{"a":null}"#, "{}"), (#""a""#, #""A""#),
        (#"{"a":[1]}"#, #"{"a":[2]}"#), (#""""#, "null"),
    ])
    func `values that mean something else are not equal`(_ a: String, _ b: String) throws {
        let (first, second) = (try JSONValue.parse(text: a), try JSONValue.parse(text: b))
        #expect(first != second)
        #expect(second != first)
    }

    @Test func `how a value is held makes no difference to its equality`() throws {
        let encoded = try JSONValue.parse(text: #"{"a":[1,{"b":"c"}],"d":2}"#)
        let built: JSONValue = ["d": 2, "a": [1, ["b": "c"]]]
        var expanded = encoded
        expanded.setMember("d", to: 2)
        for (one, other) in [(encoded, built), (encoded, expanded), (expanded, built)] {
            #expect(one == other)
            #expect(other == one)
        }
        #expect(expanded.text == encoded.text)
        #expect(!expanded.sharesStorage(with: encoded))
        let copy = expanded
        #expect(copy.sharesStorage(with: expanded))
    }
}
