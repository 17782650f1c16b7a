import JSONDocument
import TestSupport
import Testing

@Suite("DocumentDigest")
struct DocumentDigestTests {
    private static let empty =
        #"{"live":null,"viewer":{"blank":false,"rotated":false,"nightMode":{"enabled":false,"brightness":1}},"#
        + #""scenes":{},"sceneImages":{},"sceneFolders":{},"maps":{},"mapData":{},"mapFolders":{},"sounds":{},"audio":{"music":null}}"#

    /// The values were computed with Python's hashlib and json, as the state document describes the digest.
    @Test(
        "is what another language computes",
        arguments: [
            (Self.empty, "5a58eb655465434f0fa59e067791845408a5aeb25956ff3d1303072328d43dc2"),
            (
                #"{"b":{"x/y":{"z":1.0,"a":[1e2,"é"]},"m~n":null,"q\"":[],"line\n":-0},"a":7,"c":[],"bb":{"k":"\u0001😀"},"a b":"s"}"#,
                "67d896caa62f32751e471217314372a4432d70554a3ceba1b96d2716ddbb0d3e"
            ),
            ("{}", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ])
    func known(_ text: String, _ expected: String) throws {
        let document = try JSONValue(json: text)
        #expect(DocumentDigest.compute(document) == expected)
        #expect(DocumentDigest().digest(of: document) == expected)
    }

    @Test("what it keeps never shows", arguments: [51, 52, 53] as [UInt64])
    func cached(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let digest = DocumentDigest()
        var document: JSONValue = [
            "live": .null, "scenes": [:], "maps": .object((0..<50).map { ("m\($0)", ["n": 1]) }),
        ]
        for round in 0..<200 {
            let section = ["live", "scenes", "maps"][random.below(3)]
            let old = try #require(document[section])
            let new = random.changed(old)
            try document.apply(JSONDiff.patch(from: old, to: new, at: JSONPointer(tokens: [section])))
            #expect(digest.digest(of: document) == DocumentDigest.compute(document), "seed \(seed), round \(round)")
        }
    }

    @Test("tells documents apart, and equal ones not")
    func tells() throws {
        let digest = DocumentDigest()
        #expect(
            try digest.digest(of: JSONValue(json: #"{"a":{"x":1.0,"y":2}}"#))
                == digest.digest(of: ["a": ["y": 2, "x": 1]]))
        #expect(digest.digest(of: ["a": ["x": 1]]) != digest.digest(of: ["a": ["x": 2]]))
        #expect(digest.digest(of: ["a": ["x": 1]]) != digest.digest(of: ["b": ["x": 1]]))
        #expect(digest.digest(of: ["a": ["x": 1]]).utf8.count == 64)
    }

    @Test("hexadecimal digits are two for each byte")
    func hexadecimal() {
        #expect(hexString([0, 1, 0xAB, 0xFF]) == "0001abff")
    }
}
