import Foundation
import JSONDocument
import Journal
import NIOCore
import Table
import Testing

@testable import TableServer

@Suite struct StatusRouteTests {
    private static func status(_ text: String) throws -> JSONValue { try JSONValue.parse(text: text) }

    @Test func `an empty table's status has every member`() async throws {
        try await TestServer.run { server in
            let answer = try await server.send("GET", "/status")
            #expect(answer.status == 200)
            #expect(answer.headers["cache-control"] == "no-cache")
            let status = try answer.json
            #expect(status["version"]?.stringValue == ServerVersion.text)
            #expect(status["status"] == "ready")
            #expect(status["reason"] == .null)
            #expect(status["journal"]?["id"]?.stringValue == server.table.identity.uuid)
            #expect(status["journal"]?["offset"] == -1)
            #expect(status["journal"]?["grownBytes"] == 0)
            #expect(status["document"]?["bytes"]?.intValue == server.table.committed.document.serialized().count)
            #expect(status["snapshot"] == .null)
            #expect(status["verification"] == .null)
            #expect(status["clients"] == [])
            let started = try #require(status["started"]?.stringValue.flatMap { JournalTime(rfc3339: $0) })
            let now = try #require(status["time"]?.stringValue.flatMap { JournalTime(rfc3339: $0) })
            #expect(started <= now)
        }
    }

    @Test func `the journal's growth is since the server's start, and the last snapshot is on disk`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("status-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder + "/journal", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await TestServer.run(in: folder) { server in
            _ = try await server.send("POST", "/scenes/folder", json: #"{"folder_name":"a"}"#)
        }
        // Closing wrote a snapshot.
        try await TestServer.run(in: folder) { server in
            let before = try await server.send("GET", "/status").json
            #expect(before["journal"]?["grownBytes"] == 0)
            #expect(try #require(before["journal"]?["bytes"]?.intValue) > 0)
            #expect(before["snapshot"]?["offset"] == 0)
            #expect(try #require(before["snapshot"]?["bytes"]?.intValue) > 0)
            #expect(before["snapshot"]?["time"]?.stringValue.flatMap { JournalTime(rfc3339: $0) } != nil)
            try await server.send("POST", "/scenes/folder", json: #"{"folder_name":"b"}"#)
            let after = try await server.send("GET", "/status").json
            let grown = try #require(after["journal"]?["grownBytes"]?.intValue)
            #expect(grown > 0)
            let size = try #require(before["journal"]?["bytes"]?.intValue)
            #expect(after["journal"]?["bytes"]?.intValue == size + grown)
        }
    }

    @Test func `clients are listed with what they speak, who they are and whether they are up to date`() async throws {
        try await RunningServer.run { server in
            _ = try await PlainPeer(server)
            let events = try await EventPeer(server.port)
            try await events.take(until: "live")
            let status = try Self.status(try await server.get("/status"))
            let clients = try #require(status["clients"]?.elements)
            #expect(Set(clients.compactMap { $0["kind"]?.stringValue }) == ["plain", "events"])
            for client in clients {
                #expect(client["actor"] == "ws@127.0.0.1")
                #expect(client["address"]?.stringValue?.hasPrefix("127.0.0.1:") == true)
                #expect(client["eventsBehind"] == 0)
                #expect(client["unsentBytes"] == 0)
                #expect(client["live"] == true)
                let since = try #require(client["since"]?.stringValue.flatMap { JournalTime(rfc3339: $0) })
                #expect(since <= (try #require(status["time"]?.stringValue.flatMap { JournalTime(rfc3339: $0) })))
            }
        }
    }

    @Test func `an event stream is listed as long as it is open`() async throws {
        try await TestServer.run {
            $0.streamKeepAliveSeconds = 1
        } _: { server in
            try await server.send("POST", "/scenes/folder", json: #"{"folder_name":"a"}"#)
            let channel = try await server.connect()
            try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(
                    ByteBuffer(string: "GET /events HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n"))
                var text = ""
                for try await buffer in inbound {
                    text += String(buffer: buffer)
                    if text.contains("scene-folder.created") { break }
                }
                let client = try #require(try await server.send("GET", "/status").json["clients"]?.elements?.first)
                #expect(client["kind"] == "stream")
                #expect(client["actor"] == "rest@127.0.0.1")
                #expect(client["eventsBehind"]?.intValue.map { $0 <= 1 } == true)
            }
            // The server notices when it writes a sign of life.
            var isListed = true
            for _ in 0..<600 where isListed {
                isListed = try await server.send("GET", "/status").json["clients"] != []
                if isListed { try await Task.sleep(for: .milliseconds(50)) }
            }
            #expect(!isListed)
        }
    }

    @Test func `a verification and a refusal are told`() throws {
        let status = ServerStatus(
            now: JournalTime(milliseconds: 5_000), uptimeMilliseconds: 4_000, readiness: .refusing(reason: "full"),
            journal: "j", offset: 9, segmentCount: 1, journalByteCount: 10, journalByteCountAtStart: nil,
            documentByteCount: 3, snapshot: nil,
            verification: .init(offset: 7, time: JournalTime(milliseconds: 3_000), fault: "digest"), backup: .null,
            clients: [
                ClientStatus(
                    kind: .plain, address: "[::1]:5", actor: "ws@::1", connectedMilliseconds: 1_000, offset: 4,
                    unsentByteCount: 6, isLive: false)
            ]
        ).jsonValue
        #expect(status["status"] == "refusing")
        #expect(status["reason"] == "full")
        #expect(status["started"] == "1970-01-01T00:00:01.000Z")
        #expect(status["journal"]?["grownBytes"] == .null)
        #expect(
            status["verification"]
                == ["offset": 7, "time": "1970-01-01T00:00:03.000Z", "result": "wrong", "reason": "digest"])
        #expect(
            status["clients"] == [
                [
                    "kind": "plain", "address": "[::1]:5", "actor": "ws@::1", "since": "1970-01-01T00:00:04.000Z",
                    "live": false, "eventsBehind": 5, "unsentBytes": 6,
                ]
            ])
    }

    @Test func `a server that is asked to stop says so, to those who come before it does`() async throws {
        try await RunningServer.run(configure: { $0.drainTime = .seconds(5) }) { server in
            let client = TestServer(port: server.port, table: server.table, folder: server.folder)
            #expect(try await client.send("GET", "/ready").status == 200)
            let stream = try await client.connect()
            try await stream.executeThenClose { lines, request in
                try await request.write(
                    ByteBuffer(string: "GET /events HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n"))
                var iterator = lines.makeAsyncIterator()
                _ = try await iterator.next()
                await server.beginStop()
                // It ends when the server has begun to stop.
                while let more = try await iterator.next() {
                    if String(buffer: more).hasSuffix("0\r\n\r\n") { break }
                }
            }
            let answer = try await client.send("GET", "/ready")
            #expect(answer.status == 503)
            #expect(answer.text == #"{"status":"stopping","offset":-1,"reason":"the server is stopping"}"#)
            #expect(try await client.send("GET", "/health").text == #"{"status":"ok"}"#)
            #expect(try await client.send("GET", "/status").json["status"] == "stopping")
        }
    }

    @Test func `addresses are written as people write them`() throws {
        let four = try SocketAddress(ipAddress: "10.0.0.7", port: 50112)
        let six = try SocketAddress(ipAddress: "fe80::1", port: 50112)
        #expect(SocketAddress?.some(four).addressText == "10.0.0.7:50112")
        #expect(SocketAddress?.some(six).addressText == "[fe80::1]:50112")
        #expect(SocketAddress?.none.addressText == "unknown")
    }
}
