import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import TableServer

@Suite struct AnswerGuardTests {
    /// What waits in the server's buffers, as the tests have it.
    private final class Buffers {
        var byteCount = 0
    }

    private let buffers = Buffers()

    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(
            handler: AnswerGuard(
                configuration: WebSocketConfiguration(), logger: Logger(label: "test"),
                bufferedByteCount: { [buffers] _ in buffers.byteCount }))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try ask(channel)
        return channel
    }

    private func ask(_ channel: EmbeddedChannel) throws {
        try channel.writeInbound(
            HTTPServerRequestPart.head(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/snapshot")))
    }

    private func body(_ channel: EmbeddedChannel, buffered: Int) throws {
        buffers.byteCount = buffered
        try channel.writeOutbound(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: "x"))))
    }

    private func pass(_ seconds: Int64, _ channel: EmbeddedChannel) {
        channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
    }

    @Test func `an answer that nobody takes is broken off after one time-out`() throws {
        let channel = try channel()
        try body(channel, buffered: 65_536)
        pass(59, channel)
        #expect(channel.isActive)
        pass(1, channel)
        #expect(!channel.isActive)
    }

    @Test func `one that is taken a little at a time goes on`() throws {
        let channel = try channel()
        try body(channel, buffered: 65_536)
        for left in stride(from: 65_000, to: 1_000, by: -1_000) {
            buffers.byteCount = left
            pass(60, channel)
        }
        #expect(channel.isActive)
        pass(60, channel)
        #expect(!channel.isActive, "nothing more was taken")
    }

    @Test func `one whose buffers had room for more goes on, though as much waits as before`() throws {
        let channel = try channel()
        try body(channel, buffered: 65_536)
        pass(59, channel)
        try body(channel, buffered: 65_536)
        pass(59, channel)
        #expect(channel.isActive)
        pass(60, channel)
        #expect(!channel.isActive)
    }

    @Test func `one that is taken in the end is left alone`() throws {
        let channel = try channel()
        try body(channel, buffered: 65_536)
        buffers.byteCount = 0
        pass(3_600, channel)
        #expect(channel.isActive)
    }

    @Test func `a connection that asks for nothing more is closed, from when its answer has left`() throws {
        let channel = try channel()
        channel.write(HTTPServerResponsePart.end(nil), promise: nil)
        pass(3_600, channel)
        #expect(channel.isActive, "the answer is still in the buffers")
        channel.flush()
        pass(59, channel)
        #expect(channel.isActive)
        pass(1, channel)
        #expect(!channel.isActive)
    }

    @Test func `a connection that asks again stays, also while another answer is under way`() throws {
        let channel = try channel()
        try ask(channel)
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        pass(3_600, channel)
        #expect(channel.isActive, "one request is open")
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        pass(59, channel)
        try ask(channel)
        pass(3_600, channel)
        #expect(channel.isActive)
    }
}
