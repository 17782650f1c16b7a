import JSONDocument
import Testing

@testable import Sync

@Suite struct RateLimitTests {
    @Test func `a burst is admitted, then as many a second as the rate says`() {
        var limit = RateLimit(limits: .init(perSecond: 10, burst: 3), now: 0)
        #expect((0..<5).map { _ in limit.admit(now: 0) } == [true, true, true, false, false])
        #expect(limit.admit(now: 99) == false)
        #expect(limit.admit(now: 100) == true)
        #expect(limit.admit(now: 100) == false)
        #expect((0..<10).count { _ in limit.admit(now: 1_100) } == 3, "a quiet time earns one burst at most")
    }

    @Test func `a refusal takes nothing, so the waiting time is the truth`() {
        var limit = RateLimit(limits: .init(perSecond: 3, burst: 1), now: 0)
        #expect(limit.waitingTime(now: 0) == 0)
        #expect(limit.admit(now: 0) == true)
        for _ in 0..<100 { #expect(limit.admit(now: 10) == false) }
        let wait = limit.waitingTime(now: 10)
        #expect(limit.admit(now: 10 + wait - 1) == false)
        #expect(limit.admit(now: 10 + wait) == true)
    }

    @Test func `the rate holds over a long time, whatever the steps`() {
        for step in [1, 7, 333, 999] as [Int64] {
            var limit = RateLimit(limits: .init(perSecond: 7, burst: 10), now: 0)
            var admitted = 0
            for now in stride(from: Int64(0), to: 100_000, by: Int64.Stride(step)) {
                while limit.admit(now: now) { admitted += 1 }
            }
            let most = 10 + 7 * 100
            #expect(admitted <= most, "step \(step)")
            #expect(admitted >= most - 10 - Int(7 * step / 1_000 + 1), "step \(step): \(admitted)")
        }
    }

    @Test func `a clock that stands still or goes back, or a very long absence, does no harm`() {
        var limit = RateLimit(limits: .init(perSecond: 1_000, burst: 2), now: 1_000)
        #expect(limit.admit(now: 500) == true)
        #expect(limit.admit(now: 1_000) == true)
        #expect(limit.admit(now: 0) == false)
        #expect(limit.admit(now: .max) == true)
    }

    @Test func `what can't be refused makes a debt of one bucket at most`() {
        var limit = RateLimit(limits: .init(perSecond: 10, burst: 2), now: 0)
        for _ in 0..<1_000 { limit.take(now: 0) }
        #expect(limit.waitingTime(now: 0) == 300)
        #expect(limit.admit(now: 300) == true)
    }
}

@Suite struct PlainInflowTests {
    static let limits = RateLimit.Limits(perSecond: 10, burst: 2)

    static func scene(_ number: Int) -> JSONValue { ["n": .number(number)] }

    @Test func `of the scenes over the limit the newest is taken when there is room`() {
        var inflow = PlainInflow(limits: Self.limits, now: 0)
        #expect(inflow.received(scene: Self.scene(1), now: 0) == Self.scene(1))
        #expect(inflow.received(scene: Self.scene(2), now: 0) == Self.scene(2))
        #expect(inflow.wakesIn(now: 0) == nil)
        #expect(inflow.received(scene: Self.scene(3), now: 0) == nil)
        #expect(inflow.received(scene: Self.scene(4), now: 10) == nil)
        #expect(inflow.tick(now: 99) == nil)
        #expect(inflow.wakesIn(now: 99) == 1)
        #expect(inflow.tick(now: 100) == Self.scene(4))
        #expect(inflow.tick(now: 1_000) == nil)
    }

    @Test func `a scene that comes when there is room again replaces the held one`() {
        var inflow = PlainInflow(limits: Self.limits, now: 0)
        for number in 1...3 { _ = inflow.received(scene: Self.scene(number), now: 0) }
        #expect(inflow.received(scene: Self.scene(4), now: 500) == Self.scene(4))
        #expect(inflow.tick(now: 1_000) == nil)
    }

    @Test func `everything else passes at once, behind the scene that came before it`() {
        var inflow = PlainInflow(limits: Self.limits, now: 0)
        #expect(inflow.receivedOther(now: 0) == nil)
        for number in 1...3 { _ = inflow.received(scene: Self.scene(number), now: 0) }
        #expect(inflow.receivedOther(now: 0) == Self.scene(3))
        #expect(inflow.receivedOther(now: 0) == nil)
        #expect(inflow.received(scene: Self.scene(4), now: 100) == nil, "what passed was paid for")
    }

    @Test func `the last scene of a client that leaves isn't lost`() {
        var inflow = PlainInflow(limits: Self.limits, now: 0)
        for number in 1...3 { _ = inflow.received(scene: Self.scene(number), now: 0) }
        #expect(inflow.ended() == Self.scene(3))
        #expect(inflow.ended() == nil)
    }
}
