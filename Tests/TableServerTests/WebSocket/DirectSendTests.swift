import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import TableServer

/// Two ends of a connection on the loopback, on one event loop.
private struct SocketPair {
    let here: any Channel
    let there: any Channel
    private let listener: any Channel

    /// - Parameter autoRead: Whether the far end takes what comes.
    static func make(autoRead: Bool) async throws -> SocketPair {
        let group = MultiThreadedEventLoopGroup.singleton
        let accepted = group.any().makePromise(of: (any Channel).self)
        let listener = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                accepted.succeed(channel)
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let address = try #require(listener.localAddress)
        let there = try await ClientBootstrap(group: group).channelOption(.autoRead, value: autoRead)
            .connect(to: address).get()
        return SocketPair(here: try await accepted.futureResult.get(), there: there, listener: listener)
    }

    func close() async throws {
        // The test may have closed it already.
        try? await here.close()
        try? await there.close()
        try await listener.close()
    }

    /// Hands bytes to the kernel; nil if it took them all.
    func send(_ buffer: ByteBuffer) async throws -> ByteBuffer? {
        let here = here
        return try await here.eventLoop.submit { () -> ByteBuffer? in
            guard let core = here.socketCore else { throw ChannelError.operationUnsupported }
            return core.sendAtOnce(buffer)
        }.get()
    }
}

@Suite struct DirectSendTests {
    @Test func `nothing is left of what the kernel takes`() async throws {
        let pair = try await SocketPair.make(autoRead: true)
        #expect(try await pair.send(ByteBuffer(string: "hello")) == nil)
        try await pair.close()
    }

    @Test func `what a full socket does not take comes back`() async throws {
        let pair = try await SocketPair.make(autoRead: false)
        // More than both ends' buffers ever hold; in blocks, as single bytes take a minute under ThreadSanitizer.
        let block = (0..<(64 << 10) + 1).map { UInt8(truncatingIfNeeded: $0 &* 31 &>> 3) }
        var bytes = ByteBuffer()
        for _ in 0..<512 { bytes.writeBytes(block) }
        let rest = try #require(try await pair.send(bytes))
        #expect(rest.readableBytes < bytes.readableBytes)
        #expect(rest == bytes.getSlice(at: bytes.writerIndex - rest.readableBytes, length: rest.readableBytes))
        // A full socket takes nothing at all, and says so in the same way. It may have room once more a moment later.
        var left = rest
        var next = try await pair.send(left)
        while let some = next, some.readableBytes < left.readableBytes {
            left = some
            next = try await pair.send(left)
        }
        #expect(next == left)
        try await pair.close()
    }

    @Test func `a closed socket leaves everything to NIO`() async throws {
        let pair = try await SocketPair.make(autoRead: true)
        let here = pair.here
        let core = try await here.eventLoop.submit { NIOLoopBound(here.socketCore, eventLoop: here.eventLoop) }.get()
        try await here.close()
        let bytes = ByteBuffer(string: "hello")
        let rest = try await here.eventLoop.submit { core.value?.sendAtOnce(bytes) }.get()
        #expect(rest == bytes)
        try await pair.close()
    }

    @Test func `a channel without a socket has no way around NIO`() {
        #expect(EmbeddedChannel().socketCore == nil)
    }
}
