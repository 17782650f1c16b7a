import Foundation
import JSONDocument
import Table
import Testing

@testable import TableServer

@Suite struct MetricsRouteTests {
    /// The values of `/metrics`, by series.
    private static func values(_ text: String) throws -> [String: Double] {
        var values: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let space = try #require(line.lastIndex(of: " "))
            let value = try #require(Double(line[line.index(after: space)...]), "\(line)")
            #expect(values.updateValue(value, forKey: String(line[..<space])) == nil, "twice: \(line)")
        }
        return values
    }

    @Test func `requests count under their route's pattern, whatever their path`() async throws {
        try await TestServer.run { server in
            for number in 0..<3 {
                try await server.send("POST", "/scenes/folder", json: #"{"folder_name":"f\#(number)"}"#)
                try await server.send("GET", "/scenes/load/nothing-\(number)")
            }
            try await server.send("GET", "/no/such/path")
            try await server.send("PROPFIND", "/scenes/list")
            try await server.send("POST", "/scenes/list")
            try await server.send(
                "OPTIONS", "/x", headers: ["origin": "http://a", "access-control-request-method": "PUT"])
            let text = try await server.send("GET", "/metrics").text
            let values = try Self.values(text)
            let requests = { (labels: String) in values["spelltable_http_requests_total{\(labels)}"] }
            #expect(requests(#"method="POST",route="/scenes/folder",status="2xx""#) == 3)
            #expect(requests(#"method="GET",route="/scenes/load/{id}",status="4xx""#) == 3)
            #expect(requests(#"method="GET",route="none",status="4xx""#) == 1)
            #expect(requests(#"method="other",route="none",status="4xx""#) == 1)
            #expect(requests(#"method="POST",route="none",status="4xx""#) == 1)
            #expect(requests(#"method="OPTIONS",route="preflight",status="2xx""#) == 1)
            #expect(
                values[#"spelltable_http_request_seconds_count{method="GET",route="/scenes/load/{id}"}"#] == 3)
            #expect(
                values[#"spelltable_http_request_seconds_bucket{method="GET",route="/scenes/load/{id}",le="+Inf"}"#]
                    == 3)
            #expect(!text.contains("nothing-"))
        }
    }

    @Test func `commits, syncs and sizes`() async throws {
        try await TestServer.run { server in
            try await server.send("POST", "/scenes/folder", json: #"{"folder_name":"a"}"#)
            try await server.send("POST", "/scenes/folder", json: #"{"folder_name":"a"}"#)
            let values = try Self.values(try await server.send("GET", "/metrics").text)
            #expect(values["spelltable_commit_seconds_count"] == 1)
            // The frame's header and the commit; its end mark too, where the machine is so slow that the table counts as quiet.
            #expect(try #require(values["spelltable_fsync_seconds_count"]) >= 2)
            #expect(values["spelltable_commits_total"] == 1)
            let document = server.table.committed.document
            #expect(values["spelltable_document_bytes"] == Double(document.serialized().count))
            #expect(values["spelltable_journal_bytes"] == Double(try #require(server.table.committedEnd).byteCount))
            #expect(values["spelltable_ready"] == 1)
        }
    }

    @Test func `clients by what they speak, and how far the slowest is behind`() async throws {
        try await RunningServer.run { server in
            let plain = try await PlainPeer(server)
            let events = try await EventPeer(server.port)
            try await events.take(until: "live")
            try await events.command("viewer.blank", [:], id: "1")
            try await plain.take(until: "blank_viewer")
            let values = try Self.values(try await server.get("/metrics"))
            #expect(values[#"spelltable_connections{kind="plain"}"#] == 1)
            #expect(values[#"spelltable_connections{kind="events"}"#] == 1)
            #expect(values[#"spelltable_connections{kind="stream"}"#] == 0)
            #expect(values[#"spelltable_connections{kind="http"}"#] == 1)
            #expect(values["spelltable_websocket_clients"] == 2)
            #expect(values["spelltable_client_lag_events"] == 0)
            // Once for each event loop that has a client.
            #expect(try #require(values["spelltable_fanout_seconds_count"]) >= 1)
        }
    }

    @Test func `a client that takes nothing is behind`() async throws {
        try await RunningServer.run { server in
            let slow = try await EventPeer(server.port, receiveBuffer: 1 << 14)
            try await slow.take(until: "live")
            try await slow.socket.setReading(false)
            let sender = try await EventPeer(server.port)
            try await sender.take(until: "live")
            let notes = String(repeating: "n", count: 400_000)
            for number in 1...30 {
                try await sender.command(
                    "map.store-data", ["name": "m.png", "data": ["n": .number(number), "notes": .string(notes)]],
                    id: "\(number)")
            }
            let values = try Self.values(try await server.get("/metrics"))
            #expect(try #require(values["spelltable_client_lag_events"]) > 0)
            let clients = try #require(try JSONValue.parse(text: try await server.get("/status"))["clients"]?.elements)
            let behind = clients.compactMap { $0["eventsBehind"]?.intValue }.sorted()
            #expect(behind.count == 2 && behind[0] == 0 && behind[1] > 0, "\(behind)")
            let unsent = try #require(clients.first { $0["eventsBehind"] != 0 }?["unsentBytes"]?.intValue)
            #expect(unsent > 0)
        }
    }
}
