import Logging
import NIOCore
import NIOHTTP1

/// Ends HTTP connections whose client sends a body slower than anybody honest does.
///
/// Stands behind NIO's HTTP decoder. A slow body gets 408 if no answer has begun yet. Answers are ``AnswerGuard``'s business.
final class BodyGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let pace: BodyPace.Limits
    private let closeTimeout: TimeAmount
    private let logger: Logger
    private let now: () -> Int64

    /// The body that is being received.
    private var body: BodyPace?
    /// The head of the request that it belongs to.
    private var head: HTTPRequestHead?
    private var bodyTimer: Scheduled<Void>?
    private var isReading = false
    /// Requests whose answers haven't ended yet; more than one if the client doesn't wait for answers.
    private var openRequestCount = 0
    private var hasAnswerBegun = false
    /// The client was told that it is too slow; nothing that it sends, nor any other answer, counts any more.
    private var isEnding = false

    /// - Parameter now: Milliseconds of a monotonic clock.
    init(
        configuration: WebSocketConfiguration, logger: Logger,
        now: @escaping () -> Int64 = { NIODeadline.nowMilliseconds }
    ) {
        pace = BodyPace.Limits(
            window: configuration.bodyWindow.nanoseconds / 1_000_000, byteCount: configuration.bodyByteMinimum)
        closeTimeout = configuration.closeTimeout
        self.logger = logger
        self.now = now
    }

    // MARK: Bodies

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isEnding else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            openRequestCount += 1
            self.head = head
            body = BodyPace(limits: pace)
            body?.listens(now: now())
        case .body(let bytes): body?.received(byteCount: bytes.readableBytes)
        case .end: endBody()
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // The read that brought a connection's first request began before this handler was there.
        if isReading {
            isReading = false
            body?.pauses(now: now())
        }
        // Most bodies are there at once, and need no timer.
        if body != nil, bodyTimer == nil { look(context) }
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        isReading = true
        body?.listens(now: now())
        context.read()
    }

    private func look(_ context: ChannelHandlerContext) {
        bodyTimer = nil
        guard body != nil else { return }
        guard let milliseconds = body?.look(now: now()) else { return refuse(context) }
        bodyTimer = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) {
            self.look(context)
        }
    }

    private func endBody() {
        body = nil
        head = nil
        bodyTimer?.cancel()
        bodyTimer = nil
    }

    private func refuse(_ context: ChannelHandlerContext) {
        let request = (head?.requestID ?? RequestID(given: nil)).description
        endBody()
        isEnding = true
        let detail = "Fewer than \(pace.byteCount) bytes of the body came in \(pace.window / 1_000) seconds"
        guard openRequestCount == 1, !hasAnswerBegun else {
            logger.debug(
                "Closed in the middle of a request", metadata: ["request": "\(request)", "detail": "\(detail)"])
            return context.close(promise: nil)
        }
        EarlyAnswer(status: .requestTimeout, detail: detail, request: request).write(on: context, logger: logger)
        // Whoever waits for the body learns that there is none; the client has seen the answer by then.
        context.eventLoop.assumeIsolated().scheduleTask(in: closeTimeout) { context.close(promise: nil) }
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isEnding else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        // `100 Continue` is no answer yet.
        case .head(let head): hasAnswerBegun = head.status.code >= 200
        case .body: break
        case .end:
            hasAnswerBegun = false
            openRequestCount = max(0, openRequestCount - 1)
        }
        context.write(data, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) { endBody() }
}

@available(*, unavailable)
extension BodyGuard: Sendable {}
