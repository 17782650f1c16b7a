import NIOCore
import NIOEmbedded
import NIOWebSocket
import TableServer

extension FuzzTarget {
    static let webSocketFrames = FuzzTarget(
        "websocket-frames", "what a client sends after the upgrade: how many bytes arrive at a time, then the bytes"
    ) { input in
        let pieceByteCount = Int(input.bytes.first ?? 0) % 32 + 1
        let stream = Array(input.bytes.dropFirst())
        let whole = try StreamOutcome(stream, pieceByteCount: max(1, stream.count))
        let cut = try StreamOutcome(stream, pieceByteCount: pieceByteCount)
        try require(cut == whole, "in pieces of \(pieceByteCount) bytes: \(cut), not \(whole)")
        for message in whole.messages { try message.requireSound() }
    }

    static let webSocketMessage = FuzzTarget(
        "websocket-message", "a message: whether it is text, how it is cut into fragments, then its bytes"
    ) { input in
        let opcode: WebSocketOpcode = (input.bytes.first ?? 0) % 2 == 0 ? .text : .binary
        let fragmentByteCount = Int(input.bytes.dropFirst().first ?? 0) % 16 + 1
        let payload = Array(input.bytes.dropFirst(2))
        let whole = MessageOutcome(payload, opcode, fragmentByteCount: max(1, payload.count))
        let cut = MessageOutcome(payload, opcode, fragmentByteCount: fragmentByteCount)
        try require(cut == whole, "cut into \(fragmentByteCount) bytes: \(cut), not \(whole)")
        let isSound = opcode == .binary || String(validating: payload, as: UTF8.self) != nil
        try require((whole == .message(opcode, payload)) == isSound, "\(whole), but sound is \(isSound)")
    }
}

/// What a message comes to, however it was cut.
private enum MessageOutcome: Equatable {
    case message(WebSocketOpcode, [UInt8])
    case fault(FrameFault)
    case nothing

    /// Has the fragments put together, with a ping between each two.
    init(_ payload: [UInt8], _ opcode: WebSocketOpcode, fragmentByteCount: Int) {
        var assembler = MessageAssembler(byteCountMax: 1 << 20)
        self = .nothing
        do throws(FrameFault) {
            var start = 0
            repeat {
                let end = min(start + fragmentByteCount, payload.count)
                let frame = WebSocketFrame(
                    fin: end == payload.count, opcode: start == 0 ? opcode : .continuation,
                    data: ByteBuffer(bytes: payload[start..<end]))
                if let message = try assembler.take(frame) {
                    self = .message(message.opcode, Array(message.data.readableBytesView))
                } else if try assembler.take(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer())) == nil {
                    return
                }
                start = end
            } while start < payload.count
        } catch {
            self = .fault(error)
        }
    }
}

/// What a stream of bytes comes to, behind NIO's decoder and the server's own rules.
private struct StreamOutcome: Equatable {
    struct Message: Equatable {
        let opcode: WebSocketOpcode
        let payload: [UInt8]

        func requireSound() throws {
            switch self.opcode {
            case .text:
                try require(String(validating: self.payload, as: UTF8.self) != nil, "text that is no UTF-8")
            case .binary: try require(self.payload.count <= StreamOutcome.messageByteLimit, "a message over the limit")
            default: try require(self.payload.count <= 125, "a control frame of \(self.payload.count) bytes")
            }
        }
    }

    static let messageByteLimit = 1 << 10

    private(set) var messages: [Message] = []
    private var fault: FrameFault?

    /// - Throws: ``BrokenLaw`` for an error that the server would not know how to answer.
    init(_ stream: [UInt8], pieceByteCount: Int) throws {
        let channel = EmbeddedChannel()
        let intake = IntakeHandler(budget: IntakeBudget(byteCount: .max))
        do {
            try channel.pipeline.syncOperations.addHandlers([
                intake, ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: Self.messageByteLimit)),
                FrameRulesHandler(messageByteLimit: Self.messageByteLimit, intake: intake),
            ])
            for start in stride(from: 0, to: stream.count, by: pieceByteCount) {
                let piece = stream[start..<min(start + pieceByteCount, stream.count)]
                try channel.writeInbound(ByteBuffer(bytes: piece))
            }
        } catch {
            guard let fault = FrameFault(error) else { throw BrokenLaw(description: "no fault of a frame: \(error)") }
            self.fault = fault
        }
        while let frame = try channel.readInbound(as: WebSocketFrame.self) {
            self.messages.append(Message(opcode: frame.opcode, payload: Array(frame.data.readableBytesView)))
        }
        // Bytes that are left in the decoder are an error of the channel's, not of the stream's.
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }
}
