import JSONDocument
import Logging
import NIOCore
import NIOPosix
import Table
import Testing

@testable import TableServer

@Suite struct HubTests {
    /// A timer or a wake-up on a loop that has ended would be reported, and later trap (swift.md, section 1, pitfall 10).
    @Test func `a hub that was shut down leaves nothing behind on its loops`() async throws {
        try await RunningServer.run { server in
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
            let hub = Hub(
                table: server.table, configuration: WebSocketConfiguration(), eventLoopGroup: group,
                logger: Logger(label: "test"))
            await hub.shutdown()
            try await group.shutdownGracefully()
            let command = try Command.parse(name: "viewer.blank", data: [:])
            let outcome = try await server.table.submit(CommandRequest(command, actor: "test"))
            #expect(outcome.offset == 0)
        }
    }

    @Test func `a hub that nobody holds any more lets the table go on`() async throws {
        try await RunningServer.run { server in
            weak var forgotten: Hub?
            do {
                let hub = Hub(
                    table: server.table, configuration: WebSocketConfiguration(),
                    eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "test"))
                forgotten = hub
                await hub.shutdown()
            }
            #expect(forgotten == nil)
            let command = try Command.parse(name: "viewer.blank", data: [:])
            #expect(try await server.table.submit(CommandRequest(command, actor: "test")).offset == 0)
        }
    }
}
