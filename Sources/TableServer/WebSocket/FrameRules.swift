import NIOCore
import NIOWebSocket

/// What a peer did wrong.
enum FrameFault: Error, Equatable {
    /// Against RFC 6455; says what.
    case protocolError(String)
    /// Text that is no UTF-8.
    case invalidText
    /// Larger than the server takes.
    case tooLarge

    /// The fault behind an error that NIO's decoder or aggregator, or ``FrameRules``, reports; nil for any other error.
    init?(_ error: any Error) {
        switch error {
        case let fault as FrameFault: self = fault
        case NIOWebSocketError.invalidFrameLength: self = .tooLarge
        case is NIOWebSocketError: self = .protocolError("control frame in fragments or over 125 bytes")
        case NIOWebSocketFrameAggregator.Error.accumulatedFrameSizeIsTooLarge,
            NIOWebSocketFrameAggregator.Error.tooManyFragments:
            self = .tooLarge
        case is NIOWebSocketFrameAggregator.Error: self = .protocolError("fragments out of order")
        default: return nil
        }
    }
}

/// The rules of RFC 6455 that NIO's decoder leaves to its user.
///
/// They stand before the aggregator, whose frames have no mask any more; text is checked behind it, because a
/// character may be cut in two by a fragment's end.
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

/// Applies ``FrameRules`` to what comes in and takes the masks off.
///
/// After a fault it lets nothing more through: where a stream was wrong once, its frames' borders can't be trusted.
final class FrameRulesHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketFrame

    private var failed = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !failed else { return }
        let frame = unwrapInboundIn(data)
        if let fault = FrameRules.fault(inMasked: frame) { return fail(fault, context: context) }
        let payload = frame.fastUnmaskedData()
        if frame.opcode == .connectionClose, let fault = FrameRules.fault(inClosePayload: payload) {
            return fail(fault, context: context)
        }
        context.fireChannelRead(wrapInboundOut(WebSocketFrame(fin: frame.fin, opcode: frame.opcode, data: payload)))
    }

    private func fail(_ fault: FrameFault, context: ChannelHandlerContext) {
        failed = true
        context.fireErrorCaught(fault)
    }
}

@available(*, unavailable)
extension FrameRulesHandler: Sendable {}
