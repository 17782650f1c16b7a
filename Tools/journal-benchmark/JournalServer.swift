import Foundation
import Journal
import NIOCore
import NIOPosix

/// The journal behind a socket and nothing else, to stand beside servers that keep a log.
///
/// A client sends events, each as the length of its content (4 bytes, big endian) and the content, a JSON object; it is told
/// after each sync how many of its events are durable (8 bytes, big endian). What has come by then is one commit. One client at a
/// time: it has the journal to itself from its first event on.
struct JournalServer {
    let port: Int
    let folder: String

    /// Serves until the process is stopped.
    func run() throws {
        let folder = self.folder
        let server = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AppendingHandler(folder: folder))
                }
            }
            .bind(host: "127.0.0.1", port: self.port).wait()
        try server.closeFuture.wait()
    }
}

private final class AppendingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let folder: String
    private var writer: JournalWriter?
    private var unread = ByteBuffer()
    private var appendedCount: UInt64 = 0

    init(folder: String) { self.folder = folder }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        self.unread.writeBuffer(&bytes)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        do {
            let changes = self.takeEvents()
            guard !changes.isEmpty else { return }
            let writer = try self.writer ?? openJournal(self.folder)
            self.writer = writer
            _ = try writer.commit(changes)
            self.appendedCount += UInt64(changes.count)
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(integer: self.appendedCount)), promise: nil)
        } catch {
            self.errorCaught(context: context, error: error)
        }
    }

    /// Those that have come whole.
    private func takeEvents() -> [[EventDraft]] {
        var changes: [[EventDraft]] = []
        while let content = self.unread.readLengthPrefixedSlice(as: UInt32.self) {
            let data = Array(content.readableBytesView)
            changes.append([EventDraft(type: "live.changed", data: data, patch: Array("[]".utf8))])
        }
        self.unread.discardReadBytes()
        return changes
    }

    func channelInactive(context: ChannelHandlerContext) {
        do {
            try self.writer?.close()
        } catch {
            self.errorCaught(context: context, error: error)
        }
        self.writer = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        FileHandle.standardError.write(Data("journal-benchmark: \(error)\n".utf8))
        context.close(promise: nil)
    }
}
