import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import TableServer

/// Room for unfinished messages, of all clients together.
@Suite struct IntakeBudgetTests {
    private let budget = IntakeBudget(byteCount: 100 << 10)

    private func client() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        let operations = channel.pipeline.syncOperations
        let intake = IntakeHandler(budget: budget)
        try operations.addHandler(intake)
        try operations.addHandler(ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 20)))
        try operations.addHandler(FrameRulesHandler(messageByteLimit: 1 << 20, intake: intake))
        return channel
    }

    private func text(_ byteCount: Int) -> ByteBuffer {
        ClientFrame.text(String(repeating: "x", count: byteCount)).bytes
    }

    /// All but the last byte of a message.
    private func unfinished(_ byteCount: Int) -> ByteBuffer {
        var frame = text(byteCount)
        frame.moveWriterIndex(to: frame.writerIndex - 1)
        return frame
    }

    @Test func `one large message more than there is room for is refused, small ones are not`() throws {
        let (first, second, third) = (try client(), try client(), try client())
        try first.writeInbound(unfinished(90 << 10))
        #expect(throws: FrameFault.noRoom) { try second.writeInbound(unfinished(90 << 10)) }
        try third.writeInbound(text(20 << 10))
        #expect(try third.readInbound(as: WebSocketFrame.self) != nil)
    }

    @Test func `room is free again when a message is whole, or its client gone`() throws {
        let first = try client()
        var message = text(90 << 10)
        let beginning = message.readSlice(length: message.readableBytes - 1)
        try first.writeInbound(try #require(beginning))
        try first.writeInbound(message)
        #expect(try first.readInbound(as: WebSocketFrame.self) != nil)
        let second = try client()
        try second.writeInbound(unfinished(90 << 10))
        _ = try second.finish(acceptAlreadyClosed: true)
        let third = try client()
        try third.writeInbound(unfinished(90 << 10))
        #expect(!budget.isOverdrawn)
    }

    @Test func `fragments count until their message is whole, and control frames not at all`() throws {
        let channel = try client()
        let fragment = ClientFrame(opcode: 1, payload: [UInt8](repeating: 65, count: 60 << 10), isFinal: false)
        try channel.writeInbound(fragment.bytes)
        for _ in 0..<2_000 { try channel.writeInbound(ClientFrame.ping(String(repeating: "p", count: 100)).bytes) }
        #expect(!budget.isOverdrawn)
        let other = try client()
        #expect(throws: FrameFault.noRoom) { try other.writeInbound(unfinished(70 << 10)) }
    }
}
