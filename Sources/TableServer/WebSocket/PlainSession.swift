import JSONDocument
import Logging
import NIOCore
import Sync
import Table

/// A client of the plain scene protocol (wire contract, section 4).
///
/// Its position is a number in the ring. It is sent every message in order; of scenes that have waited for it too long,
/// only the newest. It is never refused anything: what it sends and nobody understands is passed over (F14, F15, F16).
final class PlainSession: ClientSession {
    private let hub: LoopHub
    private let connection: WebSocketConnection
    /// Which scenes the client may have; kept from its first own scene on, because most clients only look on.
    private var memory: PlainSceneMemory?
    private var reader = PlainReader()
    private var inflow: PlainInflow
    /// The next passage to send.
    private var next: UInt64
    /// `/viewer` and `/audio` as the client has been told them.
    private var viewer: JSONValue?
    private var audio: JSONValue?
    private var wantsScene = false
    /// Where the client joined, and what it was sent then.
    private let joined: UInt64
    private var firstScene: SceneUpdate?

    /// As many versions as a memory keeps.
    private static let rememberedMax = 32

    /// A client at the newest passage.
    init(hub: LoopHub, connection: WebSocketConnection, now: Int64) {
        self.hub = hub
        self.connection = connection
        // As over REST: a tool on this machine is not limited, and nobody is harmed by its scenes but itself.
        let configuration = hub.services.configuration
        let limits = connection.isLocal && !configuration.limitsOwnMachine ? .none : configuration.rateLimits
        inflow = PlainInflow(limits: limits, now: now)
        next = hub.ring.next
        joined = next
        viewer = hub.state.document["viewer"]
        audio = hub.state.document["audio"]
    }

    func opened(now: Int64) {
        connection.send(ServerFrame.text(PlainLine.connectionStatus))
        firstScene = hub.presentScene
        sendPresentScene(now: now)
        connection.becameLive()
    }

    // MARK: From the client

    func received(text: [UInt8], now: Int64) {
        switch reader.read(text, present: hub.state.document["live"]) {
        case .sceneUpdate(let scene):
            if let scene = inflow.received(scene: scene, now: now) {
                submit(scene, byteCount: text.count, now: now)
            } else if let delay = inflow.wakesIn(now: now) {
                connection.wake(in: delay)
            }
        case .viewer(let command, let relay):
            submitHeldScene(now: now)
            submit(command, data: .object([]), relay: relay)
        case .nightMode(let data, let relay):
            submitHeldScene(now: now)
            submit("viewer.night-mode", data: data, relay: relay)
        case .relay(let message):
            submitHeldScene(now: now)
            connection.relay(message)
        case .requestScene: wantsScene = true
        case .ping: return
        case .ignored(let reason):
            connection.logger.debug(
                "Message ignored", metadata: ["bytes": "\(text.count)", "reason": "\(reason)"])
        }
    }

    func receivedBinary() { connection.logger.debug("Message ignored", metadata: ["reason": "binary"]) }

    func answered(_ answer: CommandAnswer) {
        switch answer.result {
        case .success(let outcome):
            if let base = outcome.base { memory?.wasMade(of: answer.bases[base]) }
        // The plain protocol has no word for a refusal, so the log is the only place to say it.
        case .failure(let error):
            connection.logger.warning("Message not carried out", metadata: ["reason": "\(error)"])
        }
    }

    /// The scene that the rate limit held back goes before whatever the client sent after it.
    private func submitHeldScene(now: Int64) {
        if let scene = inflow.receivedOther(now: now) { submit(scene, byteCount: hub.sceneByteCount, now: now) }
    }

    private func submit(_ scene: JSONValue, byteCount: Int, now: Int64) {
        let bases = bases(for: scene, byteCount: byteCount, now: now)
        connection.submit(
            CommandRequest(
                .liveScene(scene: scene, bases: bases.map(\.scene)),
                actor: connection.actor, origin: connection.id,
                relayWhenUnchanged: { PlainLine.sceneUpdate(scene.serialized()) }),
            byteCount: byteCount, bases: bases.map(\.id))
    }

    /// What the client may have had when it made this scene.
    private func bases(for scene: JSONValue, byteCount: Int, now: Int64) -> [PlainSceneMemory.Candidate] {
        var memory = memory ?? rememberedFromRing(now: now)
        let bases = memory.received(scene, byteCount: byteCount, now: now)
        self.memory = memory
        pingIfWanted()
        // What its user did was done to this scene: another one that the client had before can't be what it started from.
        return bases.filter { $0.scene["id"] == scene["id"] }
    }

    /// The scenes that a client has been sent which has only looked on so far: those that the ring still has.
    private func rememberedFromRing(now: Int64) -> PlainSceneMemory {
        var memory = PlainSceneMemory()
        var scenes = firstScene.map { [$0] } ?? []
        for number in max(joined, hub.ring.oldest)..<max(next, joined, hub.ring.oldest) {
            guard case .element(let passage) = hub.ring[number] else { continue }
            scenes += passage.items.compactMap { $0.scene(for: connection.id) }
        }
        for update in scenes.suffix(Self.rememberedMax) {
            memory.sent(update.scene, byteCount: hub.sceneByteCount, now: now)
        }
        firstScene = nil
        return memory
    }

    private func submit(_ name: String, data: JSONValue, relay: [UInt8]) {
        do throws(CommandError) {
            let command = try Command.parse(name: name, data: data)
            connection.submit(
                CommandRequest(
                    command, actor: connection.actor, origin: connection.id,
                    relayWhenUnchanged: { relay }),
                byteCount: relay.count)
        } catch {
            // The contract relays whatever a message holds (`"brightness":"high"`); what is no state is an effect.
            connection.logger.debug("Message relayed only", metadata: ["command": "\(name)", "reason": "\(error)"])
            connection.relay(relay)
        }
    }

    // MARK: To the client

    func advance(now: Int64) -> Bool {
        // Most looks find nothing, so whether the client takes more is asked second.
        while wantsScene || next < hub.ring.next {
            guard connection.canTake else { return true }
            if sendBundle(now: now) { continue }
            switch hub.ring[next] {
            case .notYet:
                wantsScene = false
                sendPresentScene(now: now)
            case .fellOut: jump(now: now)
            case .element(let passage):
                send(passage, number: next, now: now)
                next += 1
            }
        }
        return false
    }

    /// Sends all that the pass has brought, if the client has everything before it and is sent the same as others.
    private func sendBundle(now: Int64) -> Bool {
        guard let bundle = hub.bundle, bundle.first == next, memory == nil, !bundle.involves(connection.id),
            now - bundle.arrival.milliseconds <= hub.services.configuration.sceneConflationAge
        else { return false }
        switch bundle.plainMessages {
        case .tooLarge: return false
        case .none: break
        case .shared(let frames): connection.send(frames)
        }
        if let count = bundle.sceneByteCount { hub.sceneByteCount = count }
        if let viewer = bundle.viewer { self.viewer = viewer }
        if let audio = bundle.audio { self.audio = audio }
        next = bundle.end
        return true
    }

    private func send(_ passage: Passage, number: UInt64, now: Int64) {
        let firstScene = firstSceneToSend(of: passage, number: number, now: now)
        for (index, item) in passage.items.enumerated() {
            switch item {
            case .event(let event):
                let isOwn = event.origin == connection.id
                // Its own scene is no news to a client, unless one of another crossed it on the wire.
                if let scene = event.scene, index >= firstScene, !isOwn || memory?.owesOwnScene ?? false {
                    send(scene, now: now)
                }
                if !isOwn { for message in event.messages { connection.send(message) } }
                viewer = event.viewer ?? viewer
                audio = event.audio ?? audio
            case .effect(let effect) where effect.origin != connection.id: connection.send(effect.message.bytes)
            case .scene(for: connection.id, let scene) where index >= firstScene: send(scene, now: now)
            case .effect, .scene: continue
            }
        }
    }

    /// Where in a passage the scenes begin that the client is sent: a scene that it did not take for so long is
    /// skipped if there is a newer one.
    private func firstSceneToSend(of passage: Passage, number: UInt64, now: Int64) -> Int {
        let age = now - passage.arrival.milliseconds
        guard age > hub.services.configuration.sceneConflationAge else { return 0 }
        if let newest = hub.newestScene, newest > number { return passage.items.count }
        return passage.lastScene(for: connection.id) ?? 0
    }

    /// It is told with the next pass, as one whose passages have fallen out of the ring.
    func jumped() -> Bool { true }

    /// The passages between the client's position and the ring are gone: it is told how things are now.
    private func jump(now: Int64) {
        connection.logger.debug("Plain client jumps to the present", metadata: ["position": "\(next)"])
        next = hub.ring.next
        sendPresentScene(now: now)
        let document = hub.state.document
        let newAudio = document["audio"] == audio ? nil : document["audio"]
        let lines = PlainTranslation.lines(
            eventType: "", viewer: document["viewer"], previousViewer: viewer, audio: newAudio)
        for line in lines { connection.send(ServerFrame.text(line)) }
        viewer = document["viewer"]
        audio = document["audio"]
    }

    private func sendPresentScene(now: Int64) {
        if let scene = hub.presentScene { send(scene, now: now) }
    }

    private func send(_ scene: SceneUpdate, now: Int64) {
        let frame = scene.bytes
        hub.sceneByteCount = frame.readableBytes
        connection.send(frame)
        guard memory != nil else { return }
        memory?.sent(scene.scene, byteCount: frame.readableBytes, now: now)
        pingIfWanted()
    }

    /// A pong behind a scene tells which versions the page has when it sends its next.
    private func pingIfWanted() {
        if let memory, memory.wantsPing { connection.sendExtraPing() }
    }

    // MARK: Time

    func pingSent(_ number: UInt64) { memory?.pingSent(number) }

    func pongReceived(_ number: UInt64, now: Int64) { memory?.pongReceived(number, now: now) }

    func tick(now: Int64) {
        if let scene = inflow.tick(now: now) { submit(scene, byteCount: hub.sceneByteCount, now: now) }
    }

    func lag() -> Liveness.Lag {
        guard next < hub.ring.next else { return .none }
        // It will be sent the newest scene only, so that is what it lacks.
        guard case .element(let passage) = hub.ring[max(next, hub.ring.oldest)] else { return .none }
        return Liveness.Lag(byteCount: hub.sceneByteCount, since: passage.arrival.milliseconds)
    }

    /// A position is a place in the ring; of scenes that have waited too long it is sent only the newest.
    var offset: Int64 {
        guard case .element(let passage) = hub.ring[max(next, hub.ring.oldest)] else { return hub.state.offset }
        return passage.offsetBefore
    }

    func ended(now: Int64) {
        // The last move of a user who closes the page is not lost with the connection.
        if let scene = inflow.ended() { submit(scene, byteCount: hub.sceneByteCount, now: now) }
    }
}

@available(*, unavailable)
extension PlainSession: Sendable {}
