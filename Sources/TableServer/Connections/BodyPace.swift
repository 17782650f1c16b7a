/// Whether a request's body comes fast enough.
///
/// Somebody who sends a byte now and then would hold a connection, a thread's attention and an upload's file for ever.
/// In each window of time in which the server listens, a minimum has to come; time in which it doesn't listen, because
/// the disk has to keep up first, is not the client's.
///
/// Pure; times are milliseconds.
struct BodyPace {
    /// What has to come.
    struct Limits: Equatable, Sendable {
        /// Milliseconds of listening in which it has to come.
        var window: Int64
        /// Bytes that have to come in each window.
        var byteCount: Int
    }

    private let limits: Limits
    private var byteCount = 0
    /// Time listened in the present window, up to `listensSince`.
    private var listened: Int64 = 0
    private var listensSince: Int64?

    /// The pace of a body that has just begun; nothing is listened to yet.
    init(limits: Limits) { self.limits = limits }

    /// The server begins to listen, or goes on.
    mutating func listens(now: Int64) {
        if listensSince == nil { listensSince = now }
    }

    /// The server doesn't listen for now.
    mutating func pauses(now: Int64) {
        if let since = listensSince { listened += now - since }
        listensSince = nil
    }

    /// Bytes of the body came.
    mutating func received(byteCount: Int) { self.byteCount += byteCount }

    /// Looks at the time.
    ///
    /// - Returns: Milliseconds until it has to be looked at again, or nil if the body is too slow.
    mutating func look(now: Int64) -> Int64? {
        let total = listened + (listensSince.map { now - $0 } ?? 0)
        if total < limits.window { return limits.window - total }
        guard byteCount >= limits.byteCount else { return nil }
        byteCount = 0
        listened = 0
        if listensSince != nil { listensSince = now }
        return limits.window
    }
}
