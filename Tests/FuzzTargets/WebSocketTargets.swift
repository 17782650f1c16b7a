import NIOCore
import NIOWebSocket
import TableServer

extension FuzzTarget {
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
