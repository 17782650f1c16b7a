import JSONDocument
import NIOCore
import Sync
import Table
import Testing

@testable import TableServer

/// `sync-protocol.md`, "Slow, broken and hostile clients", and pitfall 8 of swift.md: what one client does not take is
/// nobody else's loss.
@Suite(.serialized) struct SlowClientTests {
    private static let filler = String(repeating: "x", count: 100_000)

    /// What the kernel holds for a slow client, so that a few megabytes are more than all buffers together.
    private static let receiveBuffer: Int32 = 1 << 16

    private static func scene(_ step: Int) -> String {
        #"{"type":"scene_update","scene":{"id":"s","step":\#(step),"notes":"\#(filler)"}}"#
    }

    @Test func `a client that never reads delays nobody`() async throws {
        try await RunningServer.run { server in
            let stalled = try await TestSocket.open(server.port, receiveBuffer: 4096)
            try await stalled.setReading(false)
            let sender = try await PlainPeer(server)
            let healthy = try await PlainPeer(server)
            let socket = sender.socket
            for index in 0..<60 {
                let mark = #"{"type":"highlight_marker","markerId":"\#(index)-\#(Self.filler)"}"#
                async let sent: Void = socket.send(mark)
                #expect(try await healthy.take() == mark)
                try await sent
            }
            _ = try await PlainPeer(server)
        }
    }

    @Test func `a plain client that was slow is sent the newest scene, not each one between`() async throws {
        try await RunningServer.run(configure: { $0.webSocket.sceneConflationAge = -1 }) { server in
            let slow = try await PlainPeer(server, receiveBuffer: Self.receiveBuffer)
            try await slow.socket.setReading(false)
            let sender = try await PlainPeer(server)
            for step in 1...40 { try await sender.socket.send(Self.scene(step)) }
            try await server.waitForStep(40)
            let mark = try await sender.mark("end")
            try await slow.socket.setReading(true)
            var sceneCount = 0
            while try await slow.take() != mark { sceneCount += 1 }
            #expect(slow.scene["step"] == 40)
            #expect(sceneCount < 40)
        }
    }

    @Test func `a plain client that fell out of the ring is told how things are now`() async throws {
        try await RunningServer.run(configure: { $0.webSocket.ringByteLimit = 1 }) { server in
            let slow = try await PlainPeer(server, receiveBuffer: Self.receiveBuffer)
            try await slow.socket.setReading(false)
            let sender = try await PlainPeer(server)
            for step in 1...40 { try await sender.socket.send(Self.scene(step)) }
            try await sender.socket.send(#"{"type":"blank_viewer"}"#)
            try await server.waitForStep(40)
            try await slow.socket.setReading(true)
            while slow.scene["step"] != 40 || slow.messages.isEmpty { try await slow.take() }
            #expect(slow.messages == [#"{"type":"blank_viewer","isBlank":true}"#])
        }
    }

    @Test func `an event client that fell behind reads on from the journal and is live again`() async throws {
        try await RunningServer.run(configure: { $0.webSocket.ringByteLimit = 1 }) { server in
            let slow = try await EventPeer(server.port, receiveBuffer: Self.receiveBuffer)
            try await slow.take(until: "live")
            try await slow.socket.setReading(false)
            let sender = try await PlainPeer(server)
            // Every scene replaces the one before (another id), so that every event is as large as a scene.
            for step in 1...40 {
                try await sender.socket.send(
                    #"{"type":"scene_update","scene":{"id":"s\#(step)","notes":"\#(step)\#(Self.filler)"}}"#)
            }
            try await server.wait(until: { $0["live"]?["id"] == "s40" })
            try await slow.socket.setReading(true)
            try await slow.take(until: "behind")
            try await slow.take(until: "live")
            // It may have been live for a moment while there still was room in the buffers.
            while slow.offset < server.table.committed.offset { try await slow.take() }
            #expect(slow.document == server.document)
        }
    }

    @Test func `an event client too far behind is closed with 4408 and can resume`() async throws {
        try await RunningServer.run(configure: {
            $0.webSocket.livenessLimits.lagByteCount = 1 << 19
            $0.webSocket.tickInterval = .milliseconds(20)
            $0.webSocket.closeTimeout = .milliseconds(50)
        }) { server in
            let slow = try await EventPeer(server.port, receiveBuffer: Self.receiveBuffer)
            try await slow.take(until: "live")
            try await slow.socket.setReading(false)
            let sender = try await PlainPeer(server)
            for step in 1...40 {
                try await sender.socket.send(
                    #"{"type":"scene_update","scene":{"id":"s\#(step)","notes":"\#(step)\#(Self.filler)"}}"#)
            }
            try await server.wait(until: { $0["live"]?["id"] == "s40" })
            #expect(try await server.closures.next() == "4408")
            try await slow.reconnect(server.port)
            try await slow.take(until: "live")
            #expect(slow.document == server.document)
        }
    }

    @Test func `a client that does not answer pings is closed`() async throws {
        try await RunningServer.run(configure: {
            $0.webSocket.livenessLimits.pingInterval = 100
            $0.webSocket.livenessLimits.pongTimeout = 2_000
            $0.webSocket.tickInterval = .milliseconds(10)
        }) { server in
            let alive = try await PlainPeer(server)
            let dead = try await TestSocket.open(server.port, isPolite: false)
            #expect(try await dead.closeCode() == 4408)
            // One that answers stays: it was pinged just as often.
            let other = try await PlainPeer(server)
            let mark = try await alive.mark("x")
            #expect(try await other.take() == mark)
        }
    }

    @Test func `over the rate limit an event client is told so, and a plain one's newest scene still arrives`()
        async throws
    {
        try await RunningServer.run(configure: {
            $0.webSocket.rateLimits = RateLimit.Limits(perSecond: 10, burst: 2)
        }) { server in
            let events = try await EventPeer(server.port)
            try await events.take(until: "live")
            for index in 0..<3 { try await events.send(Self.blank(index)) }
            #expect(try await events.take(until: "error")["code"] == "rate-limited")

            let plain = try await PlainPeer(server)
            for step in 1...9 {
                try await plain.socket.send(#"{"type":"scene_update","scene":{"id":"s","step":\#(step)}}"#)
            }
            try await server.waitForStep(9)
        }
    }

    private static func blank(_ index: Int) -> JSONValue {
        ["type": "command", "id": .string("c\(index)"), "name": "viewer.blank", "data": [:]]
    }
}
