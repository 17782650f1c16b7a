import JSONDocument
import Journal
import NIOCore
import Table
import Testing

@testable import TableServer

/// `sync-protocol.md` against a real server.
@Suite struct EventProtocolTests {
    @Test func `a newcomer gets hello, snapshot and live`() async throws {
        try await RunningServer.run { server in
            let peer = try await EventPeer(server.port)
            let hello = try await peer.take()
            #expect(hello["type"] == "hello")
            #expect(hello["resumed"] == false)
            #expect(hello["reason"] == "fresh")
            #expect(try await peer.take()["type"] == "snapshot")
            #expect(try await peer.take()["type"] == "live")
            #expect(peer.document == server.document)
        }
    }

    @Test func `a command is acknowledged after its event, and done once`() async throws {
        try await RunningServer.run { server in
            let peer = try await EventPeer(server.port)
            try await peer.take(until: "live")
            let ack = try await peer.command("scene-folder.create", ["path": "Act 1"], id: "c1")
            #expect(ack["type"] == "ack")
            #expect(ack["offset"] == 0)
            #expect(peer.offset == 0)
            let again = try await peer.command("scene-folder.create", ["path": "Act 1"], id: "c1")
            #expect(again["type"] == "ack")
            #expect(again["offset"] == 0)
            let other = try await peer.command("scene-folder.create", ["path": "Act 2"], id: "c1")
            #expect(other["code"] == "id-reused")
            let taken = try await peer.command("scene-folder.create", ["path": "Act 1"], id: "c2")
            #expect(taken["type"] == "error")
            #expect(server.table.committed.offset == 0)
        }
    }

    @Test func `ifOffset refuses what changed since`() async throws {
        try await RunningServer.run { server in
            let peer = try await EventPeer(server.port)
            try await peer.take(until: "live")
            try await peer.command("live.change", ["scene": ["id": "a", "x": 1]], id: "c1")
            try await peer.command("live.change", ["scene": ["id": "a", "x": 2]], id: "c2")
            try await peer.send([
                "type": "command", "id": "c3", "name": "live.change", "ifOffset": 0,
                "data": ["scene": ["id": "a", "x": 3]],
            ])
            #expect(try await peer.take(until: "error")["code"] == "conflict")
            #expect(server.document["live"]?["x"] == 2)
        }
    }

    @Test func `a bad line is answered and the connection stays`() async throws {
        try await RunningServer.run { server in
            let peer = try await EventPeer(server.port)
            try await peer.take(until: "live")
            try await peer.socket.send("no json\n[]\n{\"type\":\"made_up\"}\n{\"type\":\"command\",\"id\":\"c\"}")
            for code in ["syntax", "invalid", "unknown-type", "invalid"] {
                #expect(try await peer.take()["code"]?.stringValue == code)
            }
            try await peer.socket.send(ClientFrame(opcode: 2, payload: [1]))
            #expect(try await peer.take()["code"] == "not-text")
            #expect(try await peer.command("no.such", [:], id: "c5")["type"] == "error")
            try await peer.send(["type": "ping"])
            #expect(try await peer.take()["type"] == "pong")
        }
    }

    @Test func `a ping is answered with position, chain and digest`() async throws {
        try await RunningServer.run { server in
            let peer = try await EventPeer(server.port)
            try await peer.take(until: "live")
            try await peer.command("viewer.blank", [:], id: "c1")
            try await peer.send(["type": "ping", "digest": true])
            let pong = try await peer.take(until: "pong")
            #expect(pong["offset"] == 0)
            #expect(pong["digest"]?.stringValue == DocumentDigest.compute(server.document))
            #expect(pong["chain"]?.stringValue == String(server.table.committed.chain.hex.prefix(16)))
        }
    }

    @Test func `nothing comes before hello or between the parts of a snapshot`() async throws {
        try await RunningServer.run { server in
            let first = try await EventPeer(server.port)
            try await first.take(until: "live")
            try await first.fillTable()
            // Commands and nonsense come in the same packet as the handshake, so they are read before the join is decided.
            var packet = ByteBuffer(
                string: TestSocket.handshake(headers: ["Sec-WebSocket-Protocol: spelltable.events.v1"]))
            for index in 0..<20 {
                packet.writeImmutableBuffer(ClientFrame.text("nonsense \(index)").bytes)
                packet.writeImmutableBuffer(ClientFrame.text(#"{"type":"ping","digest":true}"#).bytes)
            }
            let socket = try await TestSocket.connect(server.port)
            try await socket.send(packet)
            #expect(try await socket.answer().status == 101)
            let eager = EventPeer(socket)
            #expect(try await eager.take()["type"] == "hello")
            var answers = ["error": 0, "pong": 0]
            while answers != ["error": 20, "pong": 20] {
                let type = try await eager.take()["type"]?.stringValue ?? ""
                answers[type]? += 1
            }
            #expect(eager.document == server.document)
        }
    }

    @Test func `effects reach everybody but their sender, in order with the events`() async throws {
        try await RunningServer.run { server in
            let (sender, other) = (try await EventPeer(server.port), try await EventPeer(server.port))
            try await sender.take(until: "live")
            try await other.take(until: "live")
            let plain = try await PlainPeer(server)
            let marker: JSONValue = ["type": "highlight_marker", "markerId": "m"]
            try await sender.send(["type": "effect", "message": marker])
            try await sender.command("viewer.blank", [:], id: "c1")
            #expect(try await other.take()["message"] == marker)
            #expect(try await other.take()["type"] == "viewer.blanked")
            #expect(try JSONValue.parse(text: try await plain.take()) == marker)
            #expect(try await plain.take() == #"{"type":"blank_viewer","isBlank":true}"#)
        }
    }

    @Test func `each reason for a snapshot is told, and the client is live after it`() async throws {
        try await RunningServer.run { server in
            let peer = try await EventPeer(server.port)
            try await peer.take(until: "live")
            try await peer.command("viewer.blank", [:], id: "c1")
            let journal = peer.journal
            for (query, reason) in [
                ("", "fresh"), ("?journal=\(journal)", "fresh"), ("?journal=other&after=0", "other-journal"),
                ("?journal=\(journal)&after=99", "ahead"),
                ("?journal=\(journal)&after=0&chain=0:0000000000000000", "other-history"),
            ] {
                let newcomer = try await EventPeer(server.port, query: query)
                #expect(try await newcomer.take()["reason"]?.stringValue == reason)
                #expect(try await newcomer.take()["type"] == "snapshot")
                #expect(try await newcomer.take(until: "live")["offset"] == 0)
                #expect(newcomer.document == server.document)
            }
        }
    }

    @Test(arguments: [32 << 20, 1]) func `a client that comes back misses nothing and sees nothing twice`(
        ringByteLimit: Int
    ) async throws {
        // With a ring of one byte everything but the newest passage comes out of the journal.
        try await RunningServer.run(configure: { $0.webSocket.ringByteLimit = ringByteLimit }) { server in
            let peer = try await EventPeer(server.port)
            try await peer.take(until: "live")
            try await peer.fillTable()
            let writer = try await PlainPeer(server)
            for round in 1...4 {
                await peer.socket.cut()
                for step in 0..<50 {
                    try await writer.socket.send(
                        #"{"type":"scene_update","scene":{"id":"s","round":\#(round),"step":\#(step)}}"#)
                }
                try await server.wait(forLive: ["id": "s", "round": .number(round), "step": 49])
                try await peer.reconnect(server.port)
                #expect(try await peer.take()["resumed"] == true)
                try await peer.take(until: "live")
                #expect(peer.document == server.document)
                #expect(peer.snapshotCount == 1)
            }
        }
    }

    @Test func `a client cut off in the middle of resuming resumes from there`() async throws {
        try await RunningServer.run(configure: { $0.webSocket.ringByteLimit = 1 }) { server in
            let peer = try await EventPeer(server.port)
            try await peer.take(until: "live")
            try await peer.fillTable()
            await peer.socket.cut()
            let writer = try await PlainPeer(server)
            for step in 0..<300 {
                try await writer.socket.send(#"{"type":"scene_update","scene":{"id":"s","step":\#(step)}}"#)
            }
            try await server.wait(forLive: ["id": "s", "step": 299])
            let newest = server.table.committed.offset
            for cut in [newest / 3, newest / 2, newest] {
                try await peer.reconnect(server.port)
                try await peer.take(through: cut)
                await peer.socket.cut()
            }
            #expect(peer.document == server.document)
            #expect(peer.snapshotCount == 1)
        }
    }
}
