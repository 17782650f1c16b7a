import Synchronization

/// How many commands may be on their way through the table at once.
///
/// Tasks wait here for a place, first come, first served; callers that can't wait are turned away. Thread-safe.
final class AdmissionGate: Sendable {
    private struct State {
        var admitted = 0
        /// Those who wait, from `firstWaiting` on; served ones are cut off in one go.
        var waiting: [CheckedContinuation<Void, Never>] = []
        var firstWaiting = 0

        var nobodyWaits: Bool { self.firstWaiting == self.waiting.count }

        mutating func nextWaiting() -> CheckedContinuation<Void, Never>? {
            guard !self.nobodyWaits else { return nil }
            defer { self.firstWaiting += 1 }
            if self.firstWaiting > 1024, self.firstWaiting * 2 > self.waiting.count {
                self.waiting.removeFirst(self.firstWaiting)
                self.firstWaiting = 0
            }
            return self.waiting[self.firstWaiting]
        }
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: The most that are admitted at once, at least 1.
    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// How many are admitted now.
    var admitted: Int { self.state.withLock { $0.admitted } }

    /// Takes a place if one is free and nobody waits for it.
    func tryEnter() -> Bool {
        self.state.withLock { state in
            guard state.admitted < self.limit, state.nobodyWaits else { return false }
            state.admitted += 1
            return true
        }
    }

    /// Takes a place as soon as it is this caller's turn.
    func enter() async {
        guard !self.tryEnter() else { return }
        await withCheckedContinuation { continuation in
            let isFree = self.state.withLock { state in
                guard state.admitted >= self.limit || !state.nobodyWaits else {
                    state.admitted += 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    /// Gives a place back; whoever waits longest has it from now on.
    func leave() {
        let next = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
            if let next = state.nextWaiting() { return next }
            state.admitted -= 1
            return nil
        }
        next?.resume()
    }
}
