import JSONDocument
import NIOCore
import Sync
import Table

/// The clients of one event loop and the newest passages that they are sent.
///
/// Lives on its loop, so it needs no lock. Every client is a position in the ring: a passage is kept once, whatever the
/// number of clients, and a client that takes nothing costs nothing but its position.
final class LoopHub {
    /// Passages older than this give their frames back; who is that far behind has them built again.
    private static let frameLifetime: Int64 = 5_000

    let services: HubServices
    let inbox: LoopInbox
    let digests: DigestDesk
    private(set) var ring: Ring<Passage>
    /// The state after the newest passage.
    private(set) var state: CommittedState
    /// Bytes of all lines up to there since the server started.
    private(set) var byteCount: Int64 = 0
    /// How large the newest `scene_update` was that anybody was sent.
    var sceneByteCount = 0
    /// The newest passage that holds a scene for a plain client.
    private(set) var newestScene: UInt64?
    /// What the newest pass brought.
    private(set) var bundle: PassageBundle?

    private let eventLoop: any EventLoop
    private var connections: [ConnectionID: WebSocketConnection] = [:]
    private var sceneForNewcomers: SceneUpdate??
    private var ticker: Scheduled<Void>?
    private var nextPass: Scheduled<Void>?
    private var nextRelease: UInt64 = 0
    private var isStopped = false

    /// A hub without clients, at the state that the first passage follows.
    init(services: HubServices, state: CommittedState, eventLoop: any EventLoop, inbox: LoopInbox) {
        self.services = services
        self.eventLoop = eventLoop
        self.inbox = inbox
        self.digests = DigestDesk(services: services, eventLoop: eventLoop)
        self.state = state
        self.ring = Ring(
            byteCountMax: services.configuration.ringByteLimit, countMax: services.configuration.ringCountLimit)
    }

    /// The scene on the table as a message, nil if there is none.
    var presentScene: SceneUpdate? {
        if let scene = sceneForNewcomers { return scene }
        let scene = SceneUpdate(state.document["live"])
        sceneForNewcomers = .some(scene)
        return scene
    }

    /// The clients as they stand now, in no order.
    func clients(now: NIODeadline) -> [ClientStatus] { connections.values.map { $0.status(now: now) } }

    // MARK: Beginning and end

    /// Starts the timer, and takes what was posted before there was a hub to wake.
    func begin() {
        scheduleTick()
        pass()
    }

    /// Stops the timers; connections are closed by their own shutdown.
    func stop() {
        isStopped = true
        ticker?.cancel()
        nextPass?.cancel()
        inbox.close()
    }

    /// A connection is open.
    func add(_ connection: WebSocketConnection) { connections[connection.id] = connection }

    /// A connection is gone.
    func remove(_ id: ConnectionID) { connections[id] = nil }

    // MARK: Passes

    /// One pass: takes what was posted and lets every client go on, with one write each.
    func pass() {
        let start = NIODeadline.now()
        let deliveries = inbox.take()
        guard !deliveries.isEmpty, !isStopped else { return }
        if receive(deliveries) {
            for connection in connections.values { connection.advance(now: start.milliseconds) }
            measure(deliveries)
        }
        answer(deliveries, now: start.milliseconds)
        scheduleNextPass(after: NIODeadline.now() - start)
    }

    /// What comes during a rest wakes nobody; it is there when the rest is over.
    private func scheduleNextPass(after duration: TimeAmount) {
        if let rest = PassPace.rest(after: duration) {
            nextPass?.cancel()
            nextPass = eventLoop.assumeIsolated().scheduleTask(in: rest) { self.pass() }
        } else if inbox.hasMore() {
            eventLoop.assumeIsolated().execute { self.pass() }
        }
    }

    /// Takes in what was committed.
    ///
    /// Returns whether there is anything new for the clients.
    private func receive(_ deliveries: [Delivery]) -> Bool {
        let newest = ring.next
        var fresh: [Passage] = []
        for delivery in deliveries {
            switch delivery {
            case .passages(let passages):
                for passage in passages { append(passage) }
                fresh += passages
            case .jump(let state):
                jump(to: state)
                fresh = []
            case .answer: continue
            }
        }
        if let bundle = PassageBundle(fresh, first: ring.next - UInt64(fresh.count)) { self.bundle = bundle }
        return ring.next > newest
    }

    /// Counts how long ago that was committed which everybody on this loop was handed now, if he takes it.
    private func measure(_ deliveries: [Delivery]) {
        guard !connections.isEmpty else { return }
        let now = NIODeadline.now()
        for case .passages(let passages) in deliveries {
            for passage in passages {
                services.metrics.fanOut.record(nanoseconds: UInt64(max(0, (now - passage.arrival).nanoseconds)))
            }
        }
    }

    /// Answers commands, after their clients were sent the events that came of them.
    private func answer(_ deliveries: [Delivery], now: Int64) {
        var answered: Set<ConnectionID> = []
        for case .answer(let id, let answer) in deliveries {
            connections[id]?.commandEnded(answer)
            answered.insert(id)
        }
        for id in answered { connections[id]?.advance(now: now) }
    }

    private func append(_ passage: Passage) {
        let number = ring.append(passage, byteCount: passage.memoryByteCount(sceneByteCount: sceneByteCount))
        if passage.hasScene { newestScene = number }
        if passage.changesLive { sceneForNewcomers = nil }
        byteCount = passage.startByte + Int64(passage.byteCount)
        if let state = passage.state { self.state = state }
        for case .effect(let effect) in passage.items {
            if let origin = effect.origin { connections[origin]?.relayEnded() }
        }
    }

    /// A recording was set to another moment.
    ///
    /// The ring begins anew behind every client's position, so plain clients find theirs gone and are told how things are
    /// now; event clients are told to come back, and then learn how to go on.
    private func jump(to state: CommittedState) {
        self.state = state
        ring = Ring(
            byteCountMax: services.configuration.ringByteLimit, countMax: services.configuration.ringCountLimit,
            next: ring.next + 1)
        sceneForNewcomers = nil
        newestScene = nil
        bundle = nil
        for connection in connections.values { connection.jumped() }
    }

    // MARK: Time

    private func scheduleTick() {
        guard !isStopped else { return }
        let interval = services.configuration.tickInterval
        ticker = eventLoop.assumeIsolated().scheduleTask(in: interval) {
            self.tick()
            self.scheduleTick()
        }
    }

    private func tick() {
        let now = NIODeadline.now()
        for connection in connections.values { connection.tick(now: now.milliseconds) }
        releaseFrames(before: now.milliseconds - Self.frameLifetime)
        services.snapshots.release(unusedSince: now - .milliseconds(Self.frameLifetime))
    }

    private func releaseFrames(before time: Int64) {
        nextRelease = max(nextRelease, ring.oldest)
        while case .element(let passage) = ring[nextRelease], passage.arrival.milliseconds < time {
            passage.release()
            nextRelease += 1
        }
        if let bundle, bundle.arrival.milliseconds < time { self.bundle = nil }
    }
}

@available(*, unavailable)
extension LoopHub: Sendable {}
