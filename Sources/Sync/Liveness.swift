/// Decides whether a client is still there and fast enough: sync-protocol.md, "Slow, broken and hostile clients".
///
/// Two lives of a connection. While it is being brought up to date, it may take as long as it likes, as long as it takes
/// something: only 60 s without any bytes taken end it, so that nobody is sent round in a loop by a snapshot that is
/// larger than his line. Once it was live, it has to answer pings and to stay within the lag limits, from which it can
/// come back and resume.
///
/// Pure: the hub reports what happened and carries out the ``Action``. Times are milliseconds of any one monotonic clock.
package struct Liveness: Sendable {
    /// The times and sizes of the protocol, which are the defaults.
    package struct Limits: Equatable, Sendable {
        /// Milliseconds from one ping to the next.
        package var pingInterval: Int64
        /// Milliseconds from a ping's leaving the server's buffers to its pong.
        package var pongTimeout: Int64
        /// Milliseconds without any bytes taken, while the client is being brought up to date.
        package var stallTimeout: Int64
        /// Bytes by which a client that was live may be behind.
        package var lagByteCount: Int
        /// Milliseconds by which a client that was live may be behind.
        package var lagTime: Int64

        /// The protocol's limits, where nothing else is asked for.
        package init(
            pingInterval: Int64 = 20_000, pongTimeout: Int64 = 20_000, stallTimeout: Int64 = 60_000,
            lagByteCount: Int = 256 << 20, lagTime: Int64 = 600_000
        ) {
            self.pingInterval = pingInterval
            self.pongTimeout = pongTimeout
            self.stallTimeout = stallTimeout
            self.lagByteCount = lagByteCount
            self.lagTime = lagTime
        }
    }

    /// How far a client is behind.
    package struct Lag: Equatable, Sendable {
        /// Bytes of lines that it hasn't taken yet, in the server's buffers or still to be read.
        ///
        /// A plain client is sent only the newest scene, so it is behind by what is in the buffers and that.
        package var byteCount: Int
        /// When the oldest of those was committed; `nil` where there is none.
        package var since: Int64?

        /// A lag of so many bytes, the oldest of them committed at `since`.
        package init(byteCount: Int, since: Int64?) {
            self.byteCount = byteCount
            self.since = since
        }

        /// The client has everything.
        package static let none = Lag(byteCount: 0, since: nil)
    }

    /// What the hub is to do.
    package enum Action: Equatable, Sendable {
        /// Write a ping that carries this number (as 8 bytes, big-endian, or as the hub likes).
        case sendPing(UInt64)
        case close(CloseReason)
    }

    private enum Phase: Equatable {
        /// Until the first `live`. `stalledSince`: since when bytes have waited without any being taken.
        case catchingUp(stalledSince: Int64?)
        case live
    }

    private enum Ping: Equatable {
        case none
        /// Written, but still in the server's buffers.
        case buffered(UInt64)
        /// Gone out; its pong is due then.
        case awaited(UInt64, due: Int64)
    }

    private let limits: Limits
    private var phase = Phase.catchingUp(stalledSince: nil)
    private var ping = Ping.none
    private var newestPing: UInt64 = 0
    private var nextPingAt: Int64

    /// A client that has just connected.
    package init(limits: Limits = Limits(), now: Int64) {
        self.limits = limits
        self.nextPingAt = now + limits.pingInterval
    }

    /// Whether the client was sent its first `live`.
    package var isLive: Bool { self.phase == .live }

    /// Time has passed.
    ///
    /// To be called about once a second.
    package mutating func tick(now: Int64, lag: Lag) -> Action? {
        if let reason = self.overdue(now: now, lag: lag) { return .close(reason) }
        return now >= self.nextPingAt ? self.beginPing(now: now) : nil
    }

    /// Somebody else needs a ping (``PlainSceneMemory/wantsPing``).
    ///
    /// - Returns: Its number, greater than all before. Nobody is closed for not answering it.
    package mutating func extraPing() -> UInt64 {
        self.newestPing += 1
        return self.newestPing
    }

    /// A ping has left the server's buffers: now the client's time begins.
    package mutating func pingLeftBuffers(_ number: UInt64, now: Int64) {
        guard self.ping == .buffered(number) else { return }
        self.ping = .awaited(number, due: now + self.limits.pongTimeout)
    }

    /// A pong came.
    ///
    /// It answers all pings up to its own (RFC 6455, section 5.5.3, lets a client answer only the newest); an unasked one, or
    /// one to an older ping, means nothing.
    package mutating func pongReceived(_ number: UInt64) {
        guard number <= self.newestPing else { return }
        switch self.ping {
        case .buffered(let asked) where number >= asked, .awaited(let asked, _) where number >= asked: self.ping = .none
        case .none, .buffered, .awaited: break
        }
    }

    /// A part of a message came whose end is still to come: a pong can't overtake it, so the client gets its time anew.
    package mutating func partOfMessageReceived(now: Int64) {
        guard case .awaited(let number, _) = self.ping else { return }
        self.ping = .awaited(number, due: now + self.limits.pongTimeout)
    }

    /// Bytes were put into the server's buffers for this client.
    package mutating func bytesQueued(now: Int64) {
        guard case .catchingUp(stalledSince: nil) = self.phase else { return }
        self.phase = .catchingUp(stalledSince: now)
    }

    /// Bytes have left the server's buffers.
    ///
    /// - Parameter isEmpty: Whether none are left in them; then it is the server's turn, not the client's.
    package mutating func bytesTaken(isEmpty: Bool, now: Int64) {
        guard case .catchingUp = self.phase else { return }
        self.phase = .catchingUp(stalledSince: isEmpty ? nil : now)
    }

    /// The client was sent its first `live`; for a plain client, the connection status and the scene, if there is one.
    package mutating func becameLive(now: Int64) {
        guard !self.isLive else { return }
        self.phase = .live
        // A pong that was overdue while nobody looked is due from here.
        if case .awaited(let number, _) = self.ping {
            self.ping = .awaited(number, due: now + self.limits.pongTimeout)
        }
    }

    private func overdue(now: Int64, lag: Lag) -> CloseReason? {
        switch self.phase {
        case .catchingUp(stalledSince: nil):
            return nil
        case .catchingUp(stalledSince: .some(let since)):
            return now - since >= self.limits.stallTimeout ? .stalled : nil
        case .live:
            if case .awaited(_, let due) = self.ping, now >= due { return .noPong }
            if lag.byteCount > self.limits.lagByteCount { return .tooFarBehind }
            if let since = lag.since, now - since > self.limits.lagTime { return .tooFarBehind }
            return nil
        }
    }

    private mutating func beginPing(now: Int64) -> Action? {
        guard self.ping == .none else { return nil }
        let number = self.extraPing()
        self.ping = .buffered(number)
        self.nextPingAt = now + self.limits.pingInterval
        return .sendPing(number)
    }
}
