import Sync

/// What one client's protocol makes of its connection; ``PlainSession`` or ``EventSession``.
///
/// Lives on the connection's event loop and is called by the connection only.
protocol ClientSession: AnyObject {
    /// The connection is open.
    func opened(now: Int64)

    /// A whole text message, valid UTF-8, came.
    func received(text: [UInt8], now: Int64)

    /// A message came that is no text.
    func receivedBinary()

    /// Goes on from the client's position, as far as the client takes it.
    ///
    /// - Returns: Whether there is more, which waits for the client to take something.
    func advance(now: Int64) -> Bool

    /// A recording was set to another moment: what was sent doesn't lead to what comes.
    ///
    /// - Returns: Whether the client can be told so; otherwise it has to connect anew.
    func jumped() -> Bool

    /// A command is done.
    func answered(_ answer: CommandAnswer)

    /// A ping was written behind everything sent so far, or its pong came.
    func pingSent(_ number: UInt64)
    func pongReceived(_ number: UInt64, now: Int64)

    /// A second or so has passed.
    func tick(now: Int64)

    /// How far the client is behind, without what is in the server's buffers.
    func lag() -> Liveness.Lag

    /// The newest event that the client was handed, or had when it came.
    var offset: Int64 { get }

    /// The connection is gone; nothing can be sent any more.
    func ended(now: Int64)
}
