import NIOCore
import Sync
import Synchronization
import Table

/// What other threads hand to one event loop's clients.
enum Delivery: Sendable {
    /// What was committed, in order.
    case passages([Passage])
    /// A client's command is done, or refused.
    case answer(ConnectionID, CommandAnswer)
    /// A recording was set to another moment; the passages before don't lead to it.
    case jump(CommittedState)
}

/// The end of a command that a client sent.
struct CommandAnswer: Sendable {
    /// What came of it.
    let result: Result<CommandOutcome, CommandError>
    /// The client's own name for the command, if it gave it one.
    let id: String?
    /// The versions of which a plain client's scene may have been made, as they were handed to the table.
    let bases: [PlainSceneMemory.Candidate.ID]
    /// How large the command was, to give its share of the client's allowance back.
    let byteCount: Int
}

/// The letter box of one event loop: anybody may post, the loop takes everything at once.
///
/// One wake-up serves all that was posted meanwhile, so under load several batches leave in one flush per client.
final class LoopInbox: Sendable {
    private struct Content {
        var deliveries: [Delivery] = []
        /// Whether the loop will come for them anyway.
        var isAwaited = false
        var isClosed = false
    }

    private let content = Mutex(Content())
    private let wake: @Sendable () -> Void

    /// - Parameter wake: Has the loop call ``take()`` soon; called once until it did.
    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    /// Posts something; after ``close()`` it is dropped, because nobody is left to be told.
    func post(_ delivery: Delivery) {
        let mustWake = content.withLock { content in
            guard !content.isClosed else { return false }
            content.deliveries.append(delivery)
            defer { content.isAwaited = true }
            return !content.isAwaited
        }
        if mustWake { wake() }
    }

    /// Whether something was posted meanwhile; if nothing was, the next post wakes the loop again.
    func hasMore() -> Bool {
        content.withLock { content in
            content.isAwaited = !content.deliveries.isEmpty
            return content.isAwaited
        }
    }

    /// Everything posted so far; if there is nothing, the next post wakes the loop again.
    func take() -> [Delivery] {
        content.withLock { content in
            defer { content.deliveries = [] }
            content.isAwaited = !content.deliveries.isEmpty
            return content.deliveries
        }
    }

    /// Takes no more, so that nothing is scheduled on a loop that is about to end.
    func close() {
        content.withLock { content in
            content.isClosed = true
            content.deliveries = []
        }
    }
}
