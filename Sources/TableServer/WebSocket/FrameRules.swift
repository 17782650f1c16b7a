import NIOCore
import NIOWebSocket

/// What a peer did wrong.
package enum FrameFault: Error, Equatable {
    /// Against RFC 6455; says what.
    case protocolError(String)
    /// Text that is no UTF-8.
    case invalidText
    /// Larger than the server takes.
    case tooLarge
    /// One more large message than there is room for.
    case noRoom

    /// The fault behind an error that NIO's decoder or ``FrameRulesHandler`` reports; nil for any other error.
    package init?(_ error: any Error) {
        switch error {
        case let fault as FrameFault: self = fault
        case NIOWebSocketError.invalidFrameLength: self = .tooLarge
        case is NIOWebSocketError: self = .protocolError("control frame in fragments or over 125 bytes")
        default: return nil
        }
    }
}

/// The rules of RFC 6455 that NIO's decoder leaves to its user.
///
/// How frames make up messages is ``MessageAssembler``'s business.
enum FrameRules {
    /// What is wrong with one frame from a client, before its mask is taken off; nil if nothing is.
    static func fault(inMasked frame: WebSocketFrame) -> FrameFault? {
        // Section 5.1: without masks a page could talk to proxies as it likes.
        if frame.maskKey == nil { return .protocolError("frame without mask") }
        // Section 5.2: no extension was agreed on.
        if frame.rsv1 || frame.rsv2 || frame.rsv3 { return .protocolError("reserved bit") }
        if !known.contains(frame.opcode) { return .protocolError("unknown opcode") }
        return nil
    }

    /// What is wrong with a close frame's payload, without its mask.
    ///
    /// Source: RFC 6455 sections 5.5.1 and 7.4.
    static func fault(inClosePayload payload: ByteBuffer) -> FrameFault? {
        var rest = payload
        if rest.readableBytes == 0 { return nil }
        guard let code = rest.readInteger(as: UInt16.self) else { return .protocolError("close frame of one byte") }
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: return isUTF8(rest) ? nil : .invalidText
        default: return .protocolError("close code \(code)")
        }
    }

    /// Whether the readable bytes are UTF-8.
    static func isUTF8(_ buffer: ByteBuffer) -> Bool {
        do {
            _ = try UTF8Span(validating: buffer.readableBytesUInt8Span)
            return true
        } catch {
            return false
        }
    }

    private static let known: Set<WebSocketOpcode> = [.continuation, .text, .binary, .connectionClose, .ping, .pong]
}

/// Applies ``FrameRules`` to what comes in, takes the masks off, and passes on whole messages and control frames.
///
/// After a fault it lets nothing more through: where a stream was wrong once, its frames' borders can't be trusted.
package final class FrameRulesHandler: ChannelInboundHandler {
    package typealias InboundIn = WebSocketFrame
    package typealias InboundOut = WebSocketFrame

    private let intake: IntakeHandler
    private var assembler: MessageAssembler
    private var failed = false

    /// A handler that takes messages of at most so many bytes, all fragments together.
    ///
    /// - Parameter intake: Is told what is kept of them; stands before the decoder.
    package init(messageByteLimit: Int, intake: IntakeHandler) {
        assembler = MessageAssembler(byteCountMax: messageByteLimit)
        self.intake = intake
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !failed else { return }
        do {
            let message = try message(from: unwrapInboundIn(data))
            intake.settle(at: assembler.byteCount)
            guard let message else { return }
            context.fireChannelRead(wrapInboundOut(message))
        } catch {
            failed = true
            context.fireErrorCaught(error)
        }
    }

    private func message(from frame: WebSocketFrame) throws(FrameFault) -> WebSocketFrame? {
        if let fault = FrameRules.fault(inMasked: frame) { throw fault }
        let payload = frame.fastUnmaskedData()
        if frame.opcode == .connectionClose, let fault = FrameRules.fault(inClosePayload: payload) { throw fault }
        return try assembler.take(WebSocketFrame(fin: frame.fin, opcode: frame.opcode, data: payload))
    }
}

@available(*, unavailable)
extension FrameRulesHandler: Sendable {}
