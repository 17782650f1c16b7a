import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import TableServer

@Suite struct ServerFrameTests {
    /// What NIO's decoder makes of frames.
    private func decode(_ bytes: [ByteBuffer]) throws -> [WebSocketFrame] {
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 26)))
        for bytes in bytes { try channel.writeInbound(bytes) }
        var frames: [WebSocketFrame] = []
        while let frame = try channel.readInbound(as: WebSocketFrame.self) { frames.append(frame) }
        return frames
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
    func `a text of any length is one frame`(length: Int) throws {
        let payload = [UInt8](repeating: 0x61, count: length)
        let frames = try decode([ServerFrame.text(payload)])
        #expect(frames.count == 1)
        #expect(frames[0].fin && frames[0].opcode == .text && frames[0].maskKey == nil)
        #expect(Array(frames[0].data.readableBytesView) == payload)
    }

    @Test func `lines are joined by line feeds`() throws {
        let frame = ServerFrame.text(lines: [Array("{}".utf8), Array("[1]".utf8), Array("2".utf8)])
        #expect(try decode([frame]).map { String(buffer: $0.data) } == ["{}\n[1]\n2"])
    }

    @Test func `a close frame carries code and text`() throws {
        var data = try decode([ServerFrame.close(WebSocketErrorCode(codeNumber: 1012), text: "bye")])[0].data
        #expect(data.readInteger(as: UInt16.self) == 1012)
        #expect(String(buffer: data) == "bye")
        #expect(try decode([ServerFrame.close(nil)])[0].data.readableBytes == 0)
    }

    @Test(arguments: [0, 1, 65_531, 65_532, 65_533, 131_064, 131_065, 131_190, 131_191, 300_000])
    func `a fragmented message is the same message`(length: Int) throws {
        let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let cut = length / 3
        let message = FragmentedMessage(text: [Array(payload[..<cut]), [], Array(payload[cut...])])
        let frames = try decode((0..<message.count).map { message[$0] })
        #expect(frames.count == message.count)
        #expect(frames.first?.opcode == .text)
        #expect(frames.dropFirst().allSatisfy { $0.opcode == .continuation })
        #expect(frames.map(\.fin) == (0..<message.count).map { $0 == message.count - 1 })
        #expect(frames.flatMap { $0.data.readableBytesView } == payload)
        #expect((0..<message.count).allSatisfy { message[$0].readableBytes <= 1 << 16 })
    }
}
