import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import TableServer

@Suite struct FrameRulesTests {
    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        let operations = channel.pipeline.syncOperations
        let intake = IntakeHandler(budget: IntakeBudget(byteCount: .max))
        try operations.addHandler(intake)
        try operations.addHandler(ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 16)))
        try operations.addHandler(FrameRulesHandler(messageByteLimit: 1 << 16, intake: intake))
        return channel
    }

    private func fault(_ frames: ClientFrame...) throws -> FrameFault? {
        let channel = try channel()
        do {
            for frame in frames { try channel.writeInbound(frame.bytes) }
            return nil
        } catch {
            return FrameFault(error)
        }
    }

    private func isProtocolError(_ fault: FrameFault?) -> Bool {
        if case .protocolError = fault { true } else { false }
    }

    @Test func `a frame without mask is a protocol error`() throws {
        var frame = ClientFrame.text("x")
        frame.mask = nil
        #expect(isProtocolError(try fault(frame)))
    }

    @Test(arguments: [UInt8(0x40), 0x20, 0x10]) func `a reserved bit is a protocol error`(bit: UInt8) throws {
        var frame = ClientFrame.text("x")
        frame.reserved = bit
        #expect(isProtocolError(try fault(frame)))
    }

    @Test(arguments: [UInt8(3), 7, 11, 15]) func `an unknown opcode is a protocol error`(opcode: UInt8) throws {
        #expect(isProtocolError(try fault(ClientFrame(opcode: opcode, payload: []))))
    }

    @Test func `control frames are whole and short`() throws {
        #expect(isProtocolError(try fault(ClientFrame(opcode: 9, payload: [], isFinal: false))))
        #expect(isProtocolError(try fault(ClientFrame(opcode: 9, payload: [UInt8](repeating: 0, count: 126)))))
        #expect(try fault(ClientFrame(opcode: 9, payload: [UInt8](repeating: 0, count: 125))) == nil)
    }

    @Test func `fragments come in order`() throws {
        #expect(isProtocolError(try fault(ClientFrame(opcode: 0, payload: [1]))))
        #expect(isProtocolError(try fault(ClientFrame(opcode: 1, payload: [1], isFinal: false), .text("x"))))
    }

    @Test func `too much is too large, whole or in fragments`() throws {
        var huge = ClientFrame(opcode: 1, payload: [])
        huge.claimedLength = 1 << 16 + 1
        #expect(try fault(huge) == .tooLarge)
        let half = ClientFrame(opcode: 1, payload: [UInt8](repeating: 65, count: 40_000), isFinal: false)
        var rest = half
        rest.opcode = 0
        #expect(try fault(half, rest) == .tooLarge)
    }

    @Test(arguments: [UInt16(999), 1004, 1005, 1006, 1015, 2999, 5000, 0])
    func `a close code that may not be sent is a protocol error`(code: UInt16) throws {
        #expect(isProtocolError(try fault(.close(code))))
    }

    @Test(arguments: [UInt16(1000), 1001, 1011, 1012, 3000, 4408, 4999])
    func `a close code that may be sent passes`(code: UInt16) throws { #expect(try fault(.close(code, "bye")) == nil) }

    @Test func `a close frame has no payload or a code and UTF-8`() throws {
        #expect(try fault(ClientFrame(opcode: 8, payload: [])) == nil)
        #expect(isProtocolError(try fault(ClientFrame(opcode: 8, payload: [3]))))
        #expect(try fault(ClientFrame(opcode: 8, payload: [3, 0xe8, 0xff])) == .invalidText)
    }

    @Test func `after a fault nothing more comes through`() throws {
        let channel = try channel()
        var bad = ClientFrame.text("x")
        bad.mask = nil
        #expect(throws: FrameFault.self) { try channel.writeInbound(bad.bytes) }
        try channel.writeInbound(ClientFrame.text("y").bytes)
        #expect(try channel.readInbound(as: WebSocketFrame.self) == nil)
    }

    @Test func `a text in fragments arrives whole and without its masks`() throws {
        let channel = try channel()
        let parts = ["{\"type\":\"scene_event\",", "\"eventType\":\"ripple", "_effect\"}"]
        for (index, part) in parts.enumerated() {
            var frame = ClientFrame(opcode: index == 0 ? 1 : 0, payload: Array(part.utf8))
            frame.isFinal = index == parts.count - 1
            try channel.writeInbound(frame.bytes)
        }
        let frame = try channel.readInbound(as: WebSocketFrame.self)
        #expect(frame.map { String(buffer: $0.data) } == parts.joined())
    }

    @Test(arguments: 0..<40) func `unmasking is right at every length`(length: Int) {
        let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let key = WebSocketMaskingKey(arrayLiteral: 0x12, 0x34, 0x56, 0xff)
        var data = ByteBuffer(bytes: [9, 9, 9] + payload)
        data.moveReaderIndex(forwardBy: 3)
        data.webSocketMask(key)
        let frame = WebSocketFrame(fin: true, opcode: .text, maskKey: key, data: data)
        #expect(Array(frame.fastUnmaskedData().readableBytesView) == payload)
        #expect(Array(frame.fastUnmaskedData().readableBytesView) == payload, "the frame itself is unchanged")
    }
}
