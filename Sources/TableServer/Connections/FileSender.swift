import NIOCore
import NIOHTTP1

/// Sends parts of files as parts of answers, from the kernel's file cache to the socket (sendfile(2)).
///
/// The answer's head and end come down the pipeline as always; what is between them comes in here, below the codec that
/// turns the router's parts into NIO's, because the router's know bytes only. What waits is a position in a file, not
/// memory, and the guards below see it like any other part of a body.
final class FileSender: ChannelOutboundHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Sends a region as the next part of the answer whose head has been written.
    ///
    /// - Returns: When all of it has left for the kernel; the file must stay open until then. Fails if the connection ends
    ///   before.
    private func send(_ region: FileRegion) -> EventLoopFuture<Void>? {
        guard let context else { return nil }
        return context.writeAndFlush(wrapOutboundOut(.body(.fileRegion(region))))
    }

    /// As ``send(_:)``, from any task.
    static func send(_ region: FileRegion, on channel: any Channel) async throws {
        let sent = channel.eventLoop.flatSubmit {
            do {
                let sender = try channel.pipeline.syncOperations.handler(type: FileSender.self)
                return sender.send(region) ?? channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
            } catch {
                return channel.eventLoop.makeFailedFuture(error)
            }
        }
        try await sent.get()
    }
}

@available(*, unavailable)
extension FileSender: Sendable {}
