import JSONDocument
import Journal
import NIOCore
import Table
import Testing

@testable import TableServer

/// A stopping server: every client is closed with 1012, and the end comes whatever they do (pitfalls 3 and 4).
@Suite struct SocketShutdownTests {
    @Test func `clients that answer are closed with 1012, and those that do not are cut`() async throws {
        try await RunningServer.run { server in
            let plain = try await PlainPeer(server)
            let events = try await EventPeer(server.port)
            try await events.take(until: "live")
            let silent = try await TestSocket.connect(server.port)
            let stalled = try await TestSocket.open(server.port, receiveBuffer: 4096)
            try await stalled.setReading(false)
            for _ in 0..<40 { _ = try await plain.mark(String(repeating: "x", count: 200_000)) }
            await server.beginStop()
            #expect(try await plain.socket.closeCode() == 1012)
            #expect(try await events.socket.closeCode() == 1012)
            try await silent.ended()
            // Returns although one never reads its close frame.
            try await server.stopped()
        }
    }

    @Test func `what was acknowledged before the stop is on disk`() async throws {
        try await RunningServer.run { server in
            let events = try await EventPeer(server.port)
            try await events.take(until: "live")
            let ack = try await events.command("viewer.blank", [:], id: "c1")
            await server.beginStop()
            #expect(try await events.socket.closeCode() == 1012)
            try await server.stopped()
            #expect(ack["offset"] == 0)
            #expect(try server.table.reader.newestOffset() == 0)
        }
    }
}
