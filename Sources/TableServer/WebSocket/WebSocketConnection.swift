import JSONDocument
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Sync
import Table

/// One client's socket: messages in, ready-made frames out, pings, limits and the end.
///
/// The last handler of the pipeline; lives on its event loop. What the messages mean is the session's business.
final class WebSocketConnection: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    /// A client may be sent this many rounds of buffers before the others have their turn.
    private static let roundsPerTurn = 8

    let id: ConnectionID
    let hub: LoopHub
    /// Who is at the other end, as an event's `actor`: the address is all that is known.
    let actor: String
    let logger: Logger

    /// Nil before the handler is in its pipeline and after it has left it.
    private var session: (any ClientSession)?
    private let request: ResumeRequest?
    private var liveness: Liveness
    private var reading: ReadingControl?
    private var buffers = BufferWatch()

    private var context: ChannelHandlerContext?
    /// Where ready-made frames are written: behind NIO's encoder, which would add headers to them.
    private var encoderContext: ChannelHandlerContext?
    /// The channel's own answer, which it tells every change of; asking it for each of 500 clients costs more.
    private var isWritable = false
    private var isClosing = false
    private var isAdvancing = false
    private var mustFlush = false
    private var isWaking = false
    /// The newest ping of the client that came while its buffers were full; RFC 6455 lets the others go unanswered.
    private var waitingPing: ByteBuffer?
    /// Whether the present read has brought a whole message.
    private var hasReadMessage = false

    /// A connection that speaks what its handshake asked for.
    init(id: ConnectionID, hub: LoopHub, head: HTTPRequestHead, remote: SocketAddress?) {
        let configuration = hub.services.configuration
        let isEvents = UpgradeRules.wantsEvents(head)
        var logger = hub.services.logger
        logger[metadataKey: "connection"] = "\(id.rawValue)"
        let now = NIODeadline.nowMilliseconds
        self.id = id
        self.hub = hub
        self.logger = logger
        actor = "ws@\(remote?.ipAddress ?? "local")"
        liveness = Liveness(limits: configuration.livenessLimits, now: now)
        request = isEvents ? .parse(query: UpgradeRules.query(of: head.uri)) : nil
        logger.debug("WebSocket opened", metadata: ["actor": "\(actor)", "events": "\(isEvents)"])
    }

    /// Puts the handlers of an upgraded connection into its pipeline, with this as the last.
    func install(on channel: any Channel) throws {
        let configuration = hub.services.configuration
        // Without the socket option the kernel takes megabytes for a client that reads nothing, and hides it from us.
        let notSentLowWaterMark = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: 25))
        try channel.syncOptions?.setOption(notSentLowWaterMark, value: 128 << 10)
        try channel.syncOptions?.setOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 256 << 10))
        let operations = channel.pipeline.syncOperations
        try operations.addHandler(FrameRulesHandler())
        try operations.addHandler(
            NIOWebSocketFrameAggregator(
                minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 4096,
                maxAccumulatedFrameSize: configuration.messageByteLimit))
        try operations.addHandler(self)
    }

    // MARK: What the session does with it

    /// Whether the client takes more now.
    ///
    /// Nothing is to be queued for one that does not.
    var canTake: Bool { isWritable && !isClosing }

    /// Writes a ready-made frame; it leaves with the next flush, at the latest at the end of this turn.
    func send(_ frame: ByteBuffer, promise: EventLoopPromise<Void>? = nil) {
        guard !isClosing, let encoderContext else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        encoderContext.write(NIOAny(frame), promise: promise)
        buffers.queued(frame.readableBytes)
        mustFlush = true
    }

    /// Writes an answer to something that the client sent.
    ///
    /// If there is no room for it, the client isn't listened to until there is.
    func answer(_ frame: ByteBuffer) {
        send(frame)
        if !canTake { reading?.hold(.fullBuffers) }
    }

    /// Reads nothing from the client, or may read again, because of answers that wait.
    func setAnswersWaiting(_ isWaiting: Bool) {
        isWaiting ? reading?.hold(.queuedAnswers) : reading?.release(.queuedAnswers)
    }

    /// Writes a ping whose pong the session wants, behind everything sent so far.
    func sendExtraPing() {
        let number = liveness.extraPing()
        send(ServerFrame.ping(number))
        session?.pingSent(number)
    }

    /// Calls the session's `tick` sooner than the next regular one.
    func wake(in milliseconds: Int64) {
        guard !isWaking, let eventLoop = context?.eventLoop else { return }
        isWaking = true
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) {
            self.isWaking = false
            self.session?.tick(now: .nowMilliseconds)
        }
    }

    /// The client was brought up to date; from now on the lag limits hold for it.
    func becameLive() { liveness.becameLive(now: .nowMilliseconds) }

    /// Hands a command to the table.
    ///
    /// Its answer comes back through the session's `answered`.
    ///
    /// - Parameter answer: Makes the line for the client on whichever thread, or nil if its protocol has none.
    func submit(
        _ request: CommandRequest, byteCount: Int,
        answer: @escaping @Sendable (Result<CommandOutcome, CommandError>, _ newestOffset: Int64) -> [UInt8]?
    ) {
        reading?.begin(byteCount: byteCount)
        let inbox = hub.inbox
        let id = id
        hub.services.table.submit(request) { result in
            inbox.post(.answer(id, CommandAnswer(line: { answer(result, $0) }, byteCount: byteCount)))
        }
    }

    /// Hands an effect to the table; it comes back with the passages.
    func relay(_ message: [UInt8]) {
        reading?.beginRelay(byteCount: message.count, now: .nowMilliseconds)
        hub.services.table.relay(Effect(origin: id, message: message))
    }

    /// Has a worker's thread do what would block the event loop, and goes on with its result if the client is still there.
    ///
    /// - Parameters:
    ///   - body: What blocks; an error ends the connection.
    ///   - then: Called on the event loop.
    func work<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result, then: @escaping (Result) -> Void
    ) {
        guard let context else { return }
        hub.services.workers.runIfActive(eventLoop: context.eventLoop, body)
            .assumeIsolated()
            .whenComplete { result in
                guard !self.isClosing else { return }
                switch result {
                case .success(let value): then(value)
                case .failure(let error):
                    self.logger.error("A client could not be served", metadata: ["error": "\(error)"])
                    self.close(.serverError)
                }
            }
    }

    /// Ends the connection with a close frame.
    func close(_ reason: CloseReason) {
        logger.debug(
            "WebSocket closed by the server", metadata: ["code": "\(reason.code)", "reason": "\(reason.text)"])
        startClose(WebSocketErrorCode(codeNumber: Int(reason.code)), text: reason.text)
    }

    // MARK: What the hub does with it

    /// Lets the client go on from its position, a few rounds of buffers at most.
    func advance() { advance(now: .nowMilliseconds) }

    /// The same, for whoever knows the time.
    func advance(now: Int64) {
        guard !isClosing, !isAdvancing, let context, let session else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        if let ping = waitingPing, canTake {
            waitingPing = nil
            send(ServerFrame.pong(ping))
        }
        for _ in 0..<Self.roundsPerTurn {
            let hasMore = session.advance(now: now)
            flush()
            // The flush may have emptied the buffers at once.
            guard hasMore, canTake else { return }
        }
        context.eventLoop.assumeIsolated().execute { self.advance() }
    }

    /// A command of this client is done.
    func commandEnded(_ answer: CommandAnswer) {
        session?.answered(answer)
        reading?.end(byteCount: answer.byteCount)
    }

    /// An effect of this client was relayed.
    func relayEnded() { reading?.endRelay() }

    /// Looks after pings, limits and the client's progress; called about once a second.
    func tick(now: Int64) {
        guard !isClosing, let context, let session else { return }
        session.tick(now: now)
        reading?.forgetRelays(now: now)
        watchBuffers(of: context.channel, now: now)
        if let action = liveness.tick(now: now, lag: lag()) { carryOut(action) }
        advance(now: now)
    }

    // MARK: Pings and progress

    private func carryOut(_ action: Liveness.Action) {
        switch action {
        case .close(let reason): close(reason)
        case .sendPing(let number): sendPing(number)
        }
    }

    private func sendPing(_ number: UInt64) {
        guard !isClosing, let encoderContext else { return }
        let promise = encoderContext.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess {
            self.liveness.pingLeftBuffers(number, now: .nowMilliseconds)
        }
        send(ServerFrame.ping(number), promise: promise)
        session?.pingSent(number)
    }

    private func watchBuffers(of channel: any Channel, now: Int64) {
        // A channel without the option (an embedded one) has no buffers to watch.
        let buffered = (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        let wasTaken = buffers.look(buffered: buffered, now: now)
        if wasTaken { liveness.bytesTaken(isEmpty: buffered == 0, now: now) }
        if buffered > 0 { liveness.bytesQueued(now: now) }
    }

    private func lag() -> Liveness.Lag {
        let unsent = session?.lag() ?? .none
        let since = [unsent.since, buffers.stuckSince].compactMap { $0 }.min()
        return Liveness.Lag(byteCount: unsent.byteCount + buffers.byteCount, since: since)
    }

    // MARK: Channel handler

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isWritable = context.channel.isWritable
        do {
            encoderContext = try context.pipeline.syncOperations.context(handlerType: WebSocketFrameEncoder.self)
        } catch {
            preconditionFailure("the upgrade has added the frame encoder: \(error)")
        }
        let configuration = hub.services.configuration
        let allowance = CommandAllowance(
            countMax: configuration.commandsInFlightMax, byteCountMax: configuration.bytesInFlightMax)
        reading = ReadingControl(channel: context.channel, allowance: allowance, logger: logger)
        hub.add(self)
        let now = Int64.nowMilliseconds
        let session: any ClientSession =
            if let request {
                EventSession(hub: hub, connection: self, request: request, now: now)
            } else {
                PlainSession(hub: hub, connection: self, now: now)
            }
        self.session = session
        session.opened(now: now)
        advance()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        hub.remove(id)
        isClosing = true
        self.context = nil
        encoderContext = nil
        session?.ended(now: .nowMilliseconds)
        session = nil
        reading = nil
        logger.debug("WebSocket gone")
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        hasReadMessage = true
        switch frame.opcode {
        case .connectionClose: answerClose(frame.data, context: context)
        case _ where isClosing: return
        case .text: receiveText(frame.data)
        case .binary: session?.receivedBinary()
        case .ping: waitingPing = frame.data
        case .pong: receivePong(frame.data)
        default: return
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // A large message is on its way, which its sender's pong can't overtake.
        if !hasReadMessage { liveness.partOfMessageReceived(now: .nowMilliseconds) }
        hasReadMessage = false
        advance()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable {
            reading?.release(.fullBuffers)
            advance()
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            advance()
            close(.serverStopping)
        // Half-closure is on, so a peer that is gone shows as this and not as an inactive channel.
        case ChannelEvent.inputClosed: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What comes after the first fault is discarded until the peer has seen the close frame.
        guard !isClosing else { return }
        guard let fault = FrameFault(error) else {
            logger.debug("WebSocket failed", metadata: ["error": "\(error)"])
            return context.close(promise: nil)
        }
        logger.debug("WebSocket fault", metadata: ["fault": "\(fault)"])
        close(fault.closeReason)
    }

    private func receiveText(_ data: ByteBuffer) {
        guard FrameRules.isUTF8(data) else { return close(.invalidText) }
        session?.received(text: Array(data.readableBytesView), now: .nowMilliseconds)
    }

    private func receivePong(_ data: ByteBuffer) {
        var data = data
        guard let number = data.readInteger(as: UInt64.self), data.readableBytes == 0 else { return }
        let now = Int64.nowMilliseconds
        liveness.pongReceived(number)
        session?.pongReceived(number, now: now)
    }

    private func flush() {
        guard mustFlush else { return }
        mustFlush = false
        encoderContext?.flush()
    }

    // MARK: The end

    /// The peer begins to close, or answers ours: either way the server closes the connection then.
    private func answerClose(_ data: ByteBuffer, context: ChannelHandlerContext) {
        guard !isClosing else { return context.close(promise: nil) }
        isClosing = true
        var data = data
        let frame = ServerFrame.close(data.readWebSocketErrorCode())
        encoderContext?.writeAndFlush(NIOAny(frame), promise: nil)
        context.close(promise: nil)
    }

    private func startClose(_ code: WebSocketErrorCode, text: String) {
        guard !isClosing, let context else { return }
        isClosing = true
        encoderContext?.writeAndFlush(NIOAny(ServerFrame.close(code, text: text)), promise: nil)
        // The peer's close frame has to be read.
        reading?.releaseAll()
        // A peer that does not answer, or can't any more, is cut off.
        context.eventLoop.assumeIsolated().scheduleTask(in: hub.services.configuration.closeTimeout) {
            context.close(promise: nil)
        }
    }
}

@available(*, unavailable)
extension WebSocketConnection: Sendable {}

extension FrameFault {
    /// What the peer is told.
    fileprivate var closeReason: CloseReason {
        switch self {
        case .protocolError: .protocolError
        case .invalidText: .invalidText
        case .tooLarge: .messageTooLarge
        }
    }
}

extension Int64 {
    fileprivate static var nowMilliseconds: Int64 { NIODeadline.nowMilliseconds }
}
