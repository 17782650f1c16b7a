import JSONDocument
import Table
import Testing

@testable import TableServer

/// Answers made ready once, and long ones that are written out in pieces.
@Suite struct ReadyJSONTests {
    @Test(arguments: [
        "{}", "[]", "null", #""a""#, #"{"a":{},"b":[],"c":{"d":[1,{"e":2}],"f":"ü\n"},"g":null}"#,
        #"[[1,[2]],{"a":1}]"#, #"{"\"":{"\\":1}}"#,
    ])
    func `pieces add up to the value's own text, and its length is announced`(text: String) throws {
        let value = try JSONValue.parse(text: text)
        let pieces = JSONPieces(value)
        let bytes = pieces.chunks.flatMap { $0 }
        #expect(String(decoding: bytes, as: UTF8.self) == value.text)
        #expect(pieces.byteCount == bytes.count)
    }

    @Test func `a long answer is made chunk by chunk, under its length`() {
        let scenes = (0..<200).map { index in
            JSONValue.object([("id", .number(index)), ("text", .string(String(repeating: "x", count: 20_000)))])
        }
        let value = JSONValue.object([("folders", []), ("scenes", .array(scenes))])
        let chunks = Array(JSONPieces(value).chunks)
        #expect(chunks.flatMap { $0 } == value.serialized())
        #expect(chunks.count > 10)
        #expect(chunks.allSatisfy { $0.count < (256 << 10) + 21_000 })
    }

    @Test func `a list that is longer than what is kept as bytes arrives whole, under its length`() async throws {
        try await TestServer.run { server in
            let note = String(repeating: "x", count: 20_000)
            for index in 0..<20 {
                try await server.send(
                    "POST", "/scenes/save", json: #"{"id":"x","name":"Cave \#(index)","note":"\#(note)"}"#)
            }
            let list = try await server.send("GET", "/scenes/list")
            #expect(list.body.count > ReadyJSON.keptByteCountMax)
            #expect(list.headers["content-length"] == "\(list.body.count)")
            #expect(list.headers["content-type"] == "application/json")
            #expect(try list.json == SceneViews.list(server.table.committed.document))
        }
    }

    @Test func `the lists show every change at once`() async throws {
        try await TestServer.run { server in
            #expect(try await server.send("GET", "/scenes/list").text == #"{"folders":[],"scenes":[]}"#)
            let saved = try await server.send("POST", "/scenes/save", json: #"{"id":"x","name":"Cave"}"#)
            let id = try #require(try saved.json["id"]?.stringValue)
            #expect(try await server.send("GET", "/scenes/list").json["scenes"]?[0]?["name"] == "Cave")
            try await server.send("PUT", "/scenes/\(id)", json: #"{"id":"\#(id)","name":"Inn"}"#)
            #expect(try await server.send("GET", "/scenes/list").json["scenes"]?[0]?["name"] == "Inn")
            try await server.send("POST", "/scenes/folder", json: #"{"folder_name":"Act 1"}"#)
            #expect(try await server.send("GET", "/scenes/list").json["folders"]?.count == 1)
            try await server.send("DELETE", "/scenes/\(id)")
            #expect(try await server.send("GET", "/scenes/list").json["scenes"]?.count == 0)
            try await server.send(form: "/maps/upload", [("file", "a.png", tinyImage)])
            #expect(try await server.send("GET", "/maps/list").json["maps"]?.count == 1)
            try await server.send("POST", "/maps/folder", json: #"{"folder_name":"Act 1"}"#)
            #expect(try await server.send("GET", "/maps/folders").json["folders"]?.count == 1)
        }
    }
}
