import Logging
import NIOCore

/// Keeps the listening socket going when a connection can't be accepted, mostly because no descriptor is free.
///
/// Without it the first such error ends the server's sequence of connections, and nobody could connect until a restart. It
/// listens again after a pause; connections wait in the kernel's queue meanwhile.
///
/// NIO's own `AcceptBackoffHandler` holds back the next read only. Where the first accept after a wake-up fails, the last
/// read still counts as asked for, the socket stays registered, and the loop spins on it for as long as no descriptor is
/// free (swift-nio 2.101). Switching `autoRead` off is the public way to have a socket left alone.
final class AcceptGuard: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = any Channel

    /// How long the socket is left alone.
    private static let pause = TimeAmount.seconds(1)
    /// Between two lines in the log about the same trouble.
    private static let quietTime = TimeAmount.seconds(30)

    private let logger: Logger
    private var isPaused = false
    private var quietUntil = NIODeadline.uptimeNanoseconds(0)

    init(logger: Logger) { self.logger = logger }

    /// Puts the guard in front of everything else in a listening channel's pipeline.
    static func install(on channel: any Channel, logger: Logger) async throws {
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandler(AcceptGuard(logger: logger), position: .first)
        }.get()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        report(error)
        guard !isPaused else { return }
        isPaused = true
        setAutoRead(false, context.channel)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            self.isPaused = false
            self.setAutoRead(true, context.channel)
        }
    }

    /// What is asked for during the pause is read when it ends.
    func read(context: ChannelHandlerContext) {
        if !isPaused { context.read() }
    }

    private func setAutoRead(_ isOn: Bool, _ channel: any Channel) {
        guard channel.isActive else { return }
        do {
            try channel.syncOptions?.setOption(.autoRead, value: isOn)
        } catch {
            logger.error("The listening socket can't be paused", metadata: ["error": "\(error)"])
        }
    }

    private func report(_ error: any Error) {
        let now = NIODeadline.now()
        guard now >= quietUntil else { return }
        quietUntil = now + Self.quietTime
        logger.warning(
            "A connection could not be accepted; new ones wait, those that are open go on",
            metadata: ["error": "\(error)", "descriptors": "\(DescriptorLimit.current)"])
    }
}

@available(*, unavailable)
extension AcceptGuard: Sendable {}
