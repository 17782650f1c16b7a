import Foundation
import JSONDocument
import TestSupport
import Testing

@Suite("JSONPatch")
struct JSONPatchTests {
    /// RFC 6902, appendix A; nil where the patch must be refused.
    @Test(
        "does what RFC 6902's appendix says",
        arguments: [
            (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux"}]"#, #"{"foo":"bar","baz":"qux"}"#),
            (
                #"{"foo":["bar","baz"]}"#, #"[{"op":"add","path":"/foo/1","value":"qux"}]"#,
                #"{"foo":["bar","qux","baz"]}"#
            ),
            (#"{"baz":"qux","foo":"bar"}"#, #"[{"op":"remove","path":"/baz"}]"#, #"{"foo":"bar"}"#),
            (#"{"foo":["bar","qux","baz"]}"#, #"[{"op":"remove","path":"/foo/1"}]"#, #"{"foo":["bar","baz"]}"#),
            (
                #"{"baz":"qux","foo":"bar"}"#, #"[{"op":"replace","path":"/baz","value":"boo"}]"#,
                #"{"baz":"boo","foo":"bar"}"#
            ),
            (
                #"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
                #"[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]"#,
                #"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#
            ),
            (
                #"{"foo":["all","grass","cows","eat"]}"#, #"[{"op":"move","from":"/foo/1","path":"/foo/3"}]"#,
                #"{"foo":["all","cows","eat","grass"]}"#
            ),
            (
                #"{"baz":"qux","foo":["a",2,"c"]}"#,
                #"[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]"#,
                #"{"baz":"qux","foo":["a",2,"c"]}"#
            ),
            (#"{"baz":"qux"}"#, #"[{"op":"test","path":"/baz","value":"bar"}]"#, nil),
            (
                #"{"foo":"bar"}"#, #"[{"op":"add","path":"/child","value":{"grandchild":{}}}]"#,
                #"{"foo":"bar","child":{"grandchild":{}}}"#
            ),
            (
                #"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux","xyz":123}]"#,
                #"{"foo":"bar","baz":"qux"}"#
            ),
            (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz/bat","value":"qux"}]"#, nil),
            (#"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":10}]"#, #"{"/":9,"~1":10}"#),
            (#"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":"10"}]"#, nil),
            (
                #"{"foo":["bar"]}"#, #"[{"op":"add","path":"/foo/-","value":["abc","def"]}]"#,
                #"{"foo":["bar",["abc","def"]]}"#
            ),
            (#"{"a":1}"#, #"[{"op":"copy","from":"/a","path":"/b"}]"#, #"{"a":1,"b":1}"#),
            (#"{"a":1}"#, #"[{"op":"replace","path":"","value":[]}]"#, "[]"),
            (#"{"a":1}"#, #"[{"op":"add","path":"","value":7}]"#, "7"),
            (#"{"a":[1]}"#, #"[{"op":"move","from":"/a","path":"/a/0"}]"#, nil),
            (#"{"a":1}"#, #"[{"op":"remove","path":""}]"#, nil),
            (#"{"a":1}"#, #"[{"op":"replace","path":"/b","value":2}]"#, nil),
            (#"{"a":[1]}"#, #"[{"op":"add","path":"/a/2","value":2}]"#, nil),
            (#"{"a":[1]}"#, #"[{"op":"add","path":"/a/01","value":2}]"#, nil),
            (#"{"a":[1]}"#, #"[{"op":"replace","path":"/a/-","value":2}]"#, nil),
        ] as [(String, String, String?)])
    func appendix(_ document: String, _ patch: String, _ expected: String?) throws {
        for isEncoded in [true, false] {
            var value = try JSONValue(json: document)
            func apply() throws {
                if isEncoded {
                    let text = Array(patch.utf8)
                    let span = text.span
                    try value.apply(encodedPatch: span)
                } else {
                    try value.apply(JSONPatch(JSONValue(json: patch)))
                }
            }
            if let expected {
                try apply()
                #expect(value.text == expected)
            } else {
                #expect(throws: JSONPatchError.self) { try apply() }
                #expect(value.text == document)
            }
        }
    }

    @Test(
        "passes the public json-patch-tests",
        .enabled(if: PublicPatchCases.isPresent, "no json-patch-tests folder beside the project"))
    func publicCases() throws {
        var count = 0
        for record in try PublicPatchCases.records() {
            guard let document = record["doc"], let patch = record["patch"] else { continue }
            count += 1
            let comment = record["comment"]?.stringValue ?? "case \(count)"
            var general = document
            var encoded = document
            let text = patch.serialized()
            let span = text.span
            if let expected = record["expected"] {
                try general.apply(JSONPatch(patch))
                try encoded.apply(encodedPatch: span)
                #expect(general == expected, "\(comment)")
                #expect(encoded == expected, "\(comment)")
            } else if record["error"] != nil {
                #expect(throws: JSONPatchError.self, "\(comment)") { try general.apply(JSONPatch(patch)) }
                #expect(throws: JSONPatchError.self, "\(comment)") { try encoded.apply(encodedPatch: span) }
                #expect(general == document && encoded == document, "\(comment)")
            }
        }
        #expect(count > 80)
    }

    @Test("says which operation failed, and why")
    func errors() throws {
        let document: JSONValue = ["a": [1], "s": "x"]
        let a = try JSONPointer("/a")
        func error(_ operations: [JSONPatchOperation]) -> JSONPatchError? {
            var value = document
            defer { #expect(value == document) }
            return #expect(throws: JSONPatchError.self) { try value.apply(JSONPatch(operations)) }
        }
        let good = JSONPatchOperation.add(a.appending("-"), 2)
        let nowhere = try JSONPointer("/x/y")
        #expect(error([good, .replace(nowhere, 1)]) == .pathNotFound(index: 1, path: nowhere))
        #expect(error([.test(a, 1)]) == .testFailed(index: 0, path: a))
        #expect(error([good, good, .add(a.appending(9), 1)]) == .invalidIndex(index: 2, path: a.appending(9)))
        #expect(error([.add(a.appending("x"), 1)]) == .invalidIndex(index: 0, path: a.appending("x")))
        #expect(error([.add(try JSONPointer("/s/0"), 1)]) == .pathNotFound(index: 0, path: try JSONPointer("/s/0")))
        #expect(error([.move(from: nowhere, to: a)]) == .pathNotFound(index: 0, path: nowhere))
        #expect(error([.copy(from: nowhere, to: a)]) == .pathNotFound(index: 0, path: nowhere))
        #expect(error([.remove(.root)])?.description.contains("operation 0") == true)
        #expect(error([.move(from: a, to: nowhere)]) == .pathNotFound(index: 0, path: nowhere))
    }

    @Test(
        "refuses what is no patch",
        arguments: [
            "{}", "[1]", "[{}]", #"[{"op":"add","path":"/a"}]"#, #"[{"op":"spam","path":"/a","value":1}]"#,
            #"[{"op":"add","path":"a","value":1}]"#, #"[{"op":"move","path":"/a"}]"#,
            #"[{"op":1,"path":"/a","value":1}]"#,
            #"[{"op":"add","path":"/a~2","value":1}]"#, #"[{"op":"remove"}]"#, #"[{"op":"remove","path":"/a"}"#, "",
            #"[{"op":"replace","path":"/a","value":01}]"#, #"[{"op":"replace","path":"/a","value":9}]x"#,
            #"[{"op":"replace","path":"/a","value":9},]"#,
            #"[{"op":"replace","path":"/a","value":9}"#, #"[{"op":"replace","path":"/a","value":9},{"op":"add"}]"#,
            #"[{"op":"replace","path":"/a","value":tru}]"#, #"[{"op":"replace","path":"/a","value":}]"#,
            #"[{"op":"replace","path":"/a","value":{"k":1,"k":2}}]"#,
            #"[{"op":"replace","path":"/a","value":1,"value":2}]"#,
        ])
    func malformed(_ text: String) throws {
        let bytes = Array(text.utf8)
        #expect(throws: JSONPatchError.self) { try JSONPatch(parsing: bytes) }
        var document: JSONValue = ["a": 1]
        #expect(throws: JSONPatchError.self) {
            let span = bytes.span
            try document.apply(encodedPatch: span)
        }
        #expect(document == ["a": 1])
    }

    @Test("its text reads back as the same patch")
    func text() throws {
        let path = JSONPointer(tokens: ["a/b", "m~n", "quo\"te", "\u{1}"])
        let patch = JSONPatch([
            .add(path, ["x": 1]), .remove(path), .replace(path, "y"), .move(from: path, to: .root),
            .copy(from: .root, to: path), .test(path, .null),
        ])
        #expect(try JSONPatch(parsing: patch.serialized()) == patch)
        #expect(patch.jsonValue.serialized() == patch.serialized())
        #expect(try JSONPatch(patch.jsonValue) == patch)
        #expect(JSONPatch([.move(from: path, to: .root)]).operations[0].touched == [.root, path])
        #expect(JSONPatch([.test(path, .null)]).operations[0].touched.isEmpty)
        #expect(JSONPatch().serialized() == Array("[]".utf8))
    }

    @Test("a failing patch leaves not even the order changed", arguments: [21, 22, 23, 24] as [UInt64])
    func atomic(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        for round in 0..<100 {
            let document = random.value()
            let patch = JSONDiff.patch(from: document, to: random.changed(random.changed(document)))
            let failing = JSONPatch(patch.operations + [.test(.root, "never this")])
            var value = try JSONValue.parse(document.serialized())
            #expect(throws: JSONPatchError.self) { try value.apply(failing) }
            #expect(value.serialized() == document.serialized(), "seed \(seed), round \(round)")
        }
    }

    @Test("a failing patch on large objects leaves their order")
    func atomicOnLargeObjects() throws {
        let small = JSONValue.object((0..<31).map { ("k\($0)", .number($0)) })
        let document: JSONValue = ["o": small, "l": .object((0..<60).map { ("k\($0)", .number($0)) })]
        var value = document
        let operations: [JSONPatchOperation] = try [
            .remove(JSONPointer("/o/k3")), .add(JSONPointer("/o/new1"), 1), .add(JSONPointer("/o/new2"), 1),
            .add(JSONPointer("/o/new3"), 1), .move(from: JSONPointer("/l/k7"), to: JSONPointer("/o/k7")),
            .remove(JSONPointer("/l/k0")), .add(JSONPointer("/l/k0"), 5),
        ]
        var changed = document
        try changed.apply(JSONPatch(operations))
        #expect(changed["o"]?["k7"] == 7)
        #expect(throws: JSONPatchError.self) { try value.apply(JSONPatch(operations + [.remove(.root)])) }
        #expect(value.serialized() == document.serialized())
    }

    @Test("text and parsed patch do the same", arguments: [31, 32, 33] as [UInt64])
    func encodedPatch(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        for round in 0..<100 {
            let document = random.value()
            let patch = JSONDiff.patch(from: document, to: random.changed(document))
            var parsed = document
            try parsed.apply(patch)
            var encoded = try JSONValue.parse(document.serialized())
            let text = patch.serialized()
            let span = text.span
            try encoded.apply(encodedPatch: span)
            #expect(encoded.serialized() == parsed.serialized(), "seed \(seed), round \(round)")
        }
    }

    @Test("no patch makes a document too deep to be read again")
    func depth() throws {
        func nested(_ levels: Int) throws -> JSONValue {
            try JSONValue(json: String(repeating: "[", count: levels) + String(repeating: "]", count: levels))
        }
        var document: JSONValue = ["a": .null]
        let path = try JSONPointer("/a")
        try document.apply(JSONPatch([.replace(path, nested(511))]))
        _ = try JSONValue.parse(document.serialized())
        #expect(throws: JSONPatchError.tooDeep(index: 0, path: path)) {
            try document.apply(JSONPatch([.replace(path, nested(512))]))
        }
        #expect(throws: JSONPatchError.self) {
            try document.apply(JSONPatch([.copy(from: path, to: JSONPointer("/a/0"))]))
        }
        let text = JSONPatch([.replace(path, try nested(509))]).serialized()
        let span = text.span
        try document.apply(encodedPatch: span)
        _ = try JSONValue.parse(document.serialized())
    }
}

/// The file `shared/data/json-patch-tests/tests.json` beside the project.
private enum PublicPatchCases {
    static let path: String = {
        let project = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(project)/../shared/data/json-patch-tests/tests.json"
    }()

    static var isPresent: Bool { FileManager.default.isReadableFile(atPath: path) }

    /// The records that are not disabled.
    ///
    /// Each is parsed by itself, because one of the disabled ones has a member twice.
    static func records() throws -> [JSONValue] {
        let text = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var records: [JSONValue] = []
        var depth = 0
        var start = 0
        var inString = false
        var at = 0
        while at < text.count {
            switch text[at] {
            case UInt8(ascii: "\\") where inString: at += 1
            case UInt8(ascii: "\""): inString.toggle()
            case UInt8(ascii: "{") where !inString:
                if depth == 0 { start = at }
                depth += 1
            case UInt8(ascii: "}") where !inString:
                depth -= 1
                let record = Array(text[start...at])
                if depth == 0, !String(decoding: record, as: UTF8.self).contains("\"disabled\": true") {
                    records.append(try JSONValue.parse(record))
                }
            default: break
            }
            at += 1
        }
        return records
    }
}
