import NIOCore
import NIOWebSocket

/// Frames as the server sends them, header and payload in one buffer.
///
/// A server's frames have no mask, so their bytes are the same for every client: each is built once and shared, and
/// written past NIO's encoder, which would put a header of its own before every client's copy.
enum ServerFrame {
    /// A whole text message of one line.
    static func text(_ payload: some Collection<UInt8>) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.reserveCapacity(payload.count + 10)
        writeHeader(into: &frame, opcode: .text, isFinal: true, length: payload.count)
        frame.writeBytes(payload)
        return frame
    }

    /// A whole text message of lines, with line feeds between them.
    static func text(lines: [[UInt8]]) -> ByteBuffer {
        let length = lines.reduce(max(0, lines.count - 1)) { $0 + $1.count }
        var frame = ByteBuffer()
        frame.reserveCapacity(length + 10)
        writeHeader(into: &frame, opcode: .text, isFinal: true, length: length)
        for (index, line) in lines.enumerated() {
            if index > 0 { frame.writeInteger(UInt8(ascii: "\n")) }
            frame.writeBytes(line)
        }
        return frame
    }

    /// A whole message with a payload that is there as a buffer already.
    static func message(_ payload: ByteBuffer, opcode: WebSocketOpcode) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.reserveCapacity(payload.readableBytes + 10)
        writeHeader(into: &frame, opcode: opcode, isFinal: true, length: payload.readableBytes)
        frame.writeImmutableBuffer(payload)
        return frame
    }

    /// A ping that carries a number, by which its pong is known again.
    static func ping(_ number: UInt64) -> ByteBuffer {
        var frame = ByteBuffer()
        writeHeader(into: &frame, opcode: .ping, isFinal: true, length: 8)
        frame.writeInteger(number)
        return frame
    }

    /// The answer to a client's ping, with its payload.
    static func pong(_ payload: ByteBuffer) -> ByteBuffer { message(payload, opcode: .pong) }

    /// A close frame with its code and a text of at most 123 bytes; without a code it is empty, as the answer to an
    /// empty one has to be.
    static func close(_ code: WebSocketErrorCode?, text: String = "") -> ByteBuffer {
        var frame = ByteBuffer()
        writeHeader(
            into: &frame, opcode: .connectionClose, isFinal: true, length: code == nil ? 0 : 2 + text.utf8.count)
        if let code {
            frame.write(webSocketErrorCode: code)
            frame.writeString(text)
        }
        return frame
    }

    /// The 2, 4 or 10 bytes before a payload.
    ///
    /// Source: RFC 6455 section 5.2.
    static func writeHeader(into frame: inout ByteBuffer, opcode: WebSocketOpcode, isFinal: Bool, length: Int) {
        let opcodeBits = UInt8(webSocketOpcode: opcode)
        frame.writeInteger((isFinal ? 0x80 : 0) | opcodeBits)
        switch length {
        case ...125: frame.writeInteger(UInt8(length))
        case ...0xffff:
            frame.writeInteger(UInt8(126))
            frame.writeInteger(UInt16(length))
        default:
            frame.writeInteger(UInt8(127))
            frame.writeInteger(UInt64(length))
        }
    }
}

/// A long message in fragments of 64 KB, ready to be sent piece by piece.
///
/// A snapshot of some 20 MB is built once and shared by all who download it; each only counts how far it is, and pings
/// go between the fragments.
struct FragmentedMessage: Sendable {
    /// Bytes of one fragment on the wire, its four bytes of header included.
    private static let stride = 1 << 16
    private static let payloadMax = stride - 4

    private let bytes: ByteBuffer
    /// How many fragments there are, at least one.
    let count: Int
    /// Bytes on the wire.
    var byteCount: Int { bytes.readableBytes }

    /// Cuts a text message, which is given in parts so that a large document needn't be copied to get its frame.
    init(text parts: [[UInt8]]) {
        var left = parts.reduce(0) { $0 + $1.count }
        count = max(1, (left + Self.payloadMax - 1) / Self.payloadMax)
        var bytes = ByteBuffer()
        bytes.reserveCapacity(left + count * 4)
        var rest = parts.map { $0[...] }[...]
        for index in 0..<count {
            var missing = min(left, Self.payloadMax)
            left -= missing
            ServerFrame.writeHeader(
                into: &bytes, opcode: index == 0 ? .text : .continuation, isFinal: index == count - 1, length: missing)
            while missing > 0, let part = rest.popFirst() {
                bytes.writeBytes(part.prefix(missing))
                if part.count > missing { rest.insert(part.dropFirst(missing), at: rest.startIndex) }
                missing -= min(missing, part.count)
            }
        }
        self.bytes = bytes
    }

    /// The frame of one fragment, sharing the message's bytes.
    subscript(index: Int) -> ByteBuffer {
        guard count > 1 else { return bytes }
        let start = bytes.readerIndex + index * Self.stride
        guard let frame = bytes.getSlice(at: start, length: min(Self.stride, bytes.writerIndex - start)) else {
            preconditionFailure("fragment \(index) of \(count)")
        }
        return frame
    }
}
