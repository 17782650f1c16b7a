import JSONDocument
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Sync
import Table

/// One client of a table: its session, its pings and limits, and its turns.
///
/// Lives on its event loop, between the socket (``WebSocketEndpoint``) and what the messages mean (``ClientSession``).
final class WebSocketConnection {
    /// A client may be sent this many rounds of buffers before the others have their turn.
    private static let roundsPerTurn = 8

    let id: ConnectionID
    let hub: LoopHub
    /// Who is at the other end, as an event's `actor`: the address is all that is known.
    let actor: String
    let logger: Logger
    /// Whether it is a program on this machine, and not somebody whom a proxy on this machine lets in.
    let isLocal: Bool

    private let request: ResumeRequest?
    private let address: String
    private let openedAt = NIODeadline.now()
    private var liveness: Liveness
    /// Nil before the connection is open and after it is gone, as is the session.
    private var endpoint: WebSocketEndpoint?
    private var session: (any ClientSession)?
    private var isAdvancing = false
    private var isWaking = false

    /// A connection that speaks what its handshake asked for.
    private init(id: ConnectionID, hub: LoopHub, head: HTTPRequestHead, remote: SocketAddress?) {
        let isEvents = UpgradeRules.wantsEvents(head)
        var logger = hub.services.logger
        logger[metadataKey: "connection"] = "\(id.rawValue)"
        logger[metadataKey: "request"] = "\(head.requestID)"
        self.id = id
        self.hub = hub
        self.logger = logger
        actor = "ws@\(remote?.ipAddress ?? "local")"
        address = remote.addressText
        isLocal =
            ChangeLimiter.client(
                peer: remote?.ipAddress, forwardedFor: head.headers.first(name: "x-forwarded-for")) == nil
        liveness = Liveness(limits: hub.services.configuration.livenessLimits, now: .nowMilliseconds)
        request = isEvents ? .parse(query: UpgradeRules.query(of: head.uri)) : nil
        logger.debug("WebSocket opened", metadata: ["actor": "\(actor)", "events": "\(isEvents)"])
    }

    /// Makes an upgraded channel a client of a hub.
    static func open(_ id: ConnectionID, on channel: any Channel, hub: LoopHub, head: HTTPRequestHead) throws {
        let connection = WebSocketConnection(id: id, hub: hub, head: head, remote: channel.remoteAddress)
        try WebSocketEndpoint.install(
            on: channel, configuration: hub.services.configuration, intake: hub.services.intake,
            logger: connection.logger
        ) { endpoint in
            connection.endpoint = endpoint
            return connection
        }
    }

    // MARK: What the session does with it

    /// Whether the client takes more now.
    ///
    /// Nothing is to be queued for one that does not.
    var canTake: Bool { endpoint?.canTake ?? false }

    /// Writes a ready-made frame; it leaves at the latest at the end of this turn.
    func send(_ frame: ByteBuffer, promise: EventLoopPromise<Void>? = nil) {
        guard let endpoint else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        endpoint.send(frame, promise: promise)
    }

    /// Writes an answer to something that the client sent.
    ///
    /// If there is no room for it, the client isn't listened to until there is.
    func answer(_ frame: ByteBuffer) { endpoint?.answer(frame) }

    /// Reads nothing from the client, or may read again, because of answers that wait.
    func setAnswersWaiting(_ isWaiting: Bool) {
        isWaiting ? endpoint?.reading.hold(.queuedAnswers) : endpoint?.reading.release(.queuedAnswers)
    }

    /// Writes a ping whose pong the session wants, behind everything sent so far.
    func sendExtraPing() {
        let number = liveness.extraPing()
        send(ServerFrame.ping(number))
        session?.pingSent(number)
    }

    /// Calls the session's `tick` sooner than the next regular one.
    func wake(in milliseconds: Int64) {
        guard !isWaking, let eventLoop = endpoint?.eventLoop else { return }
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
    /// - Parameter bases: The versions of which a plain client's scene may have been made, in the command's order.
    func submit(
        _ request: CommandRequest, byteCount: Int, bases: [PlainSceneMemory.Candidate.ID] = []
    ) {
        endpoint?.reading.begin(byteCount: byteCount)
        let inbox = hub.inbox
        let id = id
        hub.services.table.submit(request) { result in
            inbox.post(
                .answer(id, CommandAnswer(result: result, id: request.id, bases: bases, byteCount: byteCount)))
        }
    }

    /// Hands an effect to the table; it comes back with the passages.
    func relay(_ message: [UInt8]) {
        endpoint?.reading.beginRelay(byteCount: message.count, now: .nowMilliseconds)
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
        guard let endpoint else { return }
        hub.services.workers.runIfActive(eventLoop: endpoint.eventLoop, body)
            .assumeIsolated()
            .whenComplete { result in
                guard !endpoint.isClosing else { return }
                switch result {
                case .success(let value): then(value)
                case .failure(let error):
                    self.logger.error("A client could not be served", metadata: ["error": "\(error)"])
                    self.close(.serverError)
                }
            }
    }

    /// Ends the connection with a close frame.
    func close(_ reason: CloseReason) { endpoint?.close(reason) }

    // MARK: What the hub does with it

    /// Lets the client go on from its position, a few rounds of buffers at most.
    func advance() { advance(now: .nowMilliseconds) }

    /// The same, for whoever knows the time.
    func advance(now: Int64) {
        guard !isAdvancing, let endpoint, !endpoint.isClosing, let session else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        for _ in 0..<Self.roundsPerTurn {
            let hasMore = session.advance(now: now)
            endpoint.flush()
            // The flush may have emptied the buffers at once.
            guard hasMore, endpoint.canTake else { return }
        }
        endpoint.eventLoop.assumeIsolated().execute { self.advance() }
    }

    /// A recording was set to another moment.
    func jumped() {
        guard let session, !session.jumped() else { return }
        close(.recordingJumped)
    }

    /// A command of this client is done.
    func commandEnded(_ answer: CommandAnswer) {
        if case .success(let outcome) = answer.result, let offset = outcome.offset, !outcome.repeated {
            logger.debug("Change written", metadata: ["offset": "\(offset)"])
        }
        session?.answered(answer)
        endpoint?.reading.end(byteCount: answer.byteCount)
    }

    /// An effect of this client was relayed.
    func relayEnded() { endpoint?.reading.endRelay() }

    /// The client as it stands now.
    func status(now: NIODeadline) -> ClientStatus {
        ClientStatus(
            kind: request == nil ? .plain : .events, address: address, actor: actor,
            connectedMilliseconds: now.milliseconds - openedAt.milliseconds,
            offset: session?.offset ?? hub.state.offset, unsentByteCount: endpoint?.unsentByteCount ?? 0,
            isLive: liveness.isLive)
    }

    /// Looks after pings, limits and the client's progress; called about once a second.
    func tick(now: Int64) {
        guard let endpoint, !endpoint.isClosing, let session else { return }
        session.tick(now: now)
        endpoint.reading.forgetRelays(now: now)
        let (buffered, wasTaken) = endpoint.lookAtBuffers(now: now)
        if wasTaken { liveness.bytesTaken(isEmpty: buffered == 0, now: now) }
        if buffered > 0 { liveness.bytesQueued(now: now) }
        if let action = liveness.tick(now: now, lag: lag(endpoint.buffers)) { carryOut(action) }
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
        guard let endpoint, !endpoint.isClosing else { return }
        let promise = endpoint.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess {
            self.liveness.pingLeftBuffers(number, now: .nowMilliseconds)
        }
        send(ServerFrame.ping(number), promise: promise)
        session?.pingSent(number)
    }

    private func lag(_ buffers: BufferWatch) -> Liveness.Lag {
        let unsent = session?.lag() ?? .none
        let since = [unsent.since, buffers.stuckSince].compactMap { $0 }.min()
        return Liveness.Lag(byteCount: unsent.byteCount + buffers.byteCount, since: since)
    }
}

@available(*, unavailable)
extension WebSocketConnection: Sendable {}

extension WebSocketConnection: WebSocketPeer {
    func opened() {
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

    func received(text: ByteBuffer) { session?.received(text: Array(text.readableBytesView), now: .nowMilliseconds) }

    func received(binary: ByteBuffer) { session?.receivedBinary() }

    func received(pong: ByteBuffer) {
        var pong = pong
        guard let number = pong.readInteger(as: UInt64.self), pong.readableBytes == 0 else { return }
        liveness.pongReceived(number)
        session?.pongReceived(number, now: .nowMilliseconds)
    }

    func readEnded(hasMessage: Bool) {
        // A large message is on its way, which its sender's pong can't overtake.
        if !hasMessage { liveness.partOfMessageReceived(now: .nowMilliseconds) }
        advance()
    }

    func becameWritable() { advance() }

    func stopping() {
        // Takes what waits for the end of a rest; it goes before the close frame.
        hub.pass()
        advance()
        close(.serverStopping)
    }

    func gone() {
        hub.remove(id)
        session?.ended(now: .nowMilliseconds)
        session = nil
        endpoint = nil
        logger.debug("WebSocket gone")
    }
}

extension Int64 {
    fileprivate static var nowMilliseconds: Int64 { NIODeadline.nowMilliseconds }
}
