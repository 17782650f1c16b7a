import Crypto
import JSONDocument
import Testing

/// The digest against a slow computation to the letter of docs/state-document.md.
@Suite struct DocumentDigestDefinitionTests {
    static let frozen =
        #"{"live":null,"viewer":{"blank":false,"rotated":false,"nightMode":{"enabled":false,"brightness":1}},"#
        + #""scenes":{},"sceneImages":{},"sceneFolders":{},"maps":{},"mapData":{},"mapFolders":{},"sounds":{},"#
        + #""audio":{"music":null}}"#

    @Test(arguments: UInt64(1)...40)
    func `the digest is the one of the definition`(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        let document = Self.document(&random)
        #expect(DocumentDigest.compute(document) == Self.byDefinition(document), "seed \(seed): \(document.text)")
    }

    @Test(arguments: UInt64(1)...20)
    func `what is remembered makes no difference`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        var document = Self.document(&random)
        let digest = DocumentDigest()
        for step in 0..<30 {
            #expect(digest.digest(of: document) == DocumentDigest.compute(document), "seed \(seed), step \(step)")
            #expect(digest.digest(of: document) == Self.byDefinition(document), "seed \(seed), step \(step)")
            let changed = random.changed(document)
            guard changed.isObject else { continue }
            if step % 3 == 0 {
                document = changed
            } else {
                try document.apply(JSONDiff.patch(from: document, to: changed))
            }
        }
    }

    @Test func `a version from before is recognised again`() throws {
        let digest = DocumentDigest()
        let first = try JSONValue.parse(text: Self.frozen)
        var second = first
        try second.apply(JSONPatch([.add(JSONPointer("/scenes/a"), ["name": "Crypt"])]))
        let (one, two) = (digest.digest(of: first), digest.digest(of: second))
        #expect(one != two)
        #expect(digest.digest(of: first) == one)
        #expect(digest.digest(of: second) == two)
    }

    @Test(arguments: [
        #"{"op":"replace","path":"/live","value":{}}"#, #"{"op":"replace","path":"/viewer/blank","value":true}"#,
        #"{"op":"replace","path":"/viewer/nightMode/brightness","value":0.5}"#, #"{"op":"remove","path":"/sounds"}"#,
        #"{"op":"add","path":"/scenes/a","value":null}"#, #"{"op":"add","path":"/more","value":null}"#,
        #"{"op":"move","from":"/mapData","path":"/mapdata"}"#, #"{"op":"replace","path":"/maps","value":null}"#,
    ])
    func `any change makes another digest`(_ operation: String) throws {
        let digest = DocumentDigest()
        var document = try JSONValue.parse(text: Self.frozen)
        let before = digest.digest(of: document)
        try document.apply(JSONPatch(parsing: Array("[\(operation)]".utf8)))
        #expect(digest.digest(of: document) != before)
        #expect(digest.digest(of: document) == Self.byDefinition(document))
    }

    @Test(arguments: [
        #"{"op":"replace","path":"/viewer/nightMode/brightness","value":1.0}"#,
        #"{"op":"replace","path":"/viewer/nightMode","value":{"brightness":1e0,"enabled":false}}"#,
        #"{"op":"move","from":"/live","path":"/live"}"#,
    ])
    func `another spelling or order makes the same digest`(_ operation: String) throws {
        let digest = DocumentDigest()
        var document = try JSONValue.parse(text: Self.frozen)
        let before = digest.digest(of: document)
        try document.apply(JSONPatch(parsing: Array("[\(operation)]".utf8)))
        #expect(digest.digest(of: document) == before)
        #expect(DocumentDigest.compute(document) == before)
    }

    @Test func `one digest serves many threads`() async throws {
        let digest = DocumentDigest()
        let documents = (0..<8).map { at -> JSONValue in ["scenes": ["a": .number(at), "b": "same"], "live": .null] }
        let expected = documents.map(DocumentDigest.compute)
        await withTaskGroup(of: Bool.self) { group in
            for round in 0..<64 {
                group.addTask { digest.digest(of: documents[round % 8]) == expected[round % 8] }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    /// A document of two levels of names and values below them.
    private static func document(_ random: inout RandomJSON) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = []
        for name in ["live", "scenes", "a/b", "m~n", "é", "a", "a "] {
            members.append((name, random.value(depth: 3)))
        }
        return .object(members)
    }

    /// docs/state-document.md, "Digest", to the letter and slowly.
    private static func byDefinition(_ document: JSONValue) -> String {
        var lines: [String] = []
        for (name, value) in document.members ?? [] {
            let pointer = "/" + escaped(name)
            var entries = (value.members ?? []).map { (key: $0.key, value: $0.value) }
            entries += (value.elements ?? []).enumerated().map { (key: String($0.offset), value: $0.element) }
            for entry in entries { lines.append(line(pointer + "/" + escaped(entry.key), entry.value)) }
            if entries.isEmpty { lines.append(line(pointer, value)) }
        }
        let sorted = lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return hex(SHA256.hash(data: Array(sorted.map { $0 + "\n" }.joined().utf8)))
    }

    private static func escaped(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }

    private static func line(_ pointer: String, _ value: JSONValue) -> String {
        pointer + " " + hex(SHA256.hash(data: value.canonicalForm()))
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
