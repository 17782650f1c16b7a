import Foundation
import JSONDocument
import Journal
import NIOCore
import Table
import Testing

@testable import TableServer

/// Reading a table over HTTP: the document now and then, the events, the journal's own files.
@Suite struct HistoryRouteTests {
    /// Three events: folders a, b and c.
    private func makeFolders(_ server: TestServer) async throws {
        for name in ["a", "b", "c"] {
            try await server.send("POST", "/scenes/folder", json: #"{"folder_name":"\#(name)"}"#)
        }
    }

    @Test func `the snapshot is the document, under a tag that spares sending it twice`() async throws {
        try await TestServer.run { server in
            try await makeFolders(server)
            let snapshot = try await server.send("GET", "/snapshot")
            #expect(try snapshot.json == server.table.committed.document)
            #expect(snapshot.headers["etag"] == "\"\(server.table.identity.uuid):2\"")
            let tag = try #require(snapshot.headers["etag"])
            let again = try await server.send("GET", "/snapshot", headers: ["if-none-match": "\"x\", W/\(tag)"])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
        }
    }

    @Test func `the document as it was, by offset and by time`() async throws {
        try await TestServer.run { server in
            try await makeFolders(server)
            let first = try await server.send("GET", "/snapshot?at=0")
            #expect(try first.json["sceneFolders"]?.members?.map(\.key) == ["a"])
            #expect(try await server.send("GET", "/snapshot?at=-1").json == TableDocument.empty)
            let now = try await server.send("GET", "/snapshot?at=\(JournalTimes.now().rfc3339)")
            #expect(now.headers["spell-offset"] == "2")
            #expect(try await server.send("GET", "/snapshot?at=3").status == 404)
            #expect(try await server.send("GET", "/snapshot?at=yesterday").status == 422)
        }
    }

    @Test func `what the journal reaches is said of an offset before it and behind it`() async throws {
        try await TestServer.run { server in
            #expect(
                try await server.send("GET", "/snapshot?at=0").detail == "There is no event 0: the journal is empty")
            try await makeFolders(server)
            for offset in [-2, 3] {
                let answer = try await server.send("GET", "/snapshot?at=\(offset)")
                #expect(answer.status == 404)
                #expect(answer.detail == "There is no event \(offset): the journal holds 0 to 2")
            }
        }
    }

    @Test func `events come as the journal's lines`() async throws {
        try await TestServer.run { server in
            try await makeFolders(server)
            let all = try await server.send("GET", "/events")
            #expect(all.headers["content-type"] == "application/jsonl")
            #expect(try offsets(all.text) == [0, 1, 2])
            #expect(try offsets(try await server.send("GET", "/events?after=0").text) == [1, 2])
            #expect(try offsets(try await server.send("GET", "/events?after=0&limit=1").text) == [1])
            #expect(try await server.send("GET", "/events?after=2").body.isEmpty)
            #expect(try await server.send("GET", "/events?after=3").status == 409)
            #expect(try await server.send("GET", "/events?after=x").status == 422)
        }
    }

    @Test func `an event stream goes on with what happens, and resumes by its ids`() async throws {
        try await TestServer.run { server in
            try await makeFolders(server)
            let id = server.table.identity.uuid
            let head = """
                GET /events HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\nlast-event-id: \(id):1\r\n\r\n
                """
            try await server.connect().executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: head + "\r\n"))
                var seen = ""
                var stream = inbound.makeAsyncIterator()
                while !seen.contains("id: \(id):2\n"), let more = try await stream.next() {
                    seen += String(buffer: more)
                }
                #expect(!seen.contains("id: \(id):1\n"))
                try await server.send("POST", "/scenes/folder", json: #"{"folder_name":"d"}"#)
                while !seen.contains("id: \(id):3\n"), let more = try await stream.next() {
                    seen += String(buffer: more)
                }
                #expect(seen.contains("data: {\"offset\":3,"))
            }
        }
    }

    @Test func `a stream of another journal is refused`() async throws {
        try await TestServer.run { server in
            let answer = try await server.send(
                "GET", "/events",
                headers: ["accept": "text/event-stream", "last-event-id": "00000000-0000-4000-8000-000000000000:5"])
            #expect(answer.status == 409)
        }
    }

    @Test func `an open event stream does not hold up a stop`() async throws {
        let (opened, open) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            // A stream that holds up the stop is cut off in the end, without its last chunk.
            try await TestServer.run {
                $0.shutdownLimit = .seconds(30)
            } _: { server in
                let channel = try await server.connect()
                group.addTask {
                    // Also where no answer comes, so that the test fails instead of waiting for it.
                    defer { open.finish() }
                    return try await channel.executeThenClose { inbound, outbound in
                        try await outbound.write(
                            ByteBuffer(string: "GET /events HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n"))
                        var all: [UInt8] = []
                        for try await more in inbound {
                            all += more.readableBytesView
                            open.yield()
                        }
                        return all
                    }
                }
                for await _ in opened { break }
            }
            let all = try #require(try await group.next())
            #expect(String(decoding: all, as: UTF8.self).hasSuffix("0\r\n\r\n"), "the stream ended in order")
        }
    }

    @Test func `the journal's files come as they are on disk, up to what is committed`() async throws {
        try await TestServer.run { server in
            try await makeFolders(server)
            let list = try await server.send("GET", "/journal").json
            #expect(list["journal"]?.stringValue == server.table.identity.uuid)
            #expect(list["offset"]?.intValue == 2)
            let segment = try #require(list["segments"]?[0])
            let name = try #require(segment["name"]?.stringValue)
            let file = try await server.send("GET", "/journal/\(name)")
            let onDisk = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(server.tableFolder)/\(name)")))
            // A frame that was quiet for some seconds may have been ended meanwhile.
            #expect(try file.body.count >= #require(segment["size"]?.intValue))
            #expect(onDisk.starts(with: file.body))
            let part = try await server.send("GET", "/journal/\(name)", headers: ["range": "bytes=4-9"])
            #expect(part.status == 206)
            #expect(part.body == Array(onDisk[4..<10]))
            let identity = try await server.send("GET", "/journal/journal.json")
            #expect(try identity.json["journal"]?.stringValue == server.table.identity.uuid)
            for other in ["start.json.lz4", "lock", "..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "snapshots"] {
                #expect(try await server.send("GET", "/journal/\(other)").status == 404)
            }
        }
    }

    @Test func `the chain at an event is told where there is one`() async throws {
        try await TestServer.run { server in
            try await makeFolders(server)
            for offset in -1...2 {
                let at = try await server.send("GET", "/journal?at=\(offset)").json["at"]
                #expect(at?["offset"]?.intValue == offset)
                #expect(at?["chain"]?.stringValue == (try server.table.reader.chain(at: Int64(offset)).hex))
            }
            for offset in ["3", "-2", "9223372036854775807", "-9223372036854775808"] {
                #expect(try await server.send("GET", "/journal?at=\(offset)").json["at"] == nil)
            }
            #expect(try await server.send("GET", "/journal?at=soon").status == 422)
        }
    }

    @Test func `blobs come by their hash and nothing else does`() async throws {
        try await TestServer.run { server in
            try await server.send(form: "/maps/upload", [("file", "a.png", tinyImage)])
            let hash = try #require(server.table.committed.document["maps"]?["a.png"]?["blob"]?.stringValue)
            let blob = try await server.send("GET", "/blobs/\(hash)")
            #expect(blob.body == tinyImage)
            #expect(
                try await server.send("GET", "/blobs/\(hash)", headers: ["if-none-match": "\"\(hash)\""]).status == 304)
            for other in [hash.uppercased(), String(hash.dropLast()), "..", "%2e%2e%2f\(hash)"] {
                #expect(try await server.send("GET", "/blobs/\(other)").status == 404)
            }
        }
    }

    @Test func `a restore brings the table back, and a dry run says what it would change`() async throws {
        try await TestServer.run { server in
            try await makeFolders(server)
            let dry = try await server.send("POST", "/restore", json: #"{"to":0,"dryRun":true}"#)
            #expect(dry.status == 200)
            var applied = server.table.committed.document
            try applied.apply(JSONPatch(try #require(try dry.json["patch"])))
            #expect(try applied == server.table.document(at: 0))
            #expect(server.table.committed.offset == 2)
            let done = try await server.send("POST", "/restore", json: #"{"to":0}"#)
            #expect(done.headers["spell-offset"] == "3")
            #expect(server.table.committed.document["sceneFolders"]?.members?.map(\.key) == ["a"])
            #expect(try await server.send("POST", "/restore", json: #"{"to":99}"#).status == 404)
            #expect(try await server.send("POST", "/restore", json: "{}").status == 422)
            #expect(try await server.send("POST", "/restore", json: #"{"to":0,"dryRun":7}"#).status == 422)
        }
    }

    @Test func `undo and redo`() async throws {
        try await TestServer.run { server in
            try await makeFolders(server)
            #expect(try await server.send("POST", "/undo").status == 200)
            #expect(server.table.committed.document["sceneFolders"]?.count == 2)
            #expect(try await server.send("POST", "/redo", json: "{}").status == 200)
            #expect(server.table.committed.document["sceneFolders"]?.count == 3)
        }
    }

    private func offsets(_ lines: String) throws -> [Int] {
        try lines.split(separator: "\n").map { try #require(try JSONValue.parse(text: String($0))["offset"]?.intValue) }
    }
}
