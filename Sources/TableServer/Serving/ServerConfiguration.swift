import Sync

/// What an operator can set about the server as a whole; the table's own options are `TableConfiguration`.
package struct ServerConfiguration: Sendable {
    /// The address to listen on; `0.0.0.0` is every network of this machine.
    package var host = "0.0.0.0"
    /// The port to listen on; 0 takes any free one.
    package var port = 8010
    /// The folder whose sounds are taken into the table at start and whenever somebody lists them; nil for none.
    package var soundsFolder: String?
    /// Largest uploaded file, in bytes.
    package var maxUploadByteCount: Int64 = 2 << 30
    /// Largest JSON body, in bytes.
    ///
    /// As large as a WebSocket message, since both carry the same scenes.
    package var maxBodyByteCount = 16 << 20
    /// The most that an imported backup may hold once it is unpacked, in bytes.
    package var maxImportByteCount: Int64 = 8 << 30
    /// The most entries that an imported backup may have.
    package var maxImportEntryCount = 100_000
    /// The most events that one answer of `/events` brings; the client asks on from the last one.
    package var maxEventCount = 1_000_000
    /// Between two signs of life on an event stream, in seconds, so that both ends notice a dead connection.
    package var streamKeepAliveSeconds: Int64 = 15
    /// How long a graceful shutdown waits for requests and sockets before it cuts them off.
    ///
    /// Together with the table's own closing it stays under the 5 s that a stop may take.
    package var shutdownLimit = Duration.seconds(3)
    /// How long a server that was asked to stop goes on serving, while `/ready` says that it is stopping.
    ///
    /// For a load balancer that has to see this before it sends nobody any more; without one it would only delay the stop. It
    /// comes before ``shutdownLimit``.
    package var drainTime = Duration.zero
    /// How many changes one client may make over REST; nil for as many as it likes.
    ///
    /// The same limit for one WebSocket is ``WebSocketConfiguration/rateLimits``.
    package var changeLimits: RateLimit.Limits? = RateLimit.Limits()
    /// Whether they hold for REST clients on this machine, too: the operator's own tools, which may fill a table.
    package var limitsOwnMachine = false
    /// Sizes of requests apart from the bodies that are wanted.
    package var requests = RequestLimits()
    /// Scheduled backups; nil for none.
    package var backup: BackupSettings?
    /// The sockets' own settings and limits.
    package var webSocket = WebSocketConfiguration()

    /// The defaults.
    package init() {}
}
