import NIOCore
import Table
import Testing

@testable import TableServer

/// Slow senders against a real server, with short limits; the real ones are waited for end to end (`test_hostile.py`).
@Suite struct SlowRequestTests {
    private static let health = "GET /health HTTP/1.1\r\nHost: h\r\n\r\n"
    private static let post = "POST /scenes/save HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"

    @Test func `a head that never ends is closed, as the first of its connection and later`() async throws {
        try await RunningServer.run(configure: {
            $0.webSocket.firstRequestTimeout = .seconds(4)
            $0.webSocket.idleTimeout = .seconds(4)
        }) { server in
            let first = try await TestSocket.connect(server.port)
            try await first.send(raw: "GET /health HTTP/1.1\r\nX-Long: ")
            try await first.ended()

            let later = try await TestSocket.connect(server.port)
            try await later.send(raw: Self.health)
            #expect(try await later.answer().status == 200)
            try await later.send(raw: "GET /health HTTP/1.1\r\nX-Long: ")
            try await later.ended()
        }
    }

    @Test(arguments: ["Content-Length: 5000\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"])
    func `a body that stops is answered with 408, whichever request of its connection it is`(body: String) async throws
    {
        try await RunningServer.run(configure: { $0.webSocket.bodyWindow = .milliseconds(100) }) { server in
            let first = try await TestSocket.connect(server.port)
            try await first.send(raw: Self.post + body)
            let answer = try await first.answer()
            #expect(answer.status == 408)
            #expect(answer.body.hasPrefix(#"{"detail":""#))
            try await first.ended()

            let later = try await TestSocket.connect(server.port)
            try await later.send(raw: Self.health)
            #expect(try await later.answer().status == 200)
            try await later.send(raw: Self.post + body)
            #expect(try await later.answer().status == 408)
            try await later.ended()
            #expect(server.table.committed.offset == -1)
        }
    }
}
