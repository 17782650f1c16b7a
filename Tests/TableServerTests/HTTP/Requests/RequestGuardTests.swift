import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import TableServer

@Suite struct RequestGuardTests {
    private static let limits: RequestLimits = {
        var limits = RequestLimits()
        limits.fieldByteCount = 100
        limits.headByteCount = 300
        limits.fieldCount = 5
        limits.drainByteCount = 1_000
        return limits
    }()

    /// Decoder, guard and encoder as on a connection, without the router.
    private final class Wire {
        let channel = EmbeddedChannel()
        private(set) var sent = ""

        init(logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) throws {
            let line = RequestLineMeter()
            try channel.pipeline.syncOperations.addHandlers([
                HTTPResponseEncoder(), line,
                ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: RequestGuardTests.limits.decoder)),
                RequestGuard(limits: RequestGuardTests.limits, line: line, logger: logger),
            ])
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }

        /// What the server has sent so far.
        func receive(_ text: String) throws -> String {
            try channel.writeInbound(ByteBuffer(string: text))
            return try output()
        }

        func output() throws -> String {
            while let bytes = try channel.readOutbound(as: ByteBuffer.self) { sent += String(buffer: bytes) }
            return sent
        }

        func parts() throws -> [HTTPServerRequestPart] {
            var parts: [HTTPServerRequestPart] = []
            while let part = try channel.readInbound(as: HTTPServerRequestPart.self) { parts.append(part) }
            return parts
        }

        func answer(_ status: HTTPResponseStatus) throws -> String {
            let head = HTTPResponseHead(version: .http1_1, status: status, headers: ["content-length": "0"])
            channel.write(HTTPServerResponsePart.head(head), promise: nil)
            try channel.writeAndFlush(HTTPServerResponsePart.end(nil)).wait()
            return try output()
        }
    }

    private static let long = String(repeating: "x", count: 200)

    @Test func `a URL, a header, all headers, and their number have limits, each with its status and a detail`() throws
    {
        let many = (0..<6).map { "h\($0): x\r\n" }.joined()
        let large = (0..<5).map { "h\($0): \(String(repeating: "x", count: 80))\r\n" }.joined()
        for (request, status) in [
            ("GET /\(Self.long) HTTP/1.1\r\n\r\n", 414), ("GET /\(Self.long)", 414),
            ("GET / HTTP/1.1\r\nh: \(Self.long)\r\n\r\n", 431), ("GET / HTTP/1.1\r\n\(Self.long): x\r\n\r\n", 431),
            ("GET / HTTP/1.1\r\n\(many)\r\n", 431), ("GET / HTTP/1.1\r\n\(large)\r\n", 431),
            ("\r\n\r\nGET / HTTP/1.1\r\nh: \(Self.long)", 431), ("GARBAGE\r\n\r\n", 400), ("\u{16}\u{3}\u{1}", 400),
        ] {
            let wire = try Wire()
            let answer = try wire.receive(request)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(request.prefix(30)): \(answer)")
            #expect(answer.contains(#"{"detail":""#))
            #expect(answer.contains("connection: close"))
            #expect(try wire.parts().isEmpty)
        }
    }

    @Test func `what is refused has a name of its own, in its answer and in its line in the log`() throws {
        let log = LogCollector()
        let wire = try Wire(logger: log.logger)
        let answer = try wire.receive("GET / HTTP/1.1\r\nx-request-id: mine\r\nh: \(Self.long)\r\n\r\n")
        let name = try #require(answer.firstMatch(of: /x-request-id: ([0-9a-f]{16})\r\n/)?.1)
        let line = try #require(log.lines.first)
        #expect(line.contains("request=\(name)") && line.contains("status=431") && line.contains("from=127.0.0.1"))
        #expect(log.lines.count == 1)
    }

    @Test func `a request is named before anybody else sees it, by its client if that made sense`() throws {
        for (given, isTaken) in [("mine", true), ("a b", false), ("", false)] {
            let wire = try Wire()
            _ = try wire.receive("GET / HTTP/1.1\r\nx-request-id: \(given)\r\n\r\n")
            guard case .head(let head)? = try wire.parts().first else {
                Issue.record("no head came through")
                continue
            }
            let names = head.headers[RequestID.headerName]
            #expect(names.count == 1)
            #expect(isTaken ? names == [given] : names[0].wholeMatch(of: /[0-9a-f]{16}/) != nil)
        }
    }

    @Test func `limits hold whatever the pieces are in which a head comes`() throws {
        let wire = try Wire()
        for byte in "GET /\(Self.long)" { _ = try wire.receive(String(byte)) }
        #expect(try wire.output().hasPrefix("HTTP/1.1 414 "))
    }

    @Test func `what a refused client goes on sending is neither answered nor kept, and it is closed in the end`()
        throws
    {
        let wire = try Wire()
        let answer = try wire.receive("GARBAGE\r\n\r\n")
        for _ in 0..<100 { #expect(try wire.receive("GET / HTTP/1.1\r\n\r\n") == answer) }
        #expect(try wire.parts().isEmpty)
        wire.channel.embeddedEventLoop.advanceTime(by: Self.limits.lingerTimeout)
        #expect(!wire.channel.isActive)
    }

    @Test func `a bad second request is answered in its turn, behind the answer to the first`() throws {
        let wire = try Wire()
        #expect(try wire.receive("GET /a HTTP/1.1\r\n\r\nGARBAGE\r\n\r\n") == "")
        let answers = try wire.answer(.ok)
        #expect(answers.hasPrefix("HTTP/1.1 200 "))
        #expect(answers.contains("HTTP/1.1 400 "))
    }

    @Test func `a bad request on a kept connection is answered, too`() throws {
        let wire = try Wire()
        _ = try wire.receive("GET /a HTTP/1.1\r\n\r\n")
        _ = try wire.answer(.ok)
        #expect(try wire.receive("GET /\(Self.long) HTTP/1.1\r\n\r\n").contains("HTTP/1.1 414 "))
    }

    @Test func `a small body that nobody reads leaves the connection usable`() throws {
        let wire = try Wire()
        _ = try wire.receive("POST /a HTTP/1.1\r\ncontent-length: 10\r\n\r\n")
        #expect(try !wire.answer(.notFound).contains("connection: close"))
        _ = try wire.receive("0123456789GET /b HTTP/1.1\r\n\r\n")
        let paths = try wire.parts().compactMap { if case .head(let head) = $0 { head.uri } else { nil } }
        #expect(paths == ["/a", "/b"])
        wire.channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(wire.channel.isActive)
    }

    @Test func `an answer that comes before a large body says that it closes, and does`() throws {
        let wire = try Wire()
        _ = try wire.receive("POST /a HTTP/1.1\r\ncontent-length: 100000\r\n\r\n")
        #expect(try wire.answer(.payloadTooLarge).contains("connection: close"))
        _ = try wire.parts()
        _ = try wire.receive(String(repeating: "x", count: 50_000))
        #expect(try wire.parts().isEmpty)
        wire.channel.embeddedEventLoop.advanceTime(by: Self.limits.lingerTimeout)
        #expect(!wire.channel.isActive)
    }

    @Test func `a body without a length is read on up to the limit only`() throws {
        let wire = try Wire()
        _ = try wire.receive("POST /a HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n")
        _ = try wire.answer(.payloadTooLarge)
        let chunk = "190\r\n" + String(repeating: "x", count: 400) + "\r\n"
        for _ in 0..<10 { _ = try wire.receive(chunk) }
        let drained = try wire.parts().reduce(0) {
            if case .body(let bytes) = $1 { $0 + bytes.readableBytes } else { $0 }
        }
        #expect(drained == 800)
        wire.channel.embeddedEventLoop.advanceTime(by: Self.limits.lingerTimeout)
        #expect(!wire.channel.isActive)
    }

    @Test func `a body that stops coming after its answer doesn't hold the connection`() throws {
        let wire = try Wire()
        _ = try wire.receive("POST /a HTTP/1.1\r\ncontent-length: 10\r\n\r\n012")
        _ = try wire.answer(.notFound)
        wire.channel.embeddedEventLoop.advanceTime(by: Self.limits.lingerTimeout)
        #expect(!wire.channel.isActive)
    }

    @Test func `a broken body is left to whoever reads it`() throws {
        let wire = try Wire()
        let request = "POST /a HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nno size\r\n"
        #expect(throws: HTTPParserError.self) { try wire.channel.writeInbound(ByteBuffer(string: request)) }
        #expect(try wire.output() == "")
    }
}
