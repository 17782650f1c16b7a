import JSONDocument
import Journal

/// What one round of the writer made visible, in order: everything in it is on disk.
package struct CommittedBatch: Sendable {
    /// Events, and between them the effects that passed through the queue with them.
    package let items: [BatchItem]
    /// The state after the whole batch; the one before if the batch holds effects only.
    package let state: CommittedState
    /// Whether the state doesn't follow from the one before: a recording was set to another moment, and the batch has no
    /// items.
    ///
    /// Whoever counts offsets begins anew with `state`.
    package let isJump: Bool

    package init(items: [BatchItem], state: CommittedState, isJump: Bool = false) {
        self.items = items
        self.state = state
        self.isJump = isJump
    }
}

/// One thing that happened, in the order in which everybody is told.
package enum BatchItem: Sendable {
    /// An event, as it stands in the journal.
    case event(CommittedEvent)
    /// A message without state: to be relayed to everybody but its origin.
    case effect(Effect)
    /// The scene on the table as merged differs from the one that this plain client sent, so that it must be sent it too.
    case liveForOrigin(ConnectionID, JSONValue)
}

/// One event that is on disk, with what the views of it need.
package struct CommittedEvent: Sendable {
    package let offset: Int64
    package let time: JournalTime
    package let type: String
    /// The journal's line without its line feed: the bytes that event clients are sent.
    package let line: [UInt8]
    /// The connection whose command made it; `nil` for REST and tools.
    package let origin: ConnectionID?
    /// The chain digest at this event.
    package let chain: ChainDigest
    /// `/live` after this event, if this event changed it (`null` where the scene was taken away).
    package let live: JSONValue?
    /// `/viewer` after this event, if this event changed it.
    package let viewer: JSONValue?
    /// `/audio` after this event, if this event changed it.
    package let audio: JSONValue?
    /// The message that plain clients are relayed where the event is a journaled effect (option `journalEffects`).
    package let effect: Effect?
}
