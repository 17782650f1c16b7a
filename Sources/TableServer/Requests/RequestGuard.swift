import Logging
import NIOCore
import NIOHTTP1

/// Ends requests that can't be served to their end: each gets its answer, none holds the connection for ever.
///
/// Being the first to see a request, it also gives each its name (``RequestID``), which everybody behind it uses.
///
/// - A head that is over the limits or no HTTP is answered with 414, 431 or 400 and a `detail`, in its turn behind the
///   answers that are still on their way; then the connection closes.
/// - A body that nobody reads any more, because its request has been answered, is thrown away up to a limit, so that the
///   connection can be kept; beyond the limit the connection closes, and the answer said so if that could be foreseen.
///
/// It closes the sending side first and discards what comes until the client has gone: closing at once would let the kernel
/// reset the connection and take the answer from the client that is still sending.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case serving
        /// A head could not be read while an answer was on its way; what to say when it is out.
        case refusing(EarlyAnswer)
        /// Nothing more is answered.
        case closing
    }

    private let limits: RequestLimits
    private let line: RequestLineMeter
    private let logger: Logger
    private var state = State.serving
    /// Requests whose answers have not ended.
    private var openRequestCount = 0
    /// Whether the newest request's body is still arriving.
    private var isBodyOpen = false
    /// What the newest request said about its body's length, less what came; nil if it said nothing.
    private var announcedByteCount: Int64?
    /// Whether the connection closes after the answer to the newest request if its body is still arriving then.
    private var closesAfterAnswer = false
    /// Bytes of the body that came after the answer.
    private var drainedByteCount: Int64 = 0
    private var timer: Scheduled<Void>?

    init(limits: RequestLimits, line: RequestLineMeter, logger: Logger) {
        self.limits = limits
        self.line = line
        self.logger = logger
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    // MARK: From the client

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .closing = state { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            began(head)
            return context.fireChannelRead(wrapInboundOut(.head(head.named())))
        case .body(let bytes): bodyArrived(byteCount: Int64(bytes.readableBytes), context: context)
        case .end: ended()
        }
        if case .closing = state { return }
        context.fireChannelRead(data)
    }

    /// Reads on in place of the router, which has stopped reading; what comes is thrown away.
    func channelReadComplete(context: ChannelHandlerContext) {
        if case .closing = state { context.read() }
        context.fireChannelReadComplete()
    }

    private func began(_ head: HTTPRequestHead) {
        openRequestCount += 1
        isBodyOpen = true
        // Without keep-alive the router doesn't read a body to its end.
        closesAfterAnswer = !head.isKeepAlive
        announcedByteCount = head.headers.first(name: "content-length").flatMap { Int64($0) }
    }

    private func bodyArrived(byteCount: Int64, context: ChannelHandlerContext) {
        announcedByteCount = announcedByteCount.map { $0 - byteCount }
        guard openRequestCount == 0 else { return }
        drainedByteCount += byteCount
        if drainedByteCount > limits.drainByteCount { close(context) }
    }

    private func ended() {
        isBodyOpen = false
        drainedByteCount = 0
        line.requestEnded()
        if openRequestCount == 0 { stopTimer() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            // After its first error the decoder reports every further byte.
            return error is ByteToMessageDecoderError ? () : context.fireErrorCaught(error)
        }
        guard case .serving = state else { return }
        switch (isBodyOpen, openRequestCount) {
        case (true, 0): close(context)
        // Whoever reads the body answers.
        case (true, _): context.fireErrorCaught(error)
        case (false, 0): refuse(answer(for: error), context)
        case (false, _): state = .refusing(answer(for: error))
        }
    }

    private func answer(for error: HTTPParserError) -> EarlyAnswer {
        guard error == .headerOverflow else {
            return EarlyAnswer(status: .badRequest, detail: "This is no HTTP/1.1 request")
        }
        if line.byteCount > limits.fieldByteCount {
            return EarlyAnswer(
                status: .uriTooLong, detail: "The URL is too long; the limit is \(limits.fieldByteCount) bytes")
        }
        return EarlyAnswer(
            status: .requestHeaderFieldsTooLarge,
            detail: "The headers are too large; the limits are \(limits.fieldCount) headers, \(limits.fieldByteCount) "
                + "bytes in one and \(limits.headByteCount) bytes in all")
    }

    // MARK: To the client

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.code >= 200:
            context.write(wrapOutboundOut(.head(announcingClose(head))), promise: promise)
        case .end:
            context.write(data, promise: promise)
            answerEnded(context)
        case .head, .body: context.write(data, promise: promise)
        }
    }

    /// Says that the connection closes if it is certain by now that too much of the body is still to come.
    private func announcingClose(_ head: HTTPResponseHead) -> HTTPResponseHead {
        guard openRequestCount == 1, isBodyOpen, let announcedByteCount, announcedByteCount > limits.drainByteCount
        else { return head }
        closesAfterAnswer = true
        var head = head
        head.headers.replaceOrAdd(name: "connection", value: "close")
        return head
    }

    private func answerEnded(_ context: ChannelHandlerContext) {
        openRequestCount = max(0, openRequestCount - 1)
        guard openRequestCount == 0 else { return }
        if case .refusing(let answer) = state { return refuse(answer, context) }
        guard isBodyOpen else { return }
        if closesAfterAnswer { return close(context) }
        startTimer(context)
    }

    // MARK: Closing

    private func refuse(_ answer: EarlyAnswer, _ context: ChannelHandlerContext) {
        state = .closing
        answer.write(on: context, logger: logger)
        startTimer(context)
        context.read()
    }

    /// Lets what was written go out, and gives the client some time to read it.
    private func close(_ context: ChannelHandlerContext) {
        state = .closing
        context.flush()
        context.close(mode: .output, promise: nil)
        startTimer(context)
        context.read()
    }

    private func startTimer(_ context: ChannelHandlerContext) {
        guard timer == nil else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: limits.lingerTimeout) {
            context.close(promise: nil)
        }
    }

    private func stopTimer() {
        timer?.cancel()
        timer = nil
    }
}

@available(*, unavailable)
extension RequestGuard: Sendable {}
