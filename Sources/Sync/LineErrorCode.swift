/// The `code` of an `error` line, as clients compare it.
///
/// sync-protocol.md names `conflict` and `id-reused`; the others are this server's. A code is never renamed: a client
/// acts on it, the message beside it is for people.
package enum LineErrorCode: String, CaseIterable, Sendable {
    /// The line isn't JSON, or more than the limits of the parser allow.
    case syntax
    /// The line is JSON, but not a message of the protocol: a member is missing or of the wrong kind.
    case invalid
    /// The line's `type` is none that a client may send.
    case unknownType = "unknown-type"
    /// The message wasn't text.
    case notText = "not-text"
    /// The message has more lines than the server reads; the rest of it was left unread.
    case tooManyLines = "too-many-lines"
    /// More lines than the rate limit admits; this one wasn't acted on.
    case rateLimited = "rate-limited"
    /// The addressed thing isn't there.
    case notFound = "not-found"
    /// The command's data was refused field by field.
    case validation
    /// The addressed thing changed after the command's `ifOffset`, or another thing is in the way.
    case conflict
    /// A thing of that name is there already.
    case exists
    /// The command's id was used for another content.
    case idReused = "id-reused"
    /// The content is larger than the limits allow.
    case tooLarge = "too-large"
    /// Too many changes are waiting for the table; the same command may be taken in a moment.
    case busy
    /// The table serves reads only until it is restarted.
    case readOnly = "read-only"
    /// The disk is full; nothing was changed, and the same command may be taken once there is room.
    case storageFull = "storage-full"
    /// The write failed so that nobody can say whether it is on disk.
    case outcomeUnknown = "outcome-unknown"
    /// The command exists, but not here.
    case unsupported
}
