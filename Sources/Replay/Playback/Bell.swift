import Synchronization

/// Wakes one task that sleeps.
///
/// A ring while nobody sleeps is kept for the next sleep, so none is lost.
final class Bell: Sendable {
    private struct State {
        var hasRung = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func ring() {
        let sleeper = state.withLock { state in
            state.hasRung = state.sleeper == nil
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Sleeps until it rings, or for so many milliseconds at most.
    ///
    /// Cancelling wakes too.
    func wait(atMost milliseconds: Int64?) async {
        guard let milliseconds else { return await wait() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            // Cancelled is as good as slept: it rang.
            group.addTask { try? await Task.sleep(for: .milliseconds(milliseconds)) }
            _ = await group.next()
            group.cancelAll()
        }
    }

    private func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isAwake = state.withLock { state in
                    if state.hasRung || Task.isCancelled {
                        state.hasRung = false
                        return true
                    }
                    state.sleeper = continuation
                    return false
                }
                if isAwake { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleeper.take() }
            sleeper?.resume()
        }
    }
}
