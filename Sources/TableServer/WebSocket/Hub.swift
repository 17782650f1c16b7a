import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Table

/// Everybody who follows a table over a WebSocket.
///
/// The table hands it what was committed; it cuts that into passages and posts them to its event loops, each of which
/// serves its own clients without locks. Thread-safe.
package final class Hub: Sendable {
    private struct Port: Sendable {
        let eventLoop: any EventLoop
        let inbox: LoopInbox
        /// Filled by the first thing that the loop does for the hub.
        let loop: NIOLoopBoundBox<LoopHub?>
    }

    private let services: HubServices
    private let ports: [ObjectIdentifier: Port]
    private let cutter: Mutex<PassageCutter>
    private let newestID = Atomic<UInt64>(0)

    /// A hub that follows the table from now on.
    ///
    /// - Parameters:
    ///   - table: What is followed.
    ///   - configuration: Limits; the channel has the same.
    ///   - eventLoopGroup: The loops that connections may be on.
    ///   - logger: Where faults go; one metadata key per connection.
    ///   - metrics: Counts how long it takes to hand on what was committed.
    package init(
        table: Table, configuration: WebSocketConfiguration, eventLoopGroup: any EventLoopGroup, logger: Logger,
        metrics: ServerMetrics = ServerMetrics()
    ) {
        let services = HubServices(table: table, configuration: configuration, logger: logger, metrics: metrics)
        var ports: [ObjectIdentifier: Port] = [:]
        for eventLoop in eventLoopGroup.makeIterator() {
            ports[ObjectIdentifier(eventLoop)] = Self.port(on: eventLoop)
        }
        self.services = services
        self.ports = ports
        self.cutter = Mutex(PassageCutter(state: table.committed))
        follow(table)
    }

    /// The clients as they stand now; each event loop is asked for its own.
    package func clients() async -> [ClientStatus] {
        var clients: [ClientStatus] = []
        for port in ports.values {
            clients += await withCheckedContinuation { continuation in
                port.eventLoop.execute {
                    continuation.resume(returning: port.loop.value?.clients(now: .now()) ?? [])
                }
            }
        }
        return clients
    }

    /// Makes an upgraded channel a client, on its event loop.
    func adopt(_ channel: any Channel, head: HTTPRequestHead) throws {
        guard let hub = ports[ObjectIdentifier(channel.eventLoop)]?.loop.value else {
            preconditionFailure("the server's event loops must be the hub's")
        }
        let number = newestID.wrappingAdd(1, ordering: .relaxed).newValue
        try WebSocketConnection.open(ConnectionID(rawValue: number), on: channel, hub: hub, head: head)
    }

    /// Ends the timers and the threads, once the connections are closed.
    package func shutdown() async {
        for port in ports.values {
            port.inbox.close()
            await withCheckedContinuation { continuation in
                port.eventLoop.execute {
                    port.loop.value?.stop()
                    continuation.resume()
                }
            }
        }
        do {
            try await services.workers.shutdownGracefully()
        } catch {
            services.logger.warning("The hub's threads could not be ended", metadata: ["error": "\(error)"])
        }
    }

    /// Registers for what is committed.
    ///
    /// What comes before a loop has begun waits in its inbox.
    private func follow(_ table: Table) {
        let state = cutter.withLock { cutter in
            let state = table.onCommit { [weak self] batch in self?.take(batch) }
            cutter = PassageCutter(state: state)
            return state
        }
        let services = services
        for port in ports.values {
            port.eventLoop.execute {
                let hub = LoopHub(services: services, state: state, eventLoop: port.eventLoop, inbox: port.inbox)
                port.loop.value = hub
                hub.begin()
            }
        }
    }

    /// Called on the table's writer thread, in order.
    private func take(_ batch: CommittedBatch) {
        let delivery = cutter.withLock { cutter -> Delivery in
            guard batch.isJump else { return .passages(cutter.cut(batch, at: .now())) }
            cutter.jump(to: batch.state)
            return .jump(batch.state)
        }
        for port in ports.values { port.inbox.post(delivery) }
    }

    private static func port(on eventLoop: any EventLoop) -> Port {
        let box = NIOLoopBoundBox<LoopHub?>.makeEmptyBox(eventLoop: eventLoop)
        let inbox = LoopInbox { eventLoop.execute { box.value?.pass() } }
        return Port(eventLoop: eventLoop, inbox: inbox, loop: box)
    }
}
