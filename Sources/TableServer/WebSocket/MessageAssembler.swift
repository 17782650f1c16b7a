import NIOCore
import NIOWebSocket

/// Puts the fragments of one client's messages together, and checks that text is UTF-8.
///
/// Pure. A fragment's bytes are copied behind those before it, so a message in very many small fragments costs its bytes
/// and no more: neither does memory grow with the number of fragments, nor is anything looked at twice. (NIO's aggregator
/// keeps every fragment, and with it the buffer that it was read into, until the last has come.) So the number of
/// fragments needs no limit of its own.
///
/// Source: RFC 6455 sections 5.4 and 8.1.
package struct MessageAssembler {
    private let byteCountMax: Int
    /// What the message in fragments is, text or binary; nil between messages.
    private var opcode: WebSocketOpcode?
    private var bytes = ByteBuffer()
    /// Where the characters that are known to be whole and valid end.
    private var checkedEnd = 0

    /// Bytes of the message in fragments that have come so far.
    var byteCount: Int { bytes.readableBytes }

    /// An assembler for messages of at most so many bytes.
    package init(byteCountMax: Int) { self.byteCountMax = byteCountMax }

    /// A frame came, without its mask.
    ///
    /// - Returns: What is to be passed on: a control frame, or a whole message; nil while fragments are missing.
    /// - Throws: A ``FrameFault``. Text that can't become valid any more is refused at the fragment that breaks it.
    package mutating func take(_ frame: WebSocketFrame) throws(FrameFault) -> WebSocketFrame? {
        switch frame.opcode {
        case .continuation: return try carryOn(frame)
        case .text, .binary: return try begin(frame)
        default: return frame
        }
    }

    private mutating func begin(_ frame: WebSocketFrame) throws(FrameFault) -> WebSocketFrame? {
        guard opcode == nil else { throw .protocolError("a new message inside another one") }
        guard !frame.fin else { return try whole(frame) }
        opcode = frame.opcode
        try append(frame.data)
        return nil
    }

    private func whole(_ frame: WebSocketFrame) throws(FrameFault) -> WebSocketFrame {
        guard frame.data.readableBytes <= byteCountMax else { throw .tooLarge }
        guard frame.opcode != .text || FrameRules.isUTF8(frame.data) else { throw .invalidText }
        return frame
    }

    private mutating func carryOn(_ frame: WebSocketFrame) throws(FrameFault) -> WebSocketFrame? {
        guard let opcode else { throw .protocolError("a continuation without a beginning") }
        try append(frame.data)
        guard frame.fin else { return nil }
        guard opcode != .text || checkedEnd == bytes.writerIndex else { throw .invalidText }
        defer { reset() }
        return WebSocketFrame(fin: true, opcode: opcode, data: bytes)
    }

    private mutating func append(_ fragment: ByteBuffer) throws(FrameFault) {
        guard bytes.readableBytes + fragment.readableBytes <= byteCountMax else {
            reset()
            throw .tooLarge
        }
        bytes.writeImmutableBuffer(fragment)
        if opcode == .text { try check() }
    }

    /// Checks the characters that have become whole since the last time.
    private mutating func check() throws(FrameFault) {
        let end = bytes.writerIndex - bytes.readableBytesView.suffix(3).cutCharacterLength
        guard end > checkedEnd else { return }
        guard let unchecked = bytes.getSlice(at: checkedEnd, length: end - checkedEnd), FrameRules.isUTF8(unchecked)
        else {
            reset()
            throw .invalidText
        }
        checkedEnd = end
    }

    /// Gives the memory back.
    private mutating func reset() {
        opcode = nil
        bytes = ByteBuffer()
        checkedEnd = 0
    }
}

extension ByteBufferView {
    /// How many of these last bytes begin a character of UTF-8 whose rest is still to come.
    fileprivate var cutCharacterLength: Int {
        for (distance, byte) in zip(1..., reversed()) where byte & 0xc0 != 0x80 {
            return byte.characterLength > distance ? distance : 0
        }
        return 0
    }
}

extension UInt8 {
    /// How long the character is that begins with this byte; 1 where none can, which is then found to be wrong at once.
    fileprivate var characterLength: Int {
        switch self {
        case 0xc2...0xdf: 2
        case 0xe0...0xef: 3
        case 0xf0...0xf4: 4
        default: 1
        }
    }
}
