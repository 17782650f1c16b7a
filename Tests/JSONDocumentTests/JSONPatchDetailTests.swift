import JSONDocument
import Testing

/// Operations in the cases that RFC 6902's appendix leaves out, and the exact errors.
@Suite struct JSONPatchDetailTests {
    struct Sample: CustomTestStringConvertible, Sendable {
        var name: String
        var document: String
        var patch: String
        var expected: String

        init(_ name: String, _ document: String, _ patch: String, _ expected: String) {
            self.name = name
            self.document = document
            self.patch = patch
            self.expected = expected
        }

        var testDescription: String { name }
    }

    /// The results are to the letter, so that the order of members counts.
    static let samples: [Sample] = [
        Sample(
            "replace keeps the place", #"{"a":1,"b":2,"c":3}"#, #"[{"op":"replace","path":"/b","value":{}}]"#,
            #"{"a":1,"b":{},"c":3}"#),
        Sample(
            "add to a present member keeps the place", #"{"a":1,"b":2}"#, #"[{"op":"add","path":"/a","value":9}]"#,
            #"{"a":9,"b":2}"#),
        Sample(
            "removed and added again comes last", #"{"a":1,"b":2}"#,
            #"[{"op":"remove","path":"/a"},{"op":"add","path":"/a","value":1}]"#, #"{"b":2,"a":1}"#),
        Sample("add replaces the document", "[1]", #"[{"op":"add","path":"","value":{"a":1}}]"#, #"{"a":1}"#),
        Sample("replace replaces the document", "[1]", #"[{"op":"replace","path":"","value":null}]"#, "null"),
        Sample(
            "move to itself is nothing", #"{"a":1,"b":2}"#, #"[{"op":"move","from":"/a","path":"/a"}]"#,
            #"{"a":1,"b":2}"#),
        Sample(
            "move over a present member", #"{"a":1,"b":2}"#, #"[{"op":"move","from":"/a","path":"/b"}]"#, #"{"b":1}"#),
        Sample(
            "move a child over its parent", #"{"a":{"b":[1]}}"#, #"[{"op":"move","from":"/a/b","path":"/a"}]"#,
            #"{"a":[1]}"#),
        Sample("move to the root", #"{"a":{"b":1}}"#, #"[{"op":"move","from":"/a","path":""}]"#, #"{"b":1}"#),
        Sample(
            "copy", #"{"a":{"b":1.0}}"#, #"[{"op":"copy","from":"/a","path":"/a/c"}]"#,
            #"{"a":{"b":1.0,"c":{"b":1.0}}}"#),
        Sample("add at an array's end by number", "[1]", #"[{"op":"add","path":"/1","value":2}]"#, "[1,2]"),
        Sample("add into an empty array", "[]", #"[{"op":"add","path":"/0","value":2}]"#, "[2]"),
        Sample(
            "a number as a member name", #"{"0":"a"}"#, #"[{"op":"replace","path":"/0","value":"b"}]"#, #"{"0":"b"}"#),
        Sample("- as a member name", "{}", #"[{"op":"add","path":"/-","value":1}]"#, #"{"-":1}"#),
        Sample("the empty member name", #"{"":1}"#, #"[{"op":"replace","path":"/","value":2}]"#, #"{"":2}"#),
        Sample("escaped names", #"{"a/b":{"m~n":1}}"#, #"[{"op":"remove","path":"/a~1b/m~0n"}]"#, #"{"a/b":{}}"#),
        Sample("quoted names", #"{"k\"l":1}"#, #"[{"op":"replace","path":"/k\"l","value":2}]"#, #"{"k\"l":2}"#),
        Sample("number texts", #"{"a":1.50}"#, #"[{"op":"add","path":"/b","value":2.00}]"#, #"{"a":1.50,"b":2.00}"#),
        Sample(
            "a test compares as values", #"{"a":[1.0,{"x":1,"y":2}]}"#,
            #"[{"op":"test","path":"/a","value":[1,{"y":2,"x":1}]}]"#, #"{"a":[1.0,{"x":1,"y":2}]}"#),
    ]

    @Test(arguments: samples)
    func `a sound patch does what the RFC says`(_ sample: Sample) throws {
        var document = try JSONValue.parse(text: sample.document)
        try document.apply(JSONPatch(parsing: Array(sample.patch.utf8)))
        #expect(document.text == sample.expected)

        var again = try JSONValue.parse(text: sample.document)
        try again.apply(encodedPatch: Array(sample.patch.utf8).span)
        #expect(again.text == sample.expected)
    }

    @Test func `the path and the touched places of each operation`() throws {
        let (a, b) = (try JSONPointer("/a"), try JSONPointer("/b"))
        let operations: [JSONPatchOperation] = [
            .add(a, 1), .remove(a), .replace(a, 1), .move(from: b, to: a), .copy(from: b, to: a), .test(a, 1),
        ]
        #expect(operations.map(\.path) == [a, a, a, a, a, a])
        #expect(operations.map(\.touched) == [[a], [a], [a], [a, b], [a], []])
        #expect(JSONPatch().isEmpty)
        #expect(!JSONPatch(operations).isEmpty)
    }

    @Test(arguments: [
        ("{", JSONPatchError.syntax(JSONSyntaxError(kind: .syntax, offset: 1, expected: "a member name or }"))),
        ("{}", .notAnArray), ("null", .notAnArray),
        ("[1]", .invalidOperation(index: 0, reason: "expected an object")),
        (#"[{"path":"/a"}]"#, .invalidOperation(index: 0, reason: #"expected a string as "op""#)),
        (#"[{"op":1,"path":"/a"}]"#, .invalidOperation(index: 0, reason: #"expected a string as "op""#)),
        (
            #"[{"op":"test","path":"","value":{}},{"op":"spam","path":"/a"}]"#,
            .invalidOperation(index: 1, reason: #"unknown "op" "spam""#)
        ),
        (#"[{"op":"remove"}]"#, .invalidOperation(index: 0, reason: #"expected a string as "path""#)),
        (#"[{"op":"remove","path":null}]"#, .invalidOperation(index: 0, reason: #"expected a string as "path""#)),
        (#"[{"op":"add","path":"/a"}]"#, .invalidOperation(index: 0, reason: #"expected a "value""#)),
        (#"[{"op":"move","path":"/a"}]"#, .invalidOperation(index: 0, reason: #"expected a string as "from""#)),
        (
            #"[{"op":"copy","path":"/a","from":["/b"]}]"#,
            .invalidOperation(index: 0, reason: #"expected a string as "from""#)
        ),
        (
            #"[{"op":"remove","path":"a"}]"#,
            .invalidOperation(index: 0, reason: #""path" is no JSON Pointer: at its byte 0, expected nothing or /"#)
        ),
    ])
    func `a text that is no patch is refused with the operation's index and the reason`(
        _ text: String, _ error: JSONPatchError
    ) throws {
        #expect(throws: error) { try JSONPatch(parsing: Array(text.utf8)) }
        var document: JSONValue = [:]
        #expect(throws: error) { try document.apply(encodedPatch: Array(text.utf8).span) }
        #expect(document.text == "{}")
    }
}
