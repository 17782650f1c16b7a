import Synchronization

/// The newest event that a request has written, for the request's line in the log.
package final class WrittenOffset: Sendable {
    private let value = Mutex<Int64?>(nil)

    /// Nothing is written yet.
    package init() {}

    /// Nil if the request changed nothing.
    package var offset: Int64? { value.withLock { $0 } }

    /// The request has written an event.
    package func note(_ offset: Int64) { value.withLock { $0 = offset } }
}
