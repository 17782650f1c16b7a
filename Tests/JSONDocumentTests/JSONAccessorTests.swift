import JSONDocument
import Testing

/// Looking into values.
@Suite struct JSONAccessorTests {
    @Test func `each accessor answers for its own kind only`() throws {
        let value = try JSONValue.parse(text: #"[null,true,false,7,"s",[1],{"a":1}]"#)
        let elements = try #require(value.elements)
        #expect(elements.map(\.kind) == [.null, .bool, .bool, .number, .string, .array, .object])
        #expect(elements.map(\.isNull) == [true, false, false, false, false, false, false])
        #expect(elements.map(\.isArray) == [false, false, false, false, false, true, false])
        #expect(elements.map(\.isObject) == [false, false, false, false, false, false, true])
        #expect(elements.map(\.boolValue) == [nil, true, false, nil, nil, nil, nil])
        #expect(elements.map(\.intValue) == [nil, nil, nil, 7, nil, nil, nil])
        #expect(elements.map(\.doubleValue) == [nil, nil, nil, 7, nil, nil, nil])
        #expect(elements.map(\.numberText) == [nil, nil, nil, "7", nil, nil, nil])
        #expect(elements.map(\.stringValue) == [nil, nil, nil, nil, "s", nil, nil])
        #expect(elements.map(\.count) == [0, 0, 0, 0, 0, 1, 1])
        #expect(elements.map { $0.elements == nil } == [true, true, true, true, true, false, true])
        #expect(elements.map { $0.members == nil } == [true, true, true, true, true, true, false])
        #expect(elements.map { $0["a"] } == [nil, nil, nil, nil, nil, nil, 1])
        #expect(elements.map { $0[0] } == [nil, nil, nil, nil, nil, 1, nil])
    }

    @Test(arguments: [0, 1, 2])
    func `a subscript beyond an end is nil, however much is expanded`(levels: Int) throws {
        let value = try JSONValue.parse(text: #"{"list":[1,2],"empty":[],"none":{}}"#).expanded(levels: levels)
        #expect(value["list"]?[-1] == nil)
        #expect(value["list"]?[1] == 2)
        // Once it was a null: `nil` was a literal of a value.
        #expect(value["list"]?[2] == nil)
        #expect(value["empty"]?[0] == nil)
        #expect(value["none"]?["list"] == nil)
        #expect(value["lis"] == nil)
        #expect(value["none"]?.members?.isEmpty == true)
        #expect(value["empty"]?.elements?.isEmpty == true)
        #expect(value.value(at: try JSONPointer("/list/2")) == nil)
        let patch = JSONPatch([.test(try JSONPointer("/list/2"), .null)])
        #expect(throws: JSONPatchError.pathNotFound(index: 0, path: try JSONPointer("/list/2"))) {
            var copy = value
            try copy.apply(patch)
        }
    }

    @Test(arguments: ["0", "-0", "0.0", "1.0", "1.50", "1e2", "1E+02", "100", "12345678901234567890123", "0.1e-7"])
    func `a number's text is kept through reading, a patch beside it, and writing`(_ number: String) throws {
        var value = try JSONValue.parse(text: #"{"n":\#(number),"m":0,"list":[\#(number)]}"#)
        #expect(value["n"]?.numberText == number)
        try value.apply(JSONPatch([.replace(JSONPointer("/m"), 1), .add(JSONPointer("/list/0"), true)]))
        #expect(value.text == #"{"n":\#(number),"m":1,"list":[true,\#(number)]}"#)
    }
}
