import Testing

@testable import Sync

@Suite struct ClientRateLimitsTests {
    private static let limits = RateLimit.Limits(perSecond: 10, burst: 3)

    private final class Clients {
        private var limits: ClientRateLimits

        init(limits: RateLimit.Limits, countMax: Int = 10_000, now: Int64 = 0) {
            self.limits = ClientRateLimits(limits: limits, clientCountMax: countMax, now: now)
        }

        var count: Int { limits.clientCount }

        func wait(_ client: String, at now: Int64) -> Int64? { limits.admit(client, now: now) }
    }

    @Test func `each client has a limit of its own, and is told how long to wait`() {
        let clients = Clients(limits: Self.limits, now: 0)
        for _ in 0..<3 { #expect(clients.wait("a", at: 0) == nil) }
        #expect(clients.wait("a", at: 0) == 100)
        #expect(clients.wait("b", at: 0) == nil)
        #expect(clients.wait("a", at: 99) == 1)
        #expect(clients.wait("a", at: 100) == nil)
    }

    @Test func `over a long time exactly the rate is admitted, whatever the client tries`() {
        let clients = Clients(limits: Self.limits, now: 0)
        let admitted = (0..<60_000).filter { clients.wait("a", at: Int64($0)) == nil }.count
        #expect((602...603).contains(admitted), "10 a second for a minute, and the burst: \(admitted)")
    }

    @Test func `a client that has rested is forgotten, one that hasn't is not`() {
        let clients = Clients(limits: Self.limits, now: 0)
        for number in 0..<1_000 { _ = clients.wait("rested \(number)", at: 0) }
        for _ in 0..<5 { _ = clients.wait("busy", at: 9_990) }
        #expect(clients.count == 1_001)
        #expect(clients.wait("new", at: 10_000) == nil)
        #expect(clients.count == 2)
        #expect(clients.wait("busy", at: 10_000) != nil)
    }

    @Test func `the table stays bounded when every request comes from another address`() {
        let clients = Clients(limits: Self.limits, countMax: 100)
        for number in 0..<100_000 {
            #expect(clients.wait("\(number)", at: Int64(number) / 100) == nil)
            #expect(clients.count <= 100)
        }
    }

    @Test func `a client that goes on stays limited while strangers fill the table`() {
        let clients = Clients(limits: Self.limits, countMax: 100)
        var admitted = 0
        for number in 0..<10_000 {
            _ = clients.wait("stranger \(number)", at: Int64(number))
            if clients.wait("busy", at: Int64(number)) == nil { admitted += 1 }
        }
        #expect(admitted <= 103)
    }

    @Test func `a clock that stands or goes back takes nothing from anybody`() {
        let clients = Clients(limits: Self.limits, now: 1_000)
        #expect(clients.wait("a", at: 1_000) == nil)
        #expect(clients.wait("a", at: 0) == nil)
        #expect(clients.wait("a", at: 1_000) == nil)
        #expect(clients.wait("a", at: 1_000) == 100)
    }

    @Test func `a rate comes with a burst of four seconds, and none admits everything`() {
        #expect(RateLimit.Limits.rate(240) == RateLimit.Limits())
        #expect(RateLimit.Limits() == RateLimit.Limits(perSecond: 240, burst: 1_000))
        #expect(RateLimit.Limits.rate(1).burst == 4)
        var limit = RateLimit(limits: .none, now: 0)
        let refused = (0..<100_000).filter { !limit.admit(now: Int64($0 / 1_000)) }
        #expect(refused.isEmpty)
    }
}
