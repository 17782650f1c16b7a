import NIOCore
import Synchronization

/// What all clients together may have begun to send and not finished, in bytes.
///
/// A client may send a message of 16 MiB; a thousand that each send all but its last byte would take 16 GiB, for as long
/// as they like. Thread-safe.
package final class IntakeBudget: Sendable {
    private let total = Atomic<Int>(0)
    private let byteCountMax: Int

    /// A budget of so many bytes.
    package init(byteCount: Int) { byteCountMax = byteCount }

    /// Whether more is begun than there is room for.
    var isOverdrawn: Bool { total.load(ordering: .relaxed) > byteCountMax }

    /// Somebody has begun more, or finished.
    func change(by byteCount: Int) { total.wrappingAdd(byteCount, ordering: .relaxed) }
}

/// Counts what one client has begun to send and not finished; the first handler of its pipeline, before the decoder.
///
/// The decoder keeps a frame's bytes until it is whole, so nobody behind it can tell how many there are.
package final class IntakeHandler: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer

    /// What everybody may begin, however little room there is: no ordinary message is refused because of others' large ones.
    static let allowance = 64 << 10

    private let budget: IntakeBudget
    private var byteCount = 0
    private var isRefused = false
    private var isGone = false

    package init(budget: IntakeBudget) { self.budget = budget }

    /// A frame came out of the decoder, and so many bytes of an unfinished message are kept.
    func settle(at byteCount: Int) {
        // The decoder may give out what it had left when the connection is gone already.
        guard !isGone else { return }
        budget.change(by: byteCount - self.byteCount)
        self.byteCount = byteCount
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        settle(at: byteCount + unwrapInboundIn(data).readableBytes)
        if byteCount > Self.allowance, budget.isOverdrawn {
            isRefused = true
            context.fireErrorCaught(FrameFault.noRoom)
        } else {
            context.fireChannelRead(data)
        }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        settle(at: 0)
        isGone = true
    }
}

@available(*, unavailable)
extension IntakeHandler: Sendable {}
