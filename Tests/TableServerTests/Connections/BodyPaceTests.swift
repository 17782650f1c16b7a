import Testing

@testable import TableServer

@Suite struct BodyPaceTests {
    private static let limits = BodyPace.Limits(window: 1_000, byteCount: 100)

    @Test func `a body that brings the minimum in every window goes on`() {
        var pace = BodyPace(limits: Self.limits)
        pace.listens(now: 0)
        for second in 1...100 {
            pace.received(byteCount: 100)
            #expect(pace.look(now: Int64(second) * 1_000) == 1_000)
        }
    }

    @Test func `one that trickles is too slow at the end of the window`() {
        var pace = BodyPace(limits: Self.limits)
        pace.listens(now: 5)
        pace.received(byteCount: 99)
        #expect(pace.look(now: 600) == 405)
        #expect(pace.look(now: 1_005) == nil)
    }

    @Test func `what came early does not count for the next window`() {
        var pace = BodyPace(limits: Self.limits)
        pace.listens(now: 0)
        pace.received(byteCount: 1_000_000)
        #expect(pace.look(now: 1_000) == 1_000)
        #expect(pace.look(now: 2_000) == nil)
    }

    @Test func `time in which the server doesn't listen is not the client's`() {
        var pace = BodyPace(limits: Self.limits)
        pace.listens(now: 0)
        pace.pauses(now: 400)
        #expect(pace.look(now: 1_000_000) == 600)
        pace.listens(now: 1_000_000)
        pace.listens(now: 1_000_300)
        #expect(pace.look(now: 1_000_500) == 100)
        #expect(pace.look(now: 1_000_600) == nil)
    }
}
