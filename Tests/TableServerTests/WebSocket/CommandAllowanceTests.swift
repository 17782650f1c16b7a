import Testing

@testable import TableServer

@Suite struct CommandAllowanceTests {
    @Test func `reading stops at the limit and goes on at half of it`() {
        var allowance = CommandAllowance(countMax: 4, byteCountMax: 1_000)
        let stops = (1...5).map { _ in allowance.begin(byteCount: 1) }
        #expect(stops == [false, false, false, true, false])
        let goesOn = (1...3).map { _ in allowance.end(byteCount: 1) }
        #expect(goesOn == [false, false, true])
    }

    @Test func `bytes count as well`() {
        var allowance = CommandAllowance(countMax: 100, byteCountMax: 1_000)
        let stops = [allowance.begin(byteCount: 600), allowance.begin(byteCount: 600)]
        #expect(stops == [false, true])
        let goesOn = [allowance.end(byteCount: 600), allowance.end(byteCount: 600)]
        #expect(goesOn == [false, true])
    }

    @Test func `an effect that never comes back is given up`() {
        var allowance = CommandAllowance(countMax: 10, byteCountMax: 1_000)
        _ = allowance.begin(byteCount: 7)
        allowance.relayed(byteCount: 7, now: 1_000)
        let forgotten = [allowance.forgottenRelays(now: 5_999), allowance.forgottenRelays(now: 6_000)]
        #expect(forgotten == [[], [7]])
        let late = allowance.relayEnded()
        #expect(late == nil)
    }
}

@Suite struct BufferWatchTests {
    @Test func `progress is what left the buffers since the last look`() {
        var watch = BufferWatch()
        var seen: [Int64?] = []
        func look(_ buffered: Int, _ now: Int64) -> Bool {
            let wasTaken = watch.look(buffered: buffered, now: now)
            seen.append(watch.stuckSince)
            return wasTaken
        }
        watch.queued(100)
        let first = [look(100, 1), look(100, 2)]
        watch.queued(50)
        let second = [look(120, 3), look(0, 4)]
        #expect(first == [false, false])
        #expect(second == [true, true])
        #expect(watch.byteCount == 0)
        #expect(seen == [1, 1, 3, nil])
    }
}
