import Testing

@testable import Sync

@Suite struct ClientRateLimitsTests {
    private static let limits = RateLimit.Limits(perSecond: 10, burst: 3)

    @Test func `each client has a limit of its own, and is told how long to wait`() {
        var clients = ClientRateLimits(limits: Self.limits, now: 0)
        for _ in 0..<3 { #expect(clients.admit("a", now: 0) == nil) }
        #expect(clients.admit("a", now: 0) == 100)
        #expect(clients.admit("b", now: 0) == nil)
        #expect(clients.admit("a", now: 99) == 1)
        #expect(clients.admit("a", now: 100) == nil)
    }

    @Test func `over a long time exactly the rate is admitted, whatever the client tries`() {
        var clients = ClientRateLimits(limits: Self.limits, now: 0)
        let admitted = (0..<60_000).filter { clients.admit("a", now: Int64($0)) == nil }.count
        #expect((602...603).contains(admitted), "10 a second for a minute, and the burst: \(admitted)")
    }

    @Test func `a client that has rested is forgotten, one that hasn't is not`() {
        var clients = ClientRateLimits(limits: Self.limits, now: 0)
        for number in 0..<1_000 { _ = clients.admit("rested \(number)", now: 0) }
        for _ in 0..<5 { _ = clients.admit("busy", now: 9_990) }
        #expect(clients.clientCount == 1_001)
        #expect(clients.admit("new", now: 10_000) == nil)
        #expect(clients.clientCount == 2)
        #expect(clients.admit("busy", now: 10_000) != nil)
    }

    @Test func `the table stays bounded when every request comes from another address`() {
        var clients = ClientRateLimits(limits: Self.limits, clientCountMax: 100, now: 0)
        for number in 0..<100_000 {
            #expect(clients.admit("\(number)", now: Int64(number) / 100) == nil)
            #expect(clients.clientCount <= 100)
        }
    }

    @Test func `a client that goes on stays limited while strangers fill the table`() {
        var clients = ClientRateLimits(limits: Self.limits, clientCountMax: 100, now: 0)
        var admitted = 0
        for number in 0..<10_000 {
            _ = clients.admit("stranger \(number)", now: Int64(number))
            if clients.admit("busy", now: Int64(number)) == nil { admitted += 1 }
        }
        #expect(admitted <= 103)
    }

    @Test func `a clock that stands or goes back takes nothing from anybody`() {
        var clients = ClientRateLimits(limits: Self.limits, now: 1_000)
        #expect(clients.admit("a", now: 1_000) == nil)
        #expect(clients.admit("a", now: 0) == nil)
        #expect(clients.admit("a", now: 1_000) == nil)
        #expect(clients.admit("a", now: 1_000) == 100)
    }

    @Test func `a rate comes with a burst of four seconds, and none admits everything`() {
        #expect(RateLimit.Limits.rate(240) == RateLimit.Limits())
        #expect(RateLimit.Limits() == RateLimit.Limits(perSecond: 240, burst: 1_000))
        #expect(RateLimit.Limits.rate(1).burst == 4)
        var limit = RateLimit(limits: .none, now: 0)
        for now in 0..<100_000 { #expect(limit.admit(now: Int64(now / 1_000))) }
    }
}
