import JSONDocument
import Testing

/// Applying a patch's text without building a patch: it must do, and refuse, exactly what the general way does.
@Suite struct EncodedPatchTests {
    static let document = #"{"a":{"b":[1,2,{"c":"x"}]},"é":1,"m~n":2,"name":"Crypt"}"#

    @Test(arguments: [
        #"[{"op":"replace","path":"/a/b/0","value":9}]"#, #"[{"op":"add","path":"/a/b/-","value":"x"}]"#,
        #"[{"op":"add","path":"/new","value":{"a":[1,2]}}]"#, #"[{"op":"remove","path":"/a/b/2/c"}]"#,
        #"[{"op":"replace","path":"/é","value":"\u00e9"}]"#, #"[{"op":"replace","path":"/m~0n","value":null}]"#,
        #"[{"op":"replace","path":"/name","value":"\"quoted\"\n"}]"#, #"[{"op":"replace","path":"","value":1}]"#,
        #"[{"op":"replace","path":"/\u0061","value":1}]"#, #"[{"op":"replace","path":"/a","value":[ 1 ]}]"#,
        #"[ {"op":"remove","path":"/a"}]"#, #"[{"path":"/a","op":"remove"}]"#, #"[{"value":1,"path":"/a","op":"add"}]"#,
        #"[{"op":"remove","path":"/a","value":1}]"#, #"[{"op":"remove","path":"/a"},{"op":"remove","path":"/name"}]"#,
        #"[{"op":"replace","path":"/a","value":1,"more":2}]"#, "[]",
    ])
    func `a sound patch has the same effect both ways`(_ text: String) throws { try expectSame(text) }

    @Test(arguments: [
        #"[{"op":"replace","path":"/a/b/0","value":09}]"#, #"[{"op":"replace","path":"/a/b/3","value":9}]"#,
        #"[{"op":"replace","path":"/a/b/-","value":9}]"#, #"[{"op":"replace","path":"/nowhere","value":9}]"#,
        #"[{"op":"replace","path":"/a","value":1}"#, #"[{"op":"replace","path":"/a","value":1}]]"#,
        #"[{"op":"replace","path":"/a","value":1}] x"#, #"[{"op":"replace","path":"a","value":1}]"#,
        #"[{"op":"replace","path":"/a~2","value":1}]"#, #"[{"op":"replace","path":"/a","value":}]"#,
        #"[{"op":"replace","path":"/a"}]"#, #"[{"op":"remove","path":"/nowhere"}]"#,
        #"[{"op":"add","path":"/x/y","value":1}]"#,
        #"[{"op":"replace","path":"/a","value":{"x":1,"x":2}}]"#, #"[{"op":"replace","path":"/a","value":1e999}]"#,
        #"[{"op":"replace","path":"/a","value":"\ud800"}]"#, #"[{"op":"add","path":"/a","path":"/b","value":1}]"#,
        #"[{"op":"replace","path":"/a","value":1,"value":2}]"#, #"[{"op":"remove","path":""}]"#, "", "[", "{}",
        #"[{"op":"replace","path":"/a/b/00","value":1}]"#, #"[{"op":"replace","path":"/name/x","value":1}]"#,
    ])
    func `a patch that one way refuses, the other refuses with the same words`(_ text: String) throws {
        try expectSame(text)
    }

    @Test(arguments: UInt64(1)...40)
    func `random texts, most of them broken, come out alike`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let text = Array(#"[{"op":"replace","path":"/a/b/2","value":{"c":[1.0,"é\n"]}}]"#.utf8)
        for _ in 0..<50 { try expectSame(String(decoding: random.damaged(text), as: UTF8.self)) }
    }

    @Test(arguments: UInt64(1)...60)
    func `patches of many operations come out alike, with and without a failing one`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let document = random.value()
        var operations = JSONDiff.patch(from: document, to: random.changed(random.changed(document))).operations
        try expectSame(JSONPatch(operations).jsonValue.text, document)
        let nowhere = JSONPointer(tokens: ["no such place"])
        for failing in [JSONPatchOperation.remove(nowhere), .test(nowhere, 1), .add(nowhere.appending(0), 1)] {
            operations.append(failing)
            try expectSame(JSONPatch(operations).jsonValue.text, document)
            operations.removeLast()
        }
    }

    @Test(arguments: [
        #"{"op":"add","path":"/a/b/0","value":1},{"op":"add","path":"/a/b/-","value":2}"#,
        #"{"op":"add","path":"/new","value":1},{"op":"remove","path":"/new"}"#,
        #"{"op":"remove","path":"/a"},{"op":"add","path":"/a","value":1}"#,
        #"{"op":"replace","path":"/name","value":1},{"op":"replace","path":"/name","value":2}"#,
        #"{"op":"add","path":"/a/b/0","value":1},{"op":"move","from":"/name","path":"/a/b/1"}"#,
        #"{"op":"replace","path":"/a/b","value":{}},{"op":"add","path":"/a/b/c","value":[]}"#,
    ])
    func `operations before a failing one are taken back, whatever they are`(_ operations: String) throws {
        try expectSame("[\(operations)]")
        for failing in [
            #"{"op":"remove","path":"/x"}"#, #"{"op":"replace","path":"/a/b/9","value":1}"#,
            #"{"op":"add","path":"/x/y","value":1}"#, #"{"op":"spam","path":""}"#, "1", "",
        ] {
            try expectSame("[\(operations),\(failing)]")
            try expectSame("[\(failing),\(operations)]")
        }
    }

    @Test func `both ways stop at the same depth`() throws {
        for levels in 505...515 {
            let value = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
            try expectSame(#"[{"op":"replace","path":"/a","value":\#(value)}]"#)
        }
    }

    private func expectSame(_ text: String) throws { try expectSame(text, .parse(text: Self.document)) }

    private func expectSame(_ text: String, _ document: JSONValue) throws {
        let bytes = Array(text.utf8)
        let before = document.text
        var general = try JSONValue.parse(text: before)
        var encoded = try JSONValue.parse(text: before)
        let (first, second) = (
            Self.refusal { () throws(JSONPatchError) in try general.apply(JSONPatch(parsing: bytes)) },
            Self.refusal { () throws(JSONPatchError) in try encoded.apply(encodedPatch: bytes.span) }
        )
        #expect(first == second, "\(text)")
        #expect(general.text == encoded.text, "\(text)")
        if first != nil { #expect(encoded.text == before, "\(text)") }
    }

    private static func refusal(_ body: () throws(JSONPatchError) -> Void) -> JSONPatchError? {
        do throws(JSONPatchError) {
            try body()
            return nil
        } catch {
            return error
        }
    }
}
