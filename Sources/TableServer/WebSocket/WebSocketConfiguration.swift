import NIOCore
import Sync

/// What an operator can set about the sockets, and the limits that keep one client from harming the others.
///
/// The defaults are those of `sync-protocol.md`, "Slow, broken and hostile clients"; the tests shorten the times.
package struct WebSocketConfiguration: Sendable {
    /// The one path that upgrades (nil: every path does); the query is the client's.
    package var path: String? = "/ws"
    /// Origins that may connect besides the same host, localhost and private addresses; `*` allows any.
    package var allowedOrigins: [String] = []
    /// Largest message from a client, in bytes, all its fragments together; beyond it: close 1009.
    package var messageByteLimit = 16 << 20
    /// What all clients together may have begun to send and not finished, in bytes; beyond it large messages are closed: 1013.
    package var intakeByteLimit = 256 << 20
    /// How long a connection may take until its first request's head is there.
    package var firstRequestTimeout = TimeAmount.seconds(10)
    /// How long a kept-alive HTTP connection may stay quiet.
    package var idleTimeout = TimeAmount.seconds(60)
    /// In each such time in which the server listens for a request's body, ``bodyByteMinimum`` has to come; else: 408.
    package var bodyWindow = TimeAmount.seconds(20)
    /// Bytes of a body that have to come in each ``bodyWindow``: 512 a second is slower than any modem was.
    package var bodyByteMinimum = 10 << 10
    /// How long an HTTP client with full buffers may take nothing of its answer.
    package var stallTimeout = TimeAmount.seconds(60)
    /// Pings, time-outs and how far behind a client may be.
    package var livenessLimits = Liveness.Limits()
    /// How many messages a second one connection may send.
    package var rateLimits = RateLimit.Limits()
    /// Whether they hold for plain clients on this machine, too.
    package var limitsOwnMachine = false
    /// How long a peer may take to answer a close frame; under the 5 s within which a stopping server is gone.
    package var closeTimeout = TimeAmount.seconds(2)
    /// A scene that has waited this long for a plain client is skipped if there is a newer one, in milliseconds.
    package var sceneConflationAge: Int64 = 500
    /// Newest committed batches that are kept in memory for those who are a little behind, in bytes.
    package var ringByteLimit = 32 << 20
    /// The same as a number of batches.
    package var ringCountLimit = 8192
    /// Commands of one client that may wait for the table; beyond it the server stops reading from that client.
    package var commandsInFlightMax = 128
    /// Bytes of those commands, likewise.
    package var bytesInFlightMax = 32 << 20
    /// Between two rounds of the timers that watch the clients.
    package var tickInterval = TimeAmount.seconds(1)

    /// The defaults.
    package init() {}
}
