import NIOCore
import Sync
import TableServer

/// Sends every message back as it came: text as text, binary as binary.
///
/// A client that reads no echoes isn't listened to until it does.
final class EchoPeer: WebSocketPeer {
    private let endpoint: WebSocketEndpoint

    init(_ endpoint: WebSocketEndpoint) { self.endpoint = endpoint }

    func opened() {}

    func received(text: ByteBuffer) { endpoint.answer(text: text) }

    func received(binary: ByteBuffer) { endpoint.answer(binary: binary) }

    func received(pong: ByteBuffer) {}

    func readEnded(hasMessage: Bool) {}

    func becameWritable() {}

    func stopping() { endpoint.close(.serverStopping) }

    func gone() {}
}

@available(*, unavailable)
extension EchoPeer: Sendable {}
