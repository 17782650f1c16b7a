import Synchronization

/// Why a test stopped waiting.
struct NothingCame: Error, CustomStringConvertible {
    let what: String
    var description: String { "nothing came in time: \(what)" }
}

/// Values from another thread, taken one by one; a test that waits too long fails instead of hanging.
final class Mailbox<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        var waiting: (id: UInt64, continuation: CheckedContinuation<Value?, Never>)?
        var newestID: UInt64 = 0
    }

    private let state = Mutex(State())

    func put(_ value: Value) {
        let waiting = state.withLock { state in
            defer { state.waiting = nil }
            if state.waiting == nil { state.values.append(value) }
            return state.waiting
        }
        waiting?.continuation.resume(returning: value)
    }

    /// The next value.
    func next(within limit: Duration = .seconds(20), _ what: String = "a message") async throws -> Value {
        let id = state.withLock { state in
            state.newestID += 1
            return state.newestID
        }
        let watch = Task {
            try await Task.sleep(for: limit)
            self.giveUp(id)
        }
        defer { watch.cancel() }
        guard let value = await take(id) else { throw NothingCame(what: what) }
        return value
    }

    private func take(_ id: UInt64) async -> Value? {
        await withCheckedContinuation { continuation in
            let value = state.withLock { state -> Value? in
                guard state.values.isEmpty else { return state.values.removeFirst() }
                state.waiting = (id, continuation)
                return nil
            }
            if let value { continuation.resume(returning: value) }
        }
    }

    private func giveUp(_ id: UInt64) {
        let waiting = state.withLock { state in
            guard state.waiting?.id == id else { return nil as CheckedContinuation<Value?, Never>? }
            defer { state.waiting = nil }
            return state.waiting?.continuation
        }
        waiting?.resume(returning: nil)
    }
}
