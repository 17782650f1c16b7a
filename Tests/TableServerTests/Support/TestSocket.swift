import NIOCore
import NIOPosix
import Testing

/// A raw client of the server under test: sends whatever bytes a test wants and hands out what comes.
final class TestSocket: Sendable {
    let channel: any Channel
    private let mailbox: Mailbox<SocketMessage>

    private init(channel: any Channel, mailbox: Mailbox<SocketMessage>) {
        self.channel = channel
        self.mailbox = mailbox
    }

    /// Opens a TCP connection.
    ///
    /// - Parameters:
    ///   - isPolite: Whether pings (kept from the test) and close frames are answered, as browsers do.
    ///   - receiveBuffer: The kernel's receive buffer, small for a client that is to be slow.
    static func connect(
        _ port: Int, isPolite: Bool = true, receiveBuffer: Int32? = nil
    ) async throws -> TestSocket {
        let mailbox = Mailbox<SocketMessage>()
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        SocketReader(mailbox: mailbox, isPolite: isPolite))
                }
            }
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(receiveBuffer))
        }
        let channel = try await bootstrap.connect(host: "127.0.0.1", port: port).get()
        return TestSocket(channel: channel, mailbox: mailbox)
    }

    /// Opens a WebSocket.
    static func open(
        _ port: Int, path: String = "/ws", events: Bool = false, headers: [String] = [], isPolite: Bool = true,
        receiveBuffer: Int32? = nil
    ) async throws -> TestSocket {
        let socket = try await connect(port, isPolite: isPolite, receiveBuffer: receiveBuffer)
        let subprotocol = events ? ["Sec-WebSocket-Protocol: spelltable.events.v1"] : []
        let answer = try await socket.upgrade(path: path, headers: headers + subprotocol)
        #expect(answer.status == 101, "\(answer)")
        #expect(answer.headers["sec-websocket-protocol"] == (events ? "spelltable.events.v1" : nil))
        return socket
    }

    /// The lines of a handshake.
    static func handshake(
        path: String = "/ws", headers: [String] = [], version: String = "13"
    ) -> String {
        let lines = [
            "GET \(path) HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Version: \(version)", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        return (lines + headers).joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// Sends a handshake and waits for its answer.
    func upgrade(path: String = "/ws", headers: [String] = [], version: String = "13") async throws -> HTTPAnswer {
        try await send(raw: Self.handshake(path: path, headers: headers, version: version))
        return try await answer()
    }

    // MARK: Sending

    func send(raw text: String) async throws { try await send(ByteBuffer(string: text)) }

    func send(_ bytes: ByteBuffer) async throws { try await channel.writeAndFlush(bytes) }

    func send(_ frame: ClientFrame) async throws { try await send(frame.bytes) }

    func send(_ text: String) async throws { try await send(ClientFrame.text(text)) }

    /// Stops reading, so that the kernel's buffers and then the server's fill.
    func setReading(_ isOn: Bool) async throws { try await channel.setOption(.autoRead, value: isOn).get() }

    /// Cuts the connection without a word.
    func cut() async { try? await channel.close() }

    // MARK: Receiving

    func next(within limit: Duration = .seconds(20)) async throws -> SocketMessage {
        try await mailbox.next(within: limit)
    }

    /// The next HTTP answer.
    func answer() async throws -> HTTPAnswer {
        let message = try await next()
        guard case .answer(let answer) = message else { throw NothingCame(what: "an HTTP answer, but \(message)") }
        return answer
    }

    /// The next text message.
    func text(within limit: Duration = .seconds(20)) async throws -> String {
        let message = try await next(within: limit)
        guard case .text(let text) = message else { throw NothingCame(what: "a text, but \(message)") }
        return text
    }

    /// Whatever comes up to the close frame, and its code; nil if the connection ends without one.
    func closeCode() async throws -> UInt16? {
        while true {
            switch try await next() {
            case .close(let code, _): return code
            case .end: return nil
            default: continue
            }
        }
    }

    /// Waits until the connection is gone.
    func ended() async throws {
        while try await next() != .end {}
    }
}
