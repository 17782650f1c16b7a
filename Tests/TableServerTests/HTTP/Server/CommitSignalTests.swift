import Testing

@testable import TableServer

@Suite struct CommitSignalTests {
    @Test func `whoever is behind is not made to wait`() async {
        let signal = CommitSignal()
        signal.advance(to: 5)
        #expect(await signal.next(after: 4) == 5)
        #expect(await signal.next(after: -1) == 5)
    }

    @Test func `a commit wakes everybody who waits for it`() async {
        let signal = CommitSignal()
        signal.advance(to: 5)
        await withTaskGroup(of: Int64?.self) { group in
            for _ in 0..<10 { group.addTask { await signal.next(after: 5) } }
            signal.advance(to: 6)
            for await offset in group { #expect(offset == 6) }
        }
    }

    @Test func `an older offset changes nothing`() async {
        let signal = CommitSignal()
        signal.advance(to: 5)
        signal.advance(to: 3)
        #expect(await signal.next(after: 4) == 5)
    }

    @Test func `closing sends everybody home, now and later`() async {
        let signal = CommitSignal()
        await withTaskGroup(of: Int64?.self) { group in
            for _ in 0..<10 { group.addTask { await signal.next(after: 0) } }
            signal.close()
            for await offset in group { #expect(offset == nil) }
        }
        #expect(await signal.next(after: 0) == nil)
        #expect(signal.isClosed)
    }

    @Test func `a recording that was set back sends those home who wait, and goes on from there`() async {
        let signal = CommitSignal()
        signal.advance(to: 9)
        let before = signal.jumpCount
        let waiting = Task { await signal.next(after: 9) }
        while signal.waiterCount == 0 { await Task.yield() }
        signal.jump(to: 3)
        #expect(await waiting.value == nil)
        #expect(signal.jumpCount == before + 1)
        #expect(!signal.isClosed)
        signal.advance(to: 4)
        #expect(await signal.next(after: 3) == 4)
    }

    @Test func `a cancelled task doesn't wait on`() async {
        let signal = CommitSignal()
        let task = Task { await signal.next(after: 0) }
        task.cancel()
        #expect(await task.value == nil)
    }

    @Test func `without a commit the time comes to an end`() async {
        let signal = CommitSignal()
        let answer = await signal.next(after: 0, within: .milliseconds(1))
        #expect(answer == .none)
    }
}
