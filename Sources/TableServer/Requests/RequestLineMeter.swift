import NIOCore

/// Measures the request line as it arrives, before the decoder.
///
/// The decoder says only that something in a request's head is too long; this tells a long URL from a long header.
final class RequestLineMeter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Bytes of the present request's line so far.
    private(set) var byteCount = 0
    private var isInLine = true

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isInLine { measure(unwrapInboundIn(data).readableBytesView) }
        context.fireChannelRead(data)
    }

    /// A request is complete; what comes next is another one's line.
    ///
    /// Of a pipelined request the part that came along with the end of the one before is not counted.
    func requestEnded() {
        byteCount = 0
        isInLine = true
    }

    private func measure(_ bytes: ByteBufferView) {
        // A decoder skips line ends before a request.
        let line = byteCount > 0 ? bytes[...] : bytes.drop { $0 == 13 || $0 == 10 }
        let end = line.firstIndex(of: 10)
        byteCount += line[..<(end ?? line.endIndex)].count
        isInLine = end == nil
    }
}

@available(*, unavailable)
extension RequestLineMeter: Sendable {}
