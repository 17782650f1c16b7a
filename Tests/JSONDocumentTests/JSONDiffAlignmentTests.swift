import JSONDocument
import Testing

/// How elements of arrays are paired.
@Suite struct JSONDiffAlignmentTests {
    @Test(arguments: ["id", "name"])
    func `an element that is put in, taken out or moved is one operation`(_ key: String) throws {
        let a = #"{"\#(key)":"a","note":"as long as a note is"}"#
        let b = #"{"\#(key)":"b","note":"as long as a note is"}"#
        let c = #"{"\#(key)":"c","note":"as long as a note is"}"#
        let d = #"{"\#(key)":"d","note":"as long as a note is"}"#
        #expect(
            try Self.patch("[\(a),\(b),\(c)]", "[\(a),\(d),\(b),\(c)]").text
                == #"[{"op":"add","path":"/1","value":\#(d)}]"#)
        #expect(try Self.patch("[\(a),\(b),\(c)]", "[\(b),\(c)]").text == #"[{"op":"remove","path":"/0"}]"#)
        #expect(
            try Self.patch("[\(a),\(b),\(c),\(d)]", "[\(b),\(c),\(d),\(a)]").text
                == #"[{"op":"move","path":"/3","from":"/0"}]"#)
        #expect(
            try Self.patch("[\(a),\(b),\(c),\(d)]", "[\(d),\(a),\(b),\(c)]").text
                == #"[{"op":"move","path":"/0","from":"/3"}]"#)
    }

    @Test func `an element that moves and changes is followed`() throws {
        let old = #"[{"id":1,"x":1,"t":"long text"},{"id":2,"x":2,"t":"long text"},{"id":3,"x":3,"t":"long text"}]"#
        let new = #"[{"id":3,"x":9,"t":"long text"},{"id":1,"x":1,"t":"long text"},{"id":2,"x":2,"t":"long text"}]"#
        let patch = #"[{"op":"move","path":"/0","from":"/2"},{"op":"replace","path":"/0/x","value":9}]"#
        #expect(try Self.patch(old, new).text == patch)
    }

    @Test func `elements that share an identity are paired in the order they come`() throws {
        let old = #"[{"id":"a","x":1},{"id":"a","x":2},{"id":"a","x":3}]"#
        let new = #"[{"id":"a","x":1},{"id":"a","x":7},{"id":"a","x":3},{"id":"a","x":4}]"#
        let patch = #"[{"op":"add","path":"/3","value":{"id":"a","x":4}},{"op":"replace","path":"/1/x","value":7}]"#
        #expect(try Self.patch(old, new).text == patch)
    }

    @Test func `bringing a token to the front is one short operation`() throws {
        let scene = try SampleScene.value()
        var tokens = try #require(scene["initiativeOrder"]?.elements)
        tokens.append(tokens.remove(at: 3))
        var changed = scene
        changed.setMember("initiativeOrder", to: .array(tokens))
        let patch = JSONDiff.patch(from: scene, to: changed)
        let list = try JSONPointer("/initiativeOrder")
        #expect(patch == JSONPatch([.move(from: list.appending(3), to: list.appending(tokens.count - 1))]))
        #expect(patch.serialized().count < 150)
    }

    private static func patch(_ old: String, _ new: String) throws -> JSONValue {
        JSONDiff.patch(from: try .parse(text: old), to: try .parse(text: new)).jsonValue
    }
}
