import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Sync
import Table
import Testing

@testable import TableServer

@Suite struct LoopHubTests {
    /// A server that stops in the middle of a rest would keep the newest events to itself.
    @Test func `what waits for the end of a rest goes before the close frame`() async throws {
        try await RunningServer.run { server in
            let services = HubServices(
                table: server.table, configuration: WebSocketConfiguration(), logger: Logger(label: "test"))
            try stopDuringRest(services)
            try await services.workers.shutdownGracefully()
        }
    }

    private func stopDuringRest(_ services: HubServices) throws {
        let eventLoop = EmbeddedEventLoop()
        // Wakes nobody, as during a rest.
        let inbox = LoopInbox {}
        let state = services.table.committed
        let hub = LoopHub(services: services, state: state, eventLoop: eventLoop, inbox: inbox)
        let channel = EmbeddedChannel(loop: eventLoop)
        try channel.pipeline.syncOperations.addHandler(WebSocketFrameEncoder())
        try WebSocketConnection.open(
            ConnectionID(rawValue: 1), on: channel, hub: hub,
            head: HTTPRequestHead(version: .http1_1, method: .GET, uri: "/ws"))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == ServerFrame.text(PlainLine.connectionStatus))

        let effect = Effect(origin: nil, message: [UInt8](#"{"type":"highlight_marker"}"#.utf8))
        let passage = Passage(
            items: [.effect(PassageEffect(effect))], offsetBefore: state.offset, startByte: 0, arrival: .now(),
            state: nil)
        inbox.post(.passages([passage]))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(try channel.readOutbound(as: ByteBuffer.self) == ServerFrame.text(effect.message))
        let close = try #require(try channel.readOutbound(as: ByteBuffer.self))
        #expect(close.getInteger(at: close.readerIndex, as: UInt8.self) == 0x88)
        channel.close(promise: nil)
    }
}
