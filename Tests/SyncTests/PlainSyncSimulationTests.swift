import JSONDocument
import TestSupport
import Testing

@testable import Sync

/// Plain clients that drag at once, with the memory, the merge and the pings as the hub uses them.
///
/// Fault model: one thread, one seed. Both directions of each connection keep their order and delay everything: downloads by any
/// time, uploads and the page's looking at what its browser has by some hundred milliseconds. The browser answers a ping as soon as
/// it comes. The table commits each scene any time after it came. The hub sends only the newest scene, whenever it likes.
struct PlainSyncSimulation {
    enum Download { case scene(JSONValue), ping(UInt64) }
    enum Upload { case scene(JSONValue), pong(UInt64) }

    struct Client {
        var memory = PlainSceneMemory(limits: .init(pageLag: 1_000))
        var liveness = Liveness(now: 0)
        var toBrowser: [Download] = []
        var toPage: [(scene: JSONValue, since: Int64)] = []
        var toServer: [(message: Upload, since: Int64)] = []
        var screen: JSONValue
        var isDirty = false
        var moveCount = 0
    }

    struct Change {
        let origin: Int
        let mine: JSONValue
        let bases: [PlainSceneMemory.Candidate]
    }

    var random: SeededGenerator
    var now: Int64 = 0
    var present: JSONValue
    var clients: [Client]
    var queue: [Change] = []
    let tokens: [Int]
    let moveCountMax: Int

    /// - Parameter tokens: Which token each client drags.
    init(seed: UInt64, tokens: [Int], moveCountMax: Int) {
        self.random = SeededGenerator(seed: seed)
        let scene: JSONValue = [
            "id": "s", "tokens": .array((0..<3).map { ["id": .string("t\($0)"), "x": 0, "y": .number($0)] }),
        ]
        self.present = scene
        self.tokens = tokens
        self.moveCountMax = moveCountMax
        self.clients = tokens.map { _ in Client(screen: scene) }
        for index in self.clients.indices { self.clients[index].memory.sent(scene, byteCount: 100, now: 0) }
    }

    /// A client that hasn't taken this much is sent nothing more, as in the hub.
    static let bufferedCountMax = 40

    static func moved(_ scene: JSONValue, _ token: Int, to x: Int) -> JSONValue {
        var moved = scene
        var tokens = scene["tokens"]?.elements ?? []
        tokens[token].setMember("x", to: .number(x))
        moved.setMember("tokens", to: .array(tokens))
        return moved
    }

    func x(of token: Int) -> Int? { self.present["tokens"]?[token]?["x"]?.intValue }

    /// The place where a client leaves its token.
    func goal(of client: Int) -> Int { (client + 1) * 10_000 + self.moveCountMax }

    mutating func run() {
        while self.clients.contains(where: { $0.moveCount < self.moveCountMax }) { self.step() }
        // All have let go; what is under way arrives.
        while self.isBusy { self.step() }
    }

    private var isBusy: Bool {
        !self.queue.isEmpty
            || self.clients.contains {
                $0.isDirty || !$0.toBrowser.isEmpty || !$0.toPage.isEmpty || !$0.toServer.isEmpty
            }
    }

    private mutating func step() {
        self.now += Int64(self.random.next() % 10)
        self.deliverOverdue()
        let client = Int(self.random.next() % UInt64(self.clients.count))
        switch self.random.next() % 6 {
        case 0: self.drag(client)
        case 1: self.browserReads(client)
        case 2: self.pageReads(client)
        case 3: self.serverReads(client)
        case 4: self.tableCommits()
        default: self.hubSends(client)
        }
    }

    private mutating func deliverOverdue() {
        for client in self.clients.indices {
            while let first = self.clients[client].toPage.first, first.since + 200 <= self.now {
                self.pageReads(client)
            }
            while let first = self.clients[client].toServer.first, first.since + 400 <= self.now {
                self.serverReads(client)
            }
        }
    }

    private mutating func drag(_ client: Int) {
        guard self.clients[client].moveCount < self.moveCountMax else { return }
        self.clients[client].moveCount += 1
        let x = (client + 1) * 10_000 + self.clients[client].moveCount
        let scene = Self.moved(self.clients[client].screen, self.tokens[client], to: x)
        self.clients[client].screen = scene
        self.clients[client].toServer.append((.scene(scene), self.now))
    }

    private mutating func browserReads(_ client: Int) {
        guard !self.clients[client].toBrowser.isEmpty else { return }
        switch self.clients[client].toBrowser.removeFirst() {
        case .scene(let scene): self.clients[client].toPage.append((scene, self.now))
        case .ping(let number): self.clients[client].toServer.append((.pong(number), self.now))
        }
    }

    private mutating func pageReads(_ client: Int) {
        guard !self.clients[client].toPage.isEmpty else { return }
        self.clients[client].screen = self.clients[client].toPage.removeFirst().scene
    }

    private mutating func serverReads(_ client: Int) {
        guard !self.clients[client].toServer.isEmpty else { return }
        switch self.clients[client].toServer.removeFirst().message {
        case .scene(let scene):
            let bases = self.clients[client].memory.received(scene, byteCount: 100, now: self.now)
            self.queue.append(Change(origin: client, mine: scene, bases: bases))
            self.pingIfWanted(client)
        case .pong(let number):
            self.clients[client].memory.pongReceived(number, now: self.now)
        }
    }

    private mutating func tableCommits() {
        guard !self.queue.isEmpty else { return }
        let change = self.queue.removeFirst()
        let (merged, base) = JSONMerge.merge(
            candidates: change.bases.map(\.scene), mine: change.mine, present: self.present)
        self.present = merged
        if let base { self.clients[change.origin].memory.wasMade(of: change.bases[base].id) }
        for client in self.clients.indices {
            let isNews = client != change.origin || merged != change.mine || self.clients[client].memory.owesOwnScene
            self.clients[client].isDirty = self.clients[client].isDirty || isNews
        }
    }

    private mutating func hubSends(_ client: Int) {
        guard self.clients[client].isDirty, self.clients[client].toBrowser.count < Self.bufferedCountMax else { return }
        self.clients[client].isDirty = false
        self.clients[client].toBrowser.append(.scene(self.present))
        self.clients[client].memory.sent(self.present, byteCount: 100, now: self.now)
        self.pingIfWanted(client)
    }

    private mutating func pingIfWanted(_ client: Int) {
        guard self.clients[client].memory.wantsPing else { return }
        let number = self.clients[client].liveness.extraPing()
        self.clients[client].memory.pingSent(number)
        self.clients[client].toBrowser.append(.ping(number))
    }
}

@Suite struct PlainSyncSimulationTests {
    @Test(arguments: Array(UInt64(1)...25))
    func `clients that drag different tokens end where their users left them, on every screen`(seed: UInt64) {
        var simulation = PlainSyncSimulation(seed: seed, tokens: [0, 1, 2], moveCountMax: 60)
        simulation.run()
        for (client, token) in simulation.tokens.enumerated() {
            #expect(simulation.x(of: token) == simulation.goal(of: client), "seed \(seed), client \(client)")
            #expect(simulation.clients[client].screen == simulation.present, "seed \(seed), client \(client)")
        }
    }

    @Test(arguments: Array(UInt64(1)...25))
    func `clients that drag the same token end with one scene on every screen`(seed: UInt64) {
        var simulation = PlainSyncSimulation(seed: seed, tokens: [0, 0], moveCountMax: 60)
        simulation.run()
        for client in simulation.clients.indices {
            #expect(simulation.clients[client].screen == simulation.present, "seed \(seed), client \(client)")
        }
        #expect([simulation.goal(of: 0), simulation.goal(of: 1)].contains(simulation.x(of: 0)), "seed \(seed)")
    }

    @Test(arguments: Array(UInt64(1)...20))
    func `a client that drags alone is never sent a scene`(seed: UInt64) {
        var simulation = PlainSyncSimulation(seed: seed, tokens: [1], moveCountMax: 200)
        simulation.run()
        #expect(simulation.x(of: 1) == simulation.goal(of: 0), "seed \(seed)")
        #expect(simulation.clients[0].memory.bases().map(\.scene) == [simulation.present], "seed \(seed)")
    }
}
