import Logging
import NIOCore
import NIOHTTP1

/// Ends HTTP connections whose client takes nothing of an answer, or asks for nothing more after one.
///
/// Stands behind NIO's HTTP decoder. However slowly an answer is taken, it goes on as long as some of it is: a connection is
/// idle only once its last answer has left for the kernel, not when it was handed over to be sent.
final class AnswerGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let stallTimeout: TimeAmount
    private let idleTimeout: TimeAmount
    private let logger: Logger
    private let bufferedByteCount: (any Channel) -> Int

    /// Requests whose answers haven't ended yet; more than one if the client doesn't wait for answers.
    private var openRequestCount = 0
    /// Answers that have ended and of which some is still in the server's buffers.
    private var leavingAnswerCount = 0
    private var hasWrittenSinceLook = false
    private var stallTimer: Scheduled<Void>?
    private var idleTimer: Scheduled<Void>?
    private var isGone = false

    /// - Parameter bufferedByteCount: How much waits in a channel's buffers, in bytes.
    init(
        configuration: WebSocketConfiguration, logger: Logger,
        bufferedByteCount: @escaping (any Channel) -> Int = AnswerGuard.bufferedByteCount
    ) {
        stallTimeout = configuration.stallTimeout
        idleTimeout = configuration.idleTimeout
        self.logger = logger
        self.bufferedByteCount = bufferedByteCount
    }

    /// What the channel itself says; 0 for one that has no buffers to watch (an embedded one).
    static func bufferedByteCount(_ channel: any Channel) -> Int {
        channel.bufferedByteCount ?? 0
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        isGone = true
        stallTimer?.cancel()
        idleTimer?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) {
            openRequestCount += 1
            idleTimer?.cancel()
            idleTimer = nil
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        hasWrittenSinceLook = true
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        openRequestCount = max(0, openRequestCount - 1)
        leavingAnswerCount += 1
        let left = promise ?? context.eventLoop.makePromise()
        left.futureResult.assumeIsolated().whenComplete { _ in self.answerLeft(context) }
        context.write(data, promise: left)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        guard stallTimer == nil, !isGone else { return }
        let buffered = bufferedByteCount(context.channel)
        if buffered > 0 { watch(context, buffered: buffered) }
    }

    private func answerLeft(_ context: ChannelHandlerContext) {
        leavingAnswerCount -= 1
        guard openRequestCount == 0, leavingAnswerCount == 0, !isGone else { return }
        idleTimer?.cancel()
        idleTimer = context.eventLoop.assumeIsolated().scheduleTask(in: idleTimeout) { context.close(promise: nil) }
    }

    /// Comes back after the time-out; if nothing was taken until then, nobody is there.
    ///
    /// Something was taken if fewer bytes wait than before, or if there was room for more.
    private func watch(_ context: ChannelHandlerContext, buffered: Int) {
        hasWrittenSinceLook = false
        stallTimer = context.eventLoop.assumeIsolated().scheduleTask(in: stallTimeout) {
            self.stallTimer = nil
            let left = self.bufferedByteCount(context.channel)
            guard left > 0 else { return }
            guard left >= buffered, !self.hasWrittenSinceLook else { return self.watch(context, buffered: left) }
            self.logger.debug("An answer was broken off that nobody takes", metadata: ["waiting": "\(left)"])
            context.close(promise: nil)
        }
    }
}

@available(*, unavailable)
extension AnswerGuard: Sendable {}
