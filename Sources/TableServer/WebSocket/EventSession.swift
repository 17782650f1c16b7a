import JSONDocument
import Journal
import Logging
import NIOCore
import Sync
import Table

/// A client of `spelltable.events.v1`.
///
/// Its position is an offset. What it lacks is read from the ring, or from the journal where the ring has forgotten it;
/// nothing is queued for it. Resuming, falling behind and following live are the same path.
final class EventSession: ClientSession {
    private enum Phase {
        /// Somebody else's work comes first: the decision on how to join, or a chain digest.
        case waiting
        case downloading(PreparedSnapshot, next: Int)
        case readingJournal(JournalFollower)
        /// Out of the ring, many lines to a message, until all that is committed was sent.
        case catchingUp
        /// All that is committed was sent; the line that says so waits for the document's digest.
        case hashing
        case live
    }

    /// How many pings of a client wait for their answers at once; each further one takes the oldest one's place.
    private static let questionsMax = 64
    /// Bytes of lines in one message to a client that is catching up.
    private static let catchUpByteCount = 64 << 10

    private let hub: LoopHub
    private let connection: WebSocketConnection
    private let request: ResumeRequest
    private var limit: RateLimit
    private var phase = Phase.waiting
    /// The newest offset that was sent; at first what the client says it has.
    private var position: Int64
    /// The next passage, while the ring is what is read.
    private var next: UInt64 = 0
    /// Bytes of all lines up to `position`, as the hub counts them; an estimate while the journal is read.
    private var bytePosition: Int64 = 0
    /// Since when the ring has not had what the client needs next.
    private var behindSince: Int64?
    /// Whether `hello` was sent, which comes before anything else.
    private var hasGreeted = false
    /// Answers that wait for `hello`, or for the end of a snapshot: nothing may come between its fragments.
    private var answers: [ByteBuffer] = []
    /// Pings that were not answered yet: whether each wants the digest.
    private var questions: [Bool] = []

    /// A client that says where it stopped.
    init(hub: LoopHub, connection: WebSocketConnection, request: ResumeRequest, now: Int64) {
        self.hub = hub
        self.connection = connection
        self.request = request
        limit = RateLimit(limits: hub.services.configuration.rateLimits, now: now)
        position = request.after ?? hub.state.offset
    }

    // MARK: Joining

    func opened(now: Int64) {
        let state = hub.state
        let bytePosition = hub.byteCount
        let ringTail = request.after.flatMap { tailByteCount(after: $0) }
        let (request, services) = (request, hub.services)
        connection.work({ try services.decide(request, state: state, ringTail: ringTail) }) { answer in
            self.join(answer, state: state, bytePosition: bytePosition)
        }
    }

    private func join(_ answer: ResumeAnswer, state: CommittedState, bytePosition: Int64) {
        sendLine(
            ServerLine.hello(
                journal: hub.services.journal, offset: state.offset, chain: state.chain.hex, answer: answer))
        hasGreeted = true
        sendWaitingAnswers()
        switch answer {
        case .resume(let after):
            position = after
            self.bytePosition = bytePosition
            catchUp()
            connection.advance()
        case .snapshot:
            position = state.offset
            let services = hub.services
            connection.work({ services.snapshots.snapshot(of: state, bytePosition: bytePosition) }) { snapshot in
                self.bytePosition = bytePosition
                self.phase = .downloading(snapshot, next: 0)
                self.connection.advance()
            }
        }
    }

    /// How many bytes of lines stand after an offset; nil if the ring does not know.
    private func tailByteCount(after offset: Int64) -> Int? {
        guard offset <= hub.state.offset else { return nil }
        let number = hub.ring.firstNumber { $0.offsetAfter > offset }
        guard case .element(let passage) = hub.ring[number] else { return offset == hub.state.offset ? 0 : nil }
        return passage.offsetBefore <= offset ? Int(hub.byteCount - passage.startByte) : nil
    }

    // MARK: Going on

    func advance(now: Int64) -> Bool {
        while connection.canTake {
            guard step(now: now) else { return false }
        }
        switch phase {
        case .live: return next < hub.ring.next
        case .downloading, .catchingUp: return true
        // The next step begins elsewhere.
        case .waiting, .hashing, .readingJournal: return false
        }
    }

    /// Sends one message.
    ///
    /// Returns false if there is none to send now.
    private func step(now: Int64) -> Bool {
        switch phase {
        case .waiting, .hashing: return false
        case .downloading(let snapshot, let fragment):
            sendFragment(fragment, of: snapshot)
            return true
        case .readingJournal(let follower):
            read(follower)
            return false
        case .catchingUp: return sendTail()
        case .live: return sendNext(now: now)
        }
    }

    private func sendFragment(_ index: Int, of snapshot: PreparedSnapshot) {
        connection.send(snapshot.message[index])
        guard index + 1 == snapshot.message.count else {
            phase = .downloading(snapshot, next: index + 1)
            return
        }
        position = snapshot.state.offset
        catchUp()
        sendWaitingAnswers()
    }

    /// Chooses where what comes after `position` is read from.
    private func catchUp() {
        let number = hub.ring.firstNumber { $0.offsetAfter > position }
        switch hub.ring[number] {
        case .element(let passage) where passage.offsetBefore <= position:
            next = number
            phase = .catchingUp
        case .notYet(let end) where position == hub.state.offset:
            next = end
            phase = .catchingUp
        default:
            phase = .readingJournal(JournalFollower(table: hub.services.table, after: position))
        }
    }

    /// Sends what the ring has after `position`, up to one message's worth; or goes live if that was all.
    private func sendTail() -> Bool {
        var lines: [[UInt8]] = []
        var byteCount = 0
        while byteCount < Self.catchUpByteCount {
            guard case .element(let passage) = hub.ring[next] else { break }
            let tail = passage.lines(after: position)
            lines += tail
            byteCount += tail.reduce(0) { $0 + $1.count + 1 }
            position = max(position, passage.offsetAfter)
            bytePosition = passage.startByte + Int64(passage.byteCount)
            next += 1
        }
        if !lines.isEmpty {
            connection.send(ServerFrame.text(lines: lines))
            return true
        }
        if case .fellOut = hub.ring[next] {
            catchUp()
            return true
        }
        announce()
        return true
    }

    /// Says that all was sent.
    private func announce() {
        let state = hub.state
        withDigest(of: state) { digest in
            self.sendLine(ServerLine.live(offset: state.offset, chain: state.chain.hex, digest: digest))
            self.behindSince = nil
            self.connection.becameLive()
        }
    }

    /// Sends the next passage as it is; or what waits for the end of the ring.
    private func sendNext(now: Int64) -> Bool {
        if sendBundle() { return true }
        // Nearly every look ends here; asking the ring costs more.
        if next == hub.ring.next, questions.isEmpty { return false }
        switch hub.ring[next] {
        case .element(let passage):
            if let frame = passage.frame(for: connection.id) { connection.send(frame) }
            position = passage.offsetAfter
            bytePosition = passage.startByte + Int64(passage.byteCount)
            next += 1
            return true
        case .notYet:
            guard !questions.isEmpty else { return false }
            answerQuestion()
            return true
        case .fellOut:
            sendLine(ServerLine.behind(offset: position))
            behindSince = behindSince ?? now
            catchUp()
            return true
        }
    }

    /// Sends all that the pass has brought, if the client has everything before it and is sent the same as others.
    private func sendBundle() -> Bool {
        guard let bundle = hub.bundle, bundle.first == next, !bundle.involves(connection.id) else { return false }
        switch bundle.eventMessage {
        case .tooLarge: return false
        case .none: break
        case .shared(let frame): connection.send(frame)
        }
        position = bundle.offsetAfter
        bytePosition = bundle.endByte
        next = bundle.end
        return true
    }

    /// Stops sending until a state's digest is known, so that what is said with it is true where it stands.
    private func withDigest(of state: CommittedState, then send: @escaping (String) -> Void) {
        phase = .hashing
        hub.digests.digest(of: state) { digest in
            guard case .hashing = self.phase else { return }
            send(digest)
            self.phase = .live
            self.connection.advance()
        }
    }

    // MARK: The journal

    private func read(_ follower: JournalFollower) {
        phase = .waiting
        let answersQuestion = questions.first == false
        let newest = hub.state.offset
        connection.work({ try follower.next(through: newest, withChain: answersQuestion) }) { piece in
            if let chain = piece.chainBefore, !self.questions.isEmpty {
                self.questions.removeFirst()
                self.sendLine(ServerLine.pong(offset: self.position, chain: chain))
            }
            self.send(piece, of: follower)
        }
    }

    private func send(_ piece: JournalFollower.Piece, of follower: JournalFollower) {
        if !piece.lines.isEmpty {
            connection.send(ServerFrame.text(piece.lines))
            position = piece.newestOffset
            bytePosition += Int64(piece.lines.count)
        }
        phase = .readingJournal(follower)
        if hasInRing(after: position) { catchUp() }
        connection.advance()
    }

    private func hasInRing(after offset: Int64) -> Bool { tailByteCount(after: offset) != nil }

    // MARK: From the client

    func received(text: [UInt8], now: Int64) {
        for line in ClientMessage.parse(text) { handle(line, byteCount: text.count, now: now) }
    }

    func receivedBinary() { answer(ServerLine.error(.notText, "messages are text")) }

    private func handle(_ line: ClientLine, byteCount: Int, now: Int64) {
        switch line {
        case .invalid(let code, let message, let id):
            answer(ServerLine.error(id: id, code: code, message: message))
        case .ping(let wantsDigest): ask(wantsDigest)
        case .command(let id, let name, let data, let ifOffset):
            guard admits(id, now: now) else { return }
            submit(id: id, name: name, data: data, ifOffset: ifOffset, byteCount: byteCount)
        case .effect(let message):
            guard admits(nil, now: now) else { return }
            connection.relay(message.serialized())
        }
    }

    private func admits(_ id: String?, now: Int64) -> Bool {
        if limit.admit(now: now) { return true }
        let wait = limit.waitingTime(now: now)
        answer(ServerLine.error(id: id, .rateLimited, "too many messages; try again in \(wait) ms"))
        return false
    }

    private func submit(id: String, name: String, data: JSONValue, ifOffset: Int64?, byteCount: Int) {
        do throws(CommandError) {
            let command = try Command.parse(name: name, data: data)
            let request = CommandRequest(
                command, actor: connection.actor, id: id,
                contentDigest: CommandRequest.contentDigest(name: name, data: data), ifOffset: ifOffset,
                origin: connection.id)
            connection.submit(request, byteCount: byteCount)
        } catch {
            answer(Self.errorLine(id, error))
        }
    }

    private static func errorLine(_ id: String, _ error: CommandError) -> [UInt8] {
        ServerLine.error(id: id, code: error.code.name, message: error.message, details: error.details)
    }

    func answered(_ answer: CommandAnswer) {
        guard let id = answer.id else { return }
        switch answer.result {
        case .success(let outcome):
            self.answer(ServerLine.ack(id: id, offset: outcome.offset ?? hub.state.offset, answer: outcome.answer))
        case .failure(let error): self.answer(Self.errorLine(id, error))
        }
    }

    /// Sends a line because of something that the client sent.
    private func answer(_ line: [UInt8]) {
        let isDownloading = if case .downloading = phase { true } else { false }
        guard hasGreeted, !isDownloading else {
            answers.append(ServerFrame.text(line))
            return connection.setAnswersWaiting(true)
        }
        connection.answer(ServerFrame.text(line))
    }

    private func sendWaitingAnswers() {
        for frame in answers { connection.send(frame) }
        answers = []
        connection.setAnswersWaiting(false)
    }

    private func sendLine(_ line: [UInt8]) { connection.send(ServerFrame.text(line)) }

    // MARK: Pings of the protocol

    /// A ping is answered where the stream has a state to answer with: at once while the client is live.
    private func ask(_ wantsDigest: Bool) {
        if questions.count == Self.questionsMax { questions.removeFirst() }
        questions.append(wantsDigest)
    }

    private func answerQuestion() {
        let state = hub.state
        guard questions.removeFirst() else {
            return sendLine(ServerLine.pong(offset: state.offset, chain: state.chain.hex))
        }
        withDigest(of: state) { digest in
            self.sendLine(ServerLine.pong(offset: state.offset, chain: state.chain.hex, digest: digest))
        }
    }

    /// Its protocol has no word for it: offsets only grow within a connection.
    func jumped() -> Bool { false }

    // MARK: Time

    func pingSent(_ number: UInt64) {}

    func pongReceived(_ number: UInt64, now: Int64) {}

    func tick(now: Int64) {
        if case .readingJournal(let follower) = phase, !connection.canTake { follower.rest() }
    }

    func lag() -> Liveness.Lag {
        guard position < hub.state.offset else { return .none }
        let byteCount = max(0, Int(hub.byteCount - bytePosition))
        guard case .live = phase, case .element(let passage) = hub.ring[next] else {
            return Liveness.Lag(byteCount: byteCount, since: behindSince)
        }
        return Liveness.Lag(byteCount: byteCount, since: passage.arrival.milliseconds)
    }

    var offset: Int64 { position }

    func ended(now: Int64) {
        phase = .waiting
        questions = []
        answers = []
    }
}

@available(*, unavailable)
extension EventSession: Sendable {}
