import NIOCore

/// A client's frame; every rule of RFC 6455 can be broken in it.
struct ClientFrame {
    var opcode: UInt8
    var payload: [UInt8]
    var isFinal = true
    /// The three reserved bits, as in the first byte.
    var reserved: UInt8 = 0
    var mask: [UInt8]? = [0x5a, 0x01, 0xff, 0x80]
    /// The length that the header claims.
    var claimedLength: Int?

    static func text(_ text: String) -> ClientFrame { ClientFrame(opcode: 1, payload: Array(text.utf8)) }

    static func ping(_ text: String) -> ClientFrame { ClientFrame(opcode: 9, payload: Array(text.utf8)) }

    static func pong(_ payload: [UInt8]) -> ClientFrame { ClientFrame(opcode: 10, payload: payload) }

    static func close(_ code: UInt16, _ reason: String = "") -> ClientFrame {
        ClientFrame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xff)] + Array(reason.utf8))
    }

    var bytes: ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger((isFinal ? 0x80 : 0) | reserved | opcode)
        let length = claimedLength ?? payload.count
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        switch length {
        case ...125: buffer.writeInteger(maskBit | UInt8(length))
        case ...0xffff:
            buffer.writeInteger(maskBit | 126)
            buffer.writeInteger(UInt16(length))
        default:
            buffer.writeInteger(maskBit | 127)
            buffer.writeInteger(UInt64(length))
        }
        guard let mask else {
            buffer.writeBytes(payload)
            return buffer
        }
        buffer.writeBytes(mask)
        buffer.writeBytes(payload.enumerated().map { $1 ^ mask[$0 & 3] })
        return buffer
    }
}
