/// One client that follows the table, as it stands at a moment.
package struct ClientStatus: Sendable, Equatable {
    /// What it speaks.
    package enum Kind: String, Sendable, CaseIterable {
        /// The plain scene protocol over a WebSocket.
        case plain
        /// `spelltable.events.v1` over a WebSocket.
        case events
        /// An endless `GET /events`.
        case stream
    }

    package let kind: Kind
    /// Address and port of the other end, which may be a proxy's.
    package let address: String
    /// Who its changes are by, as it stands in events.
    package let actor: String
    /// For how long it has been connected.
    package let connectedMilliseconds: Int64
    /// The newest event that it was handed, or had when it came.
    package let offset: Int64
    /// Bytes that wait for it in the server's own buffers; what the kernel holds isn't known.
    package let unsentByteCount: Int
    /// Whether it was sent all that there was at some time; before, it is still being brought up to date.
    package let isLive: Bool

    /// How many events it hasn't been handed.
    package func eventsBehind(_ newest: Int64) -> Int64 { max(0, newest - offset) }
}
