import JSONDocument
import Testing

/// A patch that fails leaves the document as it was, to the byte.
@Suite struct JSONPatchAtomicityTests {
    static let document = #"{"z":[1.0,{"k":"v","j":[]},"s"],"a":{"b":1,"c":{"d":[1,2,3]}},"m":2.50,"e":{}}"#

    /// Operations that work on the document one after the other, and together change every kind of place.
    static let working = #"""
        {"op":"replace","path":"/m","value":null},{"op":"remove","path":"/z/1/k"},
        {"op":"add","path":"/z/0","value":"n"},{"op":"remove","path":"/a/b"},
        {"op":"add","path":"/a/new","value":[0]},{"op":"move","from":"/a/c/d/0","path":"/e/x"},
        {"op":"add","path":"/z/-","value":7},{"op":"move","from":"/z/0","path":"/z/3"},{"op":"remove","path":"/z/0"},
        {"op":"copy","from":"/a","path":"/e/y"},{"op":"remove","path":"/z"},{"op":"add","path":"/z","value":1},
        {"op":"replace","path":"","value":{"z":[{}],"a":{}}},{"op":"add","path":"/z/0/q","value":1}
        """#

    @Test(arguments: [
        (#"{"op":"remove","path":"/nothing"}"#, "/nothing"),
        (#"{"op":"replace","path":"/a/nothing","value":1}"#, "/a/nothing"),
        (#"{"op":"add","path":"/x/y","value":1}"#, "/x/y"), (#"{"op":"remove","path":"/z/9"}"#, "/z/9"),
        (#"{"op":"replace","path":"/z/9","value":1}"#, "/z/9"), (#"{"op":"copy","from":"/x","path":"/y"}"#, "/x"),
        (#"{"op":"move","from":"/x","path":"/x"}"#, "/x"), (#"{"op":"move","from":"/x","path":"/y"}"#, "/x"),
        (#"{"op":"test","path":"/x","value":null}"#, "/x"), (#"{"op":"remove","path":"/m/deeper"}"#, "/m/deeper"),
        (#"{"op":"add","path":"/m/deeper","value":1}"#, "/m/deeper"),
        (#"{"op":"move","from":"/m","path":"/x/y"}"#, "/x/y"),
    ])
    func `a place that is not there fails the whole patch`(_ operation: String, _ path: String) throws {
        try expectRefusal(operation, .pathNotFound(index: 0, path: JSONPointer(path)))
    }

    @Test(arguments: [
        (#"{"op":"add","path":"/z/4","value":1}"#, "/z/4"), (#"{"op":"add","path":"/z/01","value":1}"#, "/z/01"),
        (#"{"op":"add","path":"/z/x","value":1}"#, "/z/x"), (#"{"op":"remove","path":"/z/-"}"#, "/z/-"),
        (#"{"op":"replace","path":"/z/-","value":1}"#, "/z/-"), (#"{"op":"add","path":"/z/-/x","value":1}"#, "/z/-/x"),
        (#"{"op":"add","path":"/z/1e0","value":1}"#, "/z/1e0"), (#"{"op":"move","from":"/m","path":"/z/4"}"#, "/z/4"),
    ])
    func `an index that an array cannot have fails the whole patch`(_ operation: String, _ path: String) throws {
        try expectRefusal(operation, .invalidIndex(index: 0, path: JSONPointer(path)))
    }

    @Test func `a test that finds another value fails the whole patch`() throws {
        let operation = #"{"op":"test","path":"/m","value":"2.50"}"#
        try expectRefusal(operation, .testFailed(index: 0, path: JSONPointer("/m")))
    }

    @Test func `a value cannot move into itself, and the whole document cannot be removed`() throws {
        try expectRefusal(
            #"{"op":"move","from":"/a","path":"/a/c/x"}"#,
            .invalidOperation(index: 0, reason: #""/a" cannot move into itself"#))
        try expectRefusal(
            #"{"op":"move","from":"","path":"/x"}"#, .invalidOperation(index: 0, reason: #""" cannot move into itself"#)
        )
        try expectRefusal(
            #"{"op":"remove","path":""}"#,
            .invalidOperation(index: 0, reason: "the whole document cannot be removed"))
    }

    /// The operation alone is refused with `error`, through both ways of applying, and changes nothing.
    private func expectRefusal(_ operation: String, _ error: JSONPatchError) throws {
        let patch = Array("[\(operation)]".utf8)
        var document = try JSONValue.parse(text: Self.document)
        #expect(throws: error) { try document.apply(JSONPatch(parsing: patch)) }
        #expect(document.text == Self.document)
        #expect(throws: error) { try document.apply(encodedPatch: patch.span) }
        #expect(document.text == Self.document)
    }

    @Test func `whatever was done before the failure is taken back`() throws {
        let working = try JSONPatch(parsing: Array("[\(Self.working)]".utf8)).operations
        let original = try JSONValue.parse(text: Self.document)
        for count in 0...working.count {
            let failing = JSONPatchOperation.test(try JSONPointer("/nowhere"), 1)
            var document = original
            #expect(throws: JSONPatchError.pathNotFound(index: count, path: failing.path)) {
                try document.apply(JSONPatch(working.prefix(count) + [failing]))
            }
            #expect(document.text == Self.document, "after \(count) operations")
        }
        var document = original
        try document.apply(JSONPatch(working))
        #expect(document.text == #"{"z":[{"q":1}],"a":{}}"#)
        #expect(original.text == Self.document)
    }

    @Test(arguments: UInt64(1)...40)
    func `random patches happen as a whole or not at all`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let original = try JSONValue.parse(text: random.value().text)
        var operations = JSONDiff.patch(from: original, to: random.changed(original)).operations
        operations += JSONDiff.patch(from: original, to: random.changed(original)).operations
        operations.append(.remove(JSONPointer(tokens: ["no such place"])))
        var document = original
        #expect(throws: JSONPatchError.self, "seed \(seed)") { try document.apply(JSONPatch(operations)) }
        #expect(document.text == original.text, "seed \(seed)")
    }

    @Test func `nothing may nest deeper than what can be read again`() throws {
        let levels = 511
        let text = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        let deepest = try JSONValue.parse(text: text)
        let inner = JSONPointer(tokens: Array(repeating: "0", count: levels - 1))
        var document = deepest
        try document.apply(JSONPatch([.add(inner.appending(0), [])]))
        #expect(try JSONValue.parse(document.serialized()) == document)
        let whole = document.text
        for value: JSONValue in [[[]], ["a": [:]], try JSONValue.parse(text: "[[0]]")] {
            #expect(throws: JSONPatchError.tooDeep(index: 0, path: inner.appending(0))) {
                try document.apply(JSONPatch([.replace(inner.appending(0), value)]))
            }
            #expect(document.text == whole)
        }
        let place = try JSONPointer("/0/0")
        #expect(throws: JSONPatchError.tooDeep(index: 0, path: place)) {
            try document.apply(JSONPatch([.copy(from: .root, to: place)]))
        }
        #expect(document.text == whole)
    }

    @Test func `errors say which operation, where and why`() throws {
        let path = try JSONPointer("/a")
        #expect(
            JSONPatchError.pathNotFound(index: 2, path: path).description
                == #"patch operation 2 refused: nothing is at "/a""#)
        #expect(
            JSONPatchError.testFailed(index: 0, path: path).description
                == #"patch operation 0 refused: test failed at "/a""#)
        #expect(JSONPatchError.notAnArray.description == "patch refused: expected an array of operations")
    }
}
