import NIOCore
import Testing

@testable import TableServer

/// A stop must not wait for clients, whatever they do.
///
/// Each test ends only because the server does.
@Suite struct ShutdownTests {
    /// Leaves a client in a state, stops the server, and lets the client go only after that.
    private func stop(with request: String, afterAnswer: Bool) async throws {
        let (opened, open) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await TestServer.run {
                $0.shutdownLimit = .milliseconds(500)
            } _: { server in
                let channel = try await server.connect()
                group.addTask {
                    // Also where no answer comes, so that the test fails instead of waiting for it.
                    defer { open.finish() }
                    try await channel.executeThenClose { inbound, outbound in
                        try await outbound.write(ByteBuffer(string: request))
                        if !afterAnswer { open.yield() }
                        for try await _ in inbound { open.yield() }
                    }
                }
                for await _ in opened { break }
            }
        }
    }

    @Test func `a kept-alive connection is closed`() async throws {
        try await stop(with: "GET /health HTTP/1.1\r\nhost: x\r\n\r\n", afterAnswer: true)
    }

    @Test func `a connection that never says anything is closed`() async throws {
        try await stop(with: "", afterAnswer: false)
    }

    @Test func `half a request head is cut off`() async throws {
        try await stop(with: "GET /health HTTP/1.1\r\nhost", afterAnswer: false)
    }

    @Test func `an upload that doesn't go on is cut off`() async throws {
        try await stop(
            with: """
                POST /maps/upload HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\
                content-type: multipart/form-data; boundary=b0\r\n\r\n--b0\r\n
                """, afterAnswer: false)
    }
}
