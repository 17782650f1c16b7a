import Logging
import NIOCore

/// Keeps the listening socket going when a connection can't be accepted, mostly because no descriptor is free.
///
/// Without it the first such error ends the server's sequence of connections, and nobody could connect until a restart.
/// Stands behind NIO's `AcceptBackoffHandler`, which waits a second before it tries again. Connections wait in the
/// kernel's queue meanwhile.
final class AcceptGuard: ChannelInboundHandler {
    typealias InboundIn = any Channel

    /// Between two lines in the log about the same trouble.
    private static let quietTime = TimeAmount.seconds(30)

    private let logger: Logger
    private var quietUntil = NIODeadline.uptimeNanoseconds(0)

    private init(logger: Logger) { self.logger = logger }

    /// Puts the guard in front of everything else in a listening channel's pipeline.
    static func install(on channel: any Channel, logger: Logger) async throws {
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandlers(handlers(logger: logger), position: .first)
        }.get()
    }

    /// The guard and NIO's back-off in front of it.
    static func handlers(logger: Logger) -> [any ChannelHandler] {
        [AcceptBackoffHandler(shouldForwardIOErrorCaught: true), AcceptGuard(logger: logger)]
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
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
