/// What is called with a command's answer, once, on one of the table's own threads; must return soon.
package typealias CommandCompletion = @Sendable (Result<CommandOutcome, CommandError>) -> Void

/// What stands in the table's queue.
enum QueueItem: Sendable {
    /// `queued`: when, in the meter's nanoseconds; 0 where nobody measures.
    case command(CommandRequest, CommandCompletion, queued: UInt64)
    case effect(Effect)
}

/// An undo, redo or restore that had its turn in the queue and waits for the past to be read.
struct HistoryRequest: Sendable {
    let request: CommandRequest
    /// The newest event that was before it: what its sender can have meant is up to here.
    let through: Int64
    /// Whether events up to `through` belong to the batch that it was queued with.
    let restsOnCommit: Bool
    let completion: CommandCompletion
}
