import NIOCore

/// What stands behind a WebSocket: it hears of whole, valid messages and of the connection's life.
///
/// Called on the connection's event loop by its ``WebSocketEndpoint``, between ``opened()`` and ``gone()``. What the
/// protocol itself asks for (pongs, the close handshake, limits) is done already.
package protocol WebSocketPeer: AnyObject {
    /// The connection is open; messages can be sent.
    func opened()

    /// A whole text message, valid UTF-8, came.
    func received(text: ByteBuffer)

    /// A whole binary message came.
    func received(binary: ByteBuffer)

    /// A pong came, asked for or not.
    func received(pong: ByteBuffer)

    /// All that came in one go was handed over.
    ///
    /// - Parameter hasMessage: Whether that was at least one whole message or control frame, and not only part of one.
    func readEnded(hasMessage: Bool)

    /// The client takes more again.
    func becameWritable()

    /// The server stops.
    func stopping()

    /// The connection is gone; nothing can be sent any more.
    func gone()
}
