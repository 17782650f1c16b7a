/// A number for one WebSocket connection, unique while the server runs.
package struct ConnectionID: Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }
}

/// A message that leaves no state behind (a ripple, a measuring line), or the relay of one that changed nothing.
///
/// It passes through the table's queue and stands between the commits, so it overtakes nothing that was sent before it.
package struct Effect: Sendable, Hashable {
    /// The connection that sent it, which isn't sent it back; nil if it came from elsewhere.
    package let origin: ConnectionID?
    /// The plain protocol's message as it is relayed: one JSON object in UTF-8.
    package let message: [UInt8]

    package init(origin: ConnectionID?, message: [UInt8]) {
        self.origin = origin
        self.message = message
    }
}
