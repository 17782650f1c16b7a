import Logging
import NIOCore
import NIOPosix
import NIOWebSocket
import Sync

/// The server's end of one WebSocket, RFC 6455: pongs, the close handshake, faults, buffers; and nothing of any table.
///
/// The last handler of the pipeline; lives on its event loop. What messages mean is its ``WebSocketPeer``'s business.
package final class WebSocketEndpoint: ChannelInboundHandler {
    package typealias InboundIn = WebSocketFrame

    private enum Phase {
        case open
        /// Our close frame is out, the peer's is awaited.
        case closing
        /// Nothing more is sent nor heard; the peer is to see the end and to close its side.
        case ended
    }

    /// Larger frames count as queued at once, so that their sender is held back.
    private static let loneFrameByteCountMax = 256 << 10

    /// What is read from the client, and whether.
    let reading: ReadingControl
    /// What waits in the server's buffers for the client.
    private(set) var buffers = BufferWatch()
    private let channel: any Channel
    private let closeTimeout: TimeAmount
    private let logger: Logger

    /// Nil before the handler is in its pipeline and after it has left it.
    private var context: ChannelHandlerContext?
    /// Where ready-made frames are written: behind NIO's encoder, which would add headers to them.
    private var encoderContext: ChannelHandlerContext?
    /// Where a lone frame is handed to the kernel.
    private var socket: SocketCore?
    private var peer: (any WebSocketPeer)?
    private var phase = Phase.open
    /// The channel's own answer, which it tells every change of; asking it for each of 500 clients costs more.
    private var isWritable = false
    private var mustFlush = false
    /// The only frame since the last flush, while NIO's queue is empty: it goes to the kernel without a detour.
    private var loneFrame: ByteBuffer?
    /// Whether anything may wait in NIO's queue; at first the answer to the handshake.
    private var mayBeQueued = true
    /// The newest ping of the client that came while its buffers were full; RFC 6455 lets the others go unanswered.
    private var waitingPing: ByteBuffer?
    /// Whether the present read has brought a whole message.
    private var hasReadMessage = false

    private init(
        channel: any Channel, configuration: WebSocketConfiguration, allowance: CommandAllowance, logger: Logger
    ) {
        self.channel = channel
        self.closeTimeout = configuration.closeTimeout
        self.logger = logger
        self.reading = ReadingControl(channel: channel, allowance: allowance, logger: logger)
    }

    /// Puts the handlers of an upgraded connection into its pipeline, behind NIO's decoder and encoder.
    ///
    /// - Parameters:
    ///   - channel: The upgraded channel, on whose event loop this is called.
    ///   - configuration: Its limits.
    ///   - intake: What all connections share for unfinished messages.
    ///   - logger: Where faults go.
    ///   - peer: Makes what stands behind it.
    package static func install(
        on channel: any Channel, configuration: WebSocketConfiguration, intake: IntakeBudget, logger: Logger,
        peer: (WebSocketEndpoint) -> any WebSocketPeer
    ) throws {
        try channel.limitUnsentBytes()
        try channel.syncOptions?.setOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 256 << 10))
        let allowance = CommandAllowance(
            countMax: configuration.commandsInFlightMax, byteCountMax: configuration.bytesInFlightMax)
        let endpoint = WebSocketEndpoint(
            channel: channel, configuration: configuration, allowance: allowance, logger: logger)
        endpoint.peer = peer(endpoint)
        let operations = channel.pipeline.syncOperations
        let intakeHandler = IntakeHandler(budget: intake)
        try operations.addHandler(intakeHandler, position: .first)
        try operations.addHandler(
            FrameRulesHandler(messageByteLimit: configuration.messageByteLimit, intake: intakeHandler))
        try operations.addHandler(endpoint)
    }

    // MARK: What the peer does with it

    /// The loop that everything happens on.
    var eventLoop: any EventLoop { channel.eventLoop }

    /// Whether the connection is on its way out; nothing can be sent then.
    var isClosing: Bool { phase != .open }

    /// Whether the client takes more now.
    ///
    /// Nothing is to be queued for one that does not.
    var canTake: Bool { isWritable && !isClosing }

    /// Writes a ready-made frame; it leaves with the next ``flush()``, at the latest at the end of this turn.
    func send(_ frame: ByteBuffer, promise: EventLoopPromise<Void>? = nil) {
        guard !isClosing, let encoderContext else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        buffers.queued(frame.readableBytes)
        mustFlush = true
        if promise == nil, loneFrame == nil, frame.readableBytes <= Self.loneFrameByteCountMax, socket != nil,
            isQueueEmpty
        {
            loneFrame = frame
        } else {
            queueLoneFrame()
            encoderContext.write(NIOAny(frame), promise: promise)
            mayBeQueued = true
        }
    }

    /// Writes an answer to something that the client sent.
    ///
    /// If there is no room for it, the client isn't listened to until there is.
    func answer(_ frame: ByteBuffer) {
        send(frame)
        if !canTake { reading.hold(.fullBuffers) }
    }

    /// Answers a message with a message of the same kind.
    package func answer(text payload: ByteBuffer) { answer(ServerFrame.message(payload, opcode: .text)) }

    /// Answers a message with a message of the same kind.
    package func answer(binary payload: ByteBuffer) { answer(ServerFrame.message(payload, opcode: .binary)) }

    /// Lets what was written leave.
    package func flush() {
        guard mustFlush else { return }
        mustFlush = false
        if let frame = loneFrame {
            loneFrame = socket?.sendAtOnce(frame)
            guard loneFrame != nil else { return }
            queueLoneFrame()
        }
        encoderContext?.flush()
    }

    /// Whether NIO has nothing left to write.
    private var isQueueEmpty: Bool {
        if mayBeQueued { mayBeQueued = channel.bufferedByteCount != 0 }
        return !mayBeQueued
    }

    private func queueLoneFrame() {
        guard let frame = loneFrame else { return }
        loneFrame = nil
        encoderContext?.write(NIOAny(frame), promise: nil)
        mayBeQueued = true
    }

    /// Bytes that wait for the client in the server's own buffers; a channel without such buffers has none.
    var unsentByteCount: Int { channel.bufferedByteCount ?? 0 }

    /// Looks whether the client has taken anything out of the buffers since the last look.
    ///
    /// - Returns: Bytes that wait in them, and whether any were taken.
    func lookAtBuffers(now: Int64) -> (buffered: Int, wasTaken: Bool) {
        // A channel without the option has no buffers to watch.
        let buffered = channel.bufferedByteCount ?? 0
        return (buffered, buffers.look(buffered: buffered, now: now))
    }

    /// Ends the connection with a close frame, and waits for the peer's for a while.
    package func close(_ reason: CloseReason) {
        guard !isClosing, context != nil else { return }
        logger.debug(
            "WebSocket closed by the server", metadata: ["code": "\(reason.code)", "reason": "\(reason.text)"])
        phase = .closing
        sendLast(ServerFrame.close(WebSocketErrorCode(codeNumber: Int(reason.code)), text: reason.text))
    }

    // MARK: Channel handler

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isWritable = context.channel.isWritable
        socket = context.channel.socketCore
        do {
            encoderContext = try context.pipeline.syncOperations.context(handlerType: WebSocketFrameEncoder.self)
        } catch {
            preconditionFailure("the upgrade has added the frame encoder: \(error)")
        }
        peer?.opened()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        phase = .ended
        self.context = nil
        encoderContext = nil
        socket = nil
        peer?.gone()
        peer = nil
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        hasReadMessage = true
        switch frame.opcode {
        case .connectionClose: receiveClose(frame.data, context: context)
        case _ where isClosing: return
        case .text: peer?.received(text: frame.data)
        case .binary: peer?.received(binary: frame.data)
        case .ping: receivePing(frame.data)
        case .pong: peer?.received(pong: frame.data)
        default: return
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        peer?.readEnded(hasMessage: hasReadMessage)
        hasReadMessage = false
        flush()
        context.fireChannelReadComplete()
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable {
            reading.release(.fullBuffers)
            answerWaitingPing()
            peer?.becameWritable()
            flush()
        }
        context.fireChannelWritabilityChanged()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: peer?.stopping()
        // Half-closure is on, so a peer that is gone shows as this and not as an inactive channel.
        case ChannelEvent.inputClosed: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What comes after the first fault is discarded until the peer has seen the close frame.
        guard !isClosing else { return }
        guard let fault = FrameFault(error) else {
            logger.debug("WebSocket failed", metadata: ["error": "\(error)"])
            return context.close(promise: nil)
        }
        logger.debug("WebSocket fault", metadata: ["fault": "\(fault)"])
        close(fault.closeReason)
        // Whatever comes from it now isn't understood, its close frame neither.
        end(context)
    }

    // MARK: Pings

    private func receivePing(_ data: ByteBuffer) {
        guard canTake else { return waitingPing = data }
        send(ServerFrame.pong(data))
    }

    private func answerWaitingPing() {
        guard let ping = waitingPing, canTake else { return }
        waitingPing = nil
        send(ServerFrame.pong(ping))
    }

    // MARK: The end

    /// The peer begins to close, or answers ours.
    private func receiveClose(_ data: ByteBuffer, context: ChannelHandlerContext) {
        switch phase {
        case .open:
            var data = data
            phase = .closing
            sendLast(ServerFrame.close(data.readWebSocketErrorCode()))
            end(context)
        // Both close frames have come, so nothing can be lost any more.
        case .closing: context.close(promise: nil)
        case .ended: return
        }
    }

    private func sendLast(_ frame: ByteBuffer) {
        queueLoneFrame()
        encoderContext?.writeAndFlush(NIOAny(frame), promise: nil)
        // The peer's close frame, or the end of what it sends, has to be read.
        reading.releaseAll()
        // A peer that does not answer, or can't any more, is cut off.
        guard let context else { return }
        context.eventLoop.assumeIsolated().scheduleTask(in: closeTimeout) { context.close(promise: nil) }
    }

    /// Shows the peer the end, and discards what it still sends until it closes.
    ///
    /// To close at once would have the kernel reset the connection if there is anything unread, and the peer might lose
    /// our close frame to that.
    private func end(_ context: ChannelHandlerContext) {
        phase = .ended
        context.close(mode: .output, promise: nil)
    }
}

@available(*, unavailable)
extension WebSocketEndpoint: Sendable {}

extension FrameFault {
    /// What the peer is told.
    fileprivate var closeReason: CloseReason {
        switch self {
        case .protocolError: .protocolError
        case .invalidText: .invalidText
        case .tooLarge: .messageTooLarge
        case .noRoom: .busy
        }
    }
}
