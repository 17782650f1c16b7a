import Synchronization
import Table

/// Wakes tasks that wait for the next commit.
///
/// Safe from every thread.
///
/// It tells nothing but the newest offset: whoever is woken reads the events from the journal, at their own pace.
package final class CommitSignal: Sendable {
    private struct State {
        var newest: Int64 = -1
        var isClosed = false
        /// How often a recording was set to another moment.
        var jumps = 0
        var nextTicket = 0
        var waiting: [Int: Waiter] = [:]
    }

    private struct Waiter {
        let after: Int64
        let continuation: CheckedContinuation<Int64?, Never>
    }

    private let state = Mutex(State())

    /// A signal that knows of no commit yet.
    package init() {}

    /// Follows a table from now on, as long as the table lives.
    package func follow(_ table: Table) {
        let present = table.onCommit { [self] batch in
            batch.isJump ? jump(to: batch.state.offset) : advance(to: batch.state.offset)
        }
        advance(to: present.offset)
    }

    /// Everything up to this offset is on disk.
    package func advance(to offset: Int64) {
        let woken = state.withLock { state -> [Waiter] in
            guard offset > state.newest else { return [] }
            state.newest = offset
            let woken = state.waiting.filter { $0.value.after < offset }
            for ticket in woken.keys { state.waiting[ticket] = nil }
            return Array(woken.values)
        }
        for waiter in woken { waiter.continuation.resume(returning: offset) }
    }

    /// A recording was set to another moment: everybody who waits gets nil, as what comes doesn't follow.
    package func jump(to offset: Int64) {
        let woken = state.withLock { state -> [Waiter] in
            state.newest = offset
            state.jumps += 1
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for waiter in woken { waiter.continuation.resume(returning: nil) }
    }

    /// How often a recording was set to another moment; whoever follows the events ends when it grows.
    package var jumpCount: Int { state.withLock { $0.jumps } }

    /// The server stops: everybody who waits, now or later, gets nil.
    package func close() {
        let woken = state.withLock { state -> [Waiter] in
            state.isClosed = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for waiter in woken { waiter.continuation.resume(returning: nil) }
    }

    /// How many wait now.
    var waiterCount: Int { state.withLock { $0.waiting.count } }

    /// Whether ``close()`` was called.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Suspends until an event after `offset` is on disk.
    ///
    /// - Returns: The newest offset, or nil when the server stops or the task is cancelled.
    package func next(after offset: Int64) async -> Int64? {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Int64?? in
                    if state.isClosed || Task.isCancelled { return .some(nil) }
                    if state.newest > offset { return state.newest }
                    state.waiting[ticket] = Waiter(after: offset, continuation: continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiting.removeValue(forKey: ticket) }
            waiter?.continuation.resume(returning: nil)
        }
    }

    /// As ``next(after:)``, but comes back after a time without an event too.
    ///
    /// - Returns: The newest offset; `.some(nil)` when the server stops; nil when the time is over.
    package func next(after offset: Int64, within time: Duration) async -> Int64?? {
        await withTaskGroup(of: Int64??.self) { group in
            group.addTask { .some(await self.next(after: offset)) }
            group.addTask {
                // Cancelled is as good as slept: the other task's answer is there then.
                try? await Task.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? .some(nil)
        }
    }
}
