import Testing

@testable import Sync

@Suite struct LivenessTests {
    static let lagLimit = 256 << 20

    /// A client that became live at 0.
    static func live() -> Liveness {
        var liveness = Liveness(now: 0)
        liveness.becameLive(now: 0)
        return liveness
    }

    @Test func `a ping goes out every 20 seconds`() {
        var liveness = Self.live()
        #expect(liveness.tick(now: 19_999, lag: .none) == nil)
        #expect(liveness.tick(now: 20_000, lag: .none) == .sendPing(1))
        liveness.pingLeftBuffers(1, now: 20_001)
        liveness.pongReceived(1)
        #expect(liveness.tick(now: 39_999, lag: .none) == nil)
        #expect(liveness.tick(now: 40_000, lag: .none) == .sendPing(2))
    }

    @Test func `no pong within 20 seconds of the ping's leaving the buffers ends the connection`() {
        var liveness = Self.live()
        #expect(liveness.tick(now: 20_000, lag: .none) == .sendPing(1))
        liveness.pingLeftBuffers(1, now: 25_000)
        #expect(liveness.tick(now: 44_999, lag: .none) == nil)
        #expect(liveness.tick(now: 45_000, lag: .none) == .close(.noPong))
    }

    @Test func `a ping that is still in the buffers costs the client nothing`() {
        var liveness = Self.live()
        #expect(liveness.tick(now: 20_000, lag: .none) == .sendPing(1))
        let lag = Liveness.Lag(byteCount: 1_000, since: 20_000)
        #expect(liveness.tick(now: 200_000, lag: lag) == nil)
        liveness.pingLeftBuffers(1, now: 200_000)
        #expect(liveness.tick(now: 219_999, lag: lag) == nil)
        #expect(liveness.tick(now: 220_000, lag: lag) == .close(.noPong))
    }

    @Test func `only the pong to the ping that is out counts`() {
        var liveness = Self.live()
        _ = liveness.tick(now: 20_000, lag: .none)
        liveness.pingLeftBuffers(7, now: 20_000)
        liveness.pingLeftBuffers(1, now: 20_000)
        liveness.pongReceived(0)
        liveness.pongReceived(99)
        #expect(liveness.tick(now: 40_000, lag: .none) == .close(.noPong))
    }

    @Test func `a pong may come before the edge has noticed that its ping left`() {
        var liveness = Self.live()
        _ = liveness.tick(now: 20_000, lag: .none)
        liveness.pongReceived(1)
        liveness.pingLeftBuffers(1, now: 20_002)
        #expect(liveness.tick(now: 40_001, lag: .none) == .sendPing(2))
    }

    @Test func `a client in the middle of a long message gets its time anew`() {
        var liveness = Self.live()
        _ = liveness.tick(now: 20_000, lag: .none)
        liveness.pingLeftBuffers(1, now: 20_000)
        liveness.partOfMessageReceived(now: 39_000)
        #expect(liveness.tick(now: 58_999, lag: .none) == nil)
        #expect(liveness.tick(now: 59_000, lag: .none) == .close(.noPong))
    }

    @Test func `pings of somebody else are numbered along and never waited for`() {
        var liveness = Self.live()
        #expect(liveness.extraPing() == 1)
        #expect(liveness.tick(now: 20_000, lag: .none) == .sendPing(2))
        liveness.pingLeftBuffers(2, now: 20_000)
        liveness.pongReceived(1)
        #expect(liveness.extraPing() == 3)
        #expect(liveness.tick(now: 39_999, lag: .none) == nil)
        liveness.pongReceived(3)
        #expect(liveness.tick(now: 40_000, lag: .none) == .sendPing(4), "the newest pong answers for all")
    }

    @Test func `a client being brought up to date may take as long as it takes something`() {
        var liveness = Liveness(now: 0)
        liveness.bytesQueued(now: 0)
        let far = Liveness.Lag(byteCount: 4 * Self.lagLimit, since: 0)
        for minute in 1...120 {
            let now = Int64(minute) * 59_000
            if case .close(let reason)? = liveness.tick(now: now, lag: far) { Issue.record("closed: \(reason)") }
            liveness.bytesTaken(isEmpty: false, now: now)
        }
    }

    @Test func `taking nothing for 60 seconds while being brought up to date ends the connection`() {
        var liveness = Liveness(now: 0)
        liveness.bytesQueued(now: 1_000)
        liveness.bytesTaken(isEmpty: false, now: 5_000)
        liveness.bytesQueued(now: 30_000)
        _ = liveness.tick(now: 20_000, lag: .none)
        #expect(liveness.tick(now: 64_999, lag: .none) == nil)
        #expect(liveness.tick(now: 65_000, lag: .none) == .close(.stalled))
    }

    @Test func `time in which the server has nothing to give isn't the client's`() {
        var liveness = Liveness(now: 0)
        liveness.bytesQueued(now: 0)
        liveness.bytesTaken(isEmpty: true, now: 100)
        _ = liveness.tick(now: 20_000, lag: .none)
        #expect(liveness.tick(now: 500_000, lag: .none) == nil)
        liveness.bytesQueued(now: 500_000)
        #expect(liveness.tick(now: 560_000, lag: .none) == .close(.stalled))
    }

    @Test func `a missing pong ends nothing before the first live, and the client's 20 seconds begin there`() {
        var liveness = Liveness(now: 0)
        #expect(liveness.tick(now: 20_000, lag: .none) == .sendPing(1))
        liveness.pingLeftBuffers(1, now: 20_000)
        #expect(liveness.tick(now: 100_000, lag: .none) == nil)
        liveness.becameLive(now: 100_000)
        #expect(liveness.isLive)
        #expect(liveness.tick(now: 119_999, lag: .none) == nil)
        #expect(liveness.tick(now: 120_000, lag: .none) == .close(.noPong))
    }

    @Test func `after the first live, too many bytes behind is too far`() {
        var liveness = Self.live()
        #expect(liveness.tick(now: 1, lag: Liveness.Lag(byteCount: Self.lagLimit, since: 0)) == nil)
        let over = Liveness.Lag(byteCount: Self.lagLimit + 1, since: 0)
        #expect(liveness.tick(now: 2, lag: over) == .close(.tooFarBehind))
    }

    @Test func `after the first live, more than ten minutes behind is too far`() {
        var liveness = Self.live()
        let lag = Liveness.Lag(byteCount: 1, since: 1_000)
        _ = liveness.tick(now: 30_000, lag: lag)
        #expect(liveness.tick(now: 601_000, lag: lag) == nil)
        #expect(liveness.tick(now: 601_001, lag: lag) == .close(.tooFarBehind))
    }

    @Test func `a client that fell behind and caught up again stays under the limits of a live one`() {
        var liveness = Self.live()
        liveness.becameLive(now: 50_000)
        liveness.bytesQueued(now: 0)
        #expect(liveness.tick(now: 19_000, lag: Liveness.Lag(byteCount: 1, since: 0)) == nil)
    }
}

@Suite struct CloseReasonTests {
    static let all: [CloseReason] = [
        .tooFarBehind, .stalled, .noPong, .serverStopping, .messageTooLarge, .busy, .protocolError, .invalidText,
        .serverError,
    ]

    @Test func `codes are those of the protocol`() {
        #expect(CloseReason.tooFarBehind.code == 4408)
        #expect(CloseReason.serverStopping.code == 1012)
        #expect(CloseReason.messageTooLarge.code == 1009)
        #expect(CloseReason.busy.code == 1013)
    }

    @Test func `no reason has the code on which the web client stays away, nor a text that doesn't fit`() {
        for reason in Self.all {
            #expect(reason.code != 1000)
            #expect(reason.text.utf8.count <= 123)
        }
    }
}
