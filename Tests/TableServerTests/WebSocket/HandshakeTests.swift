import NIOCore
import Testing

@testable import TableServer

/// The upgrade against a real server over real sockets: pitfalls 1 to 6 and 9 of swift.md, section 1.
@Suite struct HandshakeTests {
    @Test func `a refused upgrade gets an HTTP answer, then the connection is closed`() async throws {
        try await RunningServer.run { server in
            let wrongPath = try await TestSocket.connect(server.port)
            let elsewhere = try await wrongPath.upgrade(path: "/wss")
            #expect(elsewhere.status == 403)
            #expect(elsewhere.body.hasPrefix(#"{"detail":""#))
            #expect(elsewhere.headers["content-type"] == "application/json")
            try await wrongPath.ended()

            let wrongVersion = try await TestSocket.connect(server.port)
            let version = try await wrongVersion.upgrade(version: "8")
            #expect(version.status == 426)
            #expect(version.headers["sec-websocket-version"] == "13")
            #expect(version.headers["connection"] == "close")
            try await wrongVersion.ended()

            let foreign = try await TestSocket.connect(server.port)
            let refused = try await foreign.upgrade(headers: ["Origin: http://evil.example"])
            #expect(refused.status == 403)
            #expect(refused.body.contains("http://evil.example"))
            try await foreign.ended()
        }
    }

    @Test func `an h2c upgrade is served as plain HTTP`() async throws {
        try await RunningServer.run { server in
            let socket = try await TestSocket.connect(server.port)
            try await socket.send(
                raw: "GET /health HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                    + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")
            let answer = try await socket.answer()
            #expect(answer.status == 200)
            try await socket.ended()
        }
    }

    @Test func `an upgrade as the second request of a connection gets 426`() async throws {
        try await RunningServer.run { server in
            let socket = try await TestSocket.connect(server.port)
            try await socket.send(raw: "GET /health HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try await socket.answer().status == 200)
            let answer = try await socket.upgrade()
            #expect(answer.status == 426)
            #expect(answer.body.hasPrefix(#"{"detail":""#))
            try await socket.ended()
        }
    }

    @Test func `garbage as the first request gets 400`() async throws {
        try await RunningServer.run { server in
            let socket = try await TestSocket.connect(server.port)
            try await socket.send(raw: "\u{1}\u{2}nonsense\r\n\r\n")
            #expect(try await socket.answer().status == 400)
            try await socket.ended()
        }
    }

    @Test func `a connection that never sends anything is closed`() async throws {
        try await RunningServer.run(configure: { $0.webSocket.firstRequestTimeout = .milliseconds(50) }) { server in
            try await TestSocket.connect(server.port).ended()
        }
    }

    @Test func `frames in the same packet as the handshake are read`() async throws {
        try await RunningServer.run { server in
            let watcher = try await PlainPeer(server)
            let socket = try await TestSocket.connect(server.port)
            var packet = ByteBuffer(string: TestSocket.handshake())
            packet.writeImmutableBuffer(ClientFrame.text(#"{"type":"highlight_marker","markerId":"early"}"#).bytes)
            try await socket.send(packet)
            #expect(try await socket.answer().status == 101)
            #expect(try await watcher.take() == #"{"type":"highlight_marker","markerId":"early"}"#)
        }
    }

    @Test func `pings are answered with their payload`() async throws {
        try await RunningServer.run { server in
            let peer = try await PlainPeer(server)
            try await peer.socket.send(ClientFrame.ping("hello"))
            #expect(try await peer.socket.next() == .pong(Array("hello".utf8)))
        }
    }

    @Test func `the close handshake is answered with its code`() async throws {
        try await RunningServer.run { server in
            let peer = try await PlainPeer(server)
            try await peer.socket.send(ClientFrame.close(4001, "bye"))
            #expect(try await peer.socket.closeCode() == 4001)
            try await peer.socket.ended()
        }
    }

    @Test func `what breaks the rules of frames is closed with its code`() async throws {
        try await RunningServer.run { server in
            var unmasked = ClientFrame.text("{}")
            unmasked.mask = nil
            var reserved = ClientFrame.text("{}")
            reserved.reserved = 0x40
            let invalidText = ClientFrame(opcode: 1, payload: [0x22, 0xff, 0x22])
            var huge = ClientFrame.text("{}")
            huge.claimedLength = 17 << 20
            let cases: [(ClientFrame, UInt16)] = [
                (unmasked, 1002), (reserved, 1002), (ClientFrame(opcode: 3, payload: []), 1002),
                (ClientFrame(opcode: 0, payload: []), 1002), (.close(1005), 1002), (invalidText, 1007), (huge, 1009),
            ]
            for (frame, code) in cases {
                let peer = try await PlainPeer(server)
                try await peer.socket.send(frame)
                #expect(try await peer.socket.closeCode() == code, "\(frame.opcode)")
            }
        }
    }

    @Test func `a message over the limit is closed with 1009 that its sender can read`() async throws {
        try await RunningServer.run(configure: { $0.webSocket.messageByteLimit = 1 << 20 }) { server in
            let peer = try await PlainPeer(server)
            // All of it is sent before the answer is read, as a browser does.
            try? await peer.socket.send(ClientFrame.text(String(repeating: "x", count: 1 << 20 + 1)))
            #expect(try await peer.socket.closeCode() == 1009)
        }
    }

    @Test func `a peer that only half closes is let go`() async throws {
        try await RunningServer.run { server in
            let peer = try await PlainPeer(server)
            try await peer.socket.channel.close(mode: .output)
            try await peer.socket.ended()
            // Its place in the hub is free again as soon as its channel is gone.
            let other = try await PlainPeer(server)
            let mark = try await PlainPeer(server).mark("x")
            #expect(try await other.take() == mark)
        }
    }
}
