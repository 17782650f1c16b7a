import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import TableServer

@Suite struct BodyGuardTests {
    private final class ManualClock {
        var now: Int64 = 0
    }

    private let clock = ManualClock()

    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(
            handler: BodyGuard(
                configuration: WebSocketConfiguration(), logger: Logger(label: "test"), now: { [clock] in clock.now }))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private func begin(_ channel: EmbeddedChannel) throws {
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: "/maps/upload",
            headers: ["content-length": "9", "x-request-id": "mine"])
        try channel.writeInbound(HTTPServerRequestPart.head(head))
        try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "x")))
    }

    private func pass(_ seconds: Int64, _ channel: EmbeddedChannel) {
        clock.now += seconds * 1_000
        channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
    }

    private func answer(_ channel: EmbeddedChannel) throws -> HTTPResponseHead? {
        guard case .head(let head)? = try channel.readOutbound(as: HTTPServerResponsePart.self) else { return nil }
        return head
    }

    @Test func `a body that trickles gets 408, then the connection is closed`() throws {
        let channel = try channel()
        try begin(channel)
        pass(20, channel)
        let head = try #require(try answer(channel))
        #expect(head.status == .requestTimeout)
        #expect(head.headers["connection"] == ["close"])
        #expect(head.headers["x-request-id"] == ["mine"])
        pass(2, channel)
        #expect(!channel.isActive)
    }

    @Test func `what comes after 408 is discarded, and no other answer is written`() throws {
        let channel = try channel()
        try begin(channel)
        pass(20, channel)
        while try channel.readOutbound(as: HTTPServerResponsePart.self) != nil {}
        while try channel.readInbound(as: HTTPServerRequestPart.self) != nil {}
        try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "y")))
        #expect(try channel.readInbound(as: HTTPServerRequestPart.self) == nil)
        #expect(throws: ChannelError.self) {
            try channel.writeOutbound(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
        }
    }

    @Test func `a body that is there in time is left alone, however long its answer takes`() throws {
        let channel = try channel()
        try begin(channel)
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        pass(3_600, channel)
        #expect(channel.isActive)
        #expect(try answer(channel) == nil)
    }

    @Test func `while the server doesn't listen, no time passes for the body`() throws {
        let channel = try channel()
        try begin(channel)
        channel.read()
        try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "y")))
        pass(3_600, channel)
        #expect(channel.isActive, "nobody asked for more")
        channel.read()
        pass(19, channel)
        #expect(channel.isActive)
        pass(2, channel)
        #expect(try answer(channel)?.status == .requestTimeout)
    }

    @Test func `a body that trickles on after its answer began is cut off without another`() throws {
        let channel = try channel()
        try begin(channel)
        try channel.writeOutbound(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
        pass(20, channel)
        #expect(try answer(channel)?.status == .ok)
        #expect(try answer(channel) == nil)
        #expect(!channel.isActive)
    }

    @Test func `a request to go on is no answer`() throws {
        let channel = try channel()
        try begin(channel)
        try channel.writeOutbound(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .continue)))
        pass(20, channel)
        #expect(try answer(channel)?.status == .continue)
        #expect(try answer(channel)?.status == .requestTimeout)
    }
}
