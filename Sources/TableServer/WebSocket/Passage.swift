import JSONDocument
import Journal
import NIOCore
import Sync
import Table

/// One thing in a ``Passage``, as the two kinds of clients are told of it.
enum PassageItem: Sendable {
    /// An event: its line for event clients, and what it means for plain ones.
    case event(PassageEvent)
    /// A message without state, for everybody but its origin.
    case effect(PassageEffect)
    /// The merged scene, for the plain client that sent another one.
    case scene(for: ConnectionID, SceneUpdate)
}

/// An event on its way to the clients.
///
/// A class, so that looking at it for each of 500 clients costs one reference count, not one per member.
final class PassageEvent: Sendable {
    let offset: Int64
    /// The journal's line without its line feed.
    let line: [UInt8]
    let chain: ChainDigest
    /// The plain client that knows already, because it was its message.
    let origin: ConnectionID?
    /// Whether the event changed the live scene.
    let changesLive: Bool
    /// The live scene after the event, if the event changed it and left one.
    let scene: SceneUpdate?
    /// `/viewer` after the event, if the event changed it.
    let viewer: JSONValue?
    /// `/audio` likewise.
    let audio: JSONValue?
    /// The other messages that plain clients are told it with, each as a frame.
    let messages: [ByteBuffer]

    init(
        offset: Int64, line: [UInt8], chain: ChainDigest, origin: ConnectionID?, changesLive: Bool,
        scene: SceneUpdate?, viewer: JSONValue?, audio: JSONValue?, messages: [ByteBuffer]
    ) {
        self.offset = offset
        self.line = line
        self.chain = chain
        self.origin = origin
        self.changesLive = changesLive
        self.scene = scene
        self.viewer = viewer
        self.audio = audio
        self.messages = messages
    }
}

/// An effect on its way to the clients.
final class PassageEffect: Sendable {
    let origin: ConnectionID?
    /// The `effect` line for event clients.
    let line: [UInt8]
    /// The message for plain ones.
    let message: SharedFrame

    init(_ effect: Effect) {
        let message = effect.message
        self.origin = effect.origin
        self.line = ServerLine.effect(message: message)
        self.message = SharedFrame { ServerFrame.text(message) }
    }
}

/// A piece of what was committed: the unit in which every client's position moves through the ring.
///
/// A batch of the writer is one passage, or several where it is large, so that no client is handed more at once than its
/// buffers should hold.
final class Passage: Sendable {
    let items: [PassageItem]
    /// The newest offset before it, and with it.
    let offsetBefore: Int64
    let offsetAfter: Int64
    /// How many bytes of lines came before it since the server started; tells how far behind a client is.
    let startByte: Int64
    /// Bytes of its lines.
    let byteCount: Int
    /// When it was committed.
    let arrival: NIODeadline
    /// The state after it; nil if the rest of its batch follows.
    let state: CommittedState?

    private let eventFrame: SharedFrame

    init(
        items: [PassageItem], offsetBefore: Int64, startByte: Int64, arrival: NIODeadline, state: CommittedState?
    ) {
        self.items = items
        self.offsetBefore = offsetBefore
        self.offsetAfter = items.reduce(offsetBefore) { $1.event?.offset ?? $0 }
        self.startByte = startByte
        self.byteCount = items.reduce(0) { $0 + $1.lineByteCount }
        self.arrival = arrival
        self.state = state
        self.eventFrame = SharedFrame { ServerFrame.text(lines: items.compactMap { $0.eventLine(for: nil) }) }
    }

    /// The message for event clients that sent no effect of it; nil if it has no line.
    var sharedFrame: ByteBuffer? { hasLines ? eventFrame.bytes : nil }

    /// The lines of that message.
    var eventLines: [[UInt8]] { items.compactMap { $0.eventLine(for: nil) } }

    /// The messages for plain clients that have no part in it.
    var plainFrames: [ByteBuffer] { items.flatMap(\.plainFrames) }

    /// The message that an event client is sent: one line per event and effect, without the client's own effects.
    ///
    /// Nil if nothing is left.
    func frame(for client: ConnectionID) -> ByteBuffer? {
        guard items.contains(where: { $0.isEffect(of: client) }) else { return sharedFrame }
        let lines = items.compactMap { $0.eventLine(for: client) }
        return lines.isEmpty ? nil : ServerFrame.text(lines: lines)
    }

    /// The lines of its events after an offset, for a client that is catching up; effects are over by then.
    func lines(after offset: Int64) -> [[UInt8]] {
        items.compactMap { item in
            guard let event = item.event, event.offset > offset else { return nil }
            return event.line
        }
    }

    /// The chain digest at its newest event, if it has one.
    var chain: ChainDigest? { items.last { $0.event != nil }?.event?.chain }

    /// Where the last scene stands that a plain client would be sent; nil if there is none.
    func lastScene(for client: ConnectionID) -> Int? { items.lastIndex { $0.scene(for: client) != nil } }

    /// Whether it holds a scene for anybody.
    var hasScene: Bool { items.contains { $0.holdsScene } }

    /// About how much memory it holds, with the frames that clients have built from it.
    ///
    /// - Parameter sceneByteCount: How large a scene's message is, as far as known; it may not be built yet.
    func memoryByteCount(sceneByteCount: Int) -> Int {
        items.reduce(2 * byteCount + 256) { $0 + ($1.holdsScene ? sceneByteCount : 0) }
    }

    /// Whether the live scene is another one after it.
    var changesLive: Bool { items.contains { $0.event?.changesLive ?? false } }

    /// Forgets the frames built from it, which are built again for a latecomer.
    func release() {
        eventFrame.release()
        for item in items {
            switch item {
            case .event(let event): event.scene?.release()
            case .effect(let effect): effect.message.release()
            case .scene(_, let scene): scene.release()
            }
        }
    }

    private var hasLines: Bool { items.contains { $0.eventLine(for: nil) != nil } }
}

extension PassageItem {
    /// The event, if it is one.
    var event: PassageEvent? {
        if case .event(let event) = self { event } else { nil }
    }

    /// Who sent it, or is meant; everybody else is sent the same.
    var participant: ConnectionID? {
        switch self {
        case .event(let event): event.origin
        case .effect(let effect): effect.origin
        case .scene(for: let client, _): client
        }
    }

    /// The messages for plain clients other than the ``participant``.
    fileprivate var plainFrames: [ByteBuffer] {
        switch self {
        case .event(let event): (event.scene.map { [$0.bytes] } ?? []) + event.messages
        case .effect(let effect): [effect.message.bytes]
        case .scene: []
        }
    }

    /// The scene that a plain client is sent because of it.
    func scene(for client: ConnectionID) -> SceneUpdate? {
        switch self {
        case .event(let event): event.origin == client ? nil : event.scene
        case .scene(for: client, let scene): scene
        case .scene, .effect: nil
        }
    }

    /// Whether it is an effect that this client sent itself.
    func isEffect(of client: ConnectionID) -> Bool {
        if case .effect(let effect) = self { effect.origin == client } else { false }
    }

    fileprivate var holdsScene: Bool {
        switch self {
        case .event(let event): event.scene != nil
        case .scene: true
        case .effect: false
        }
    }

    /// The line for an event client; nil: for one that sent no effects itself.
    fileprivate func eventLine(for client: ConnectionID?) -> [UInt8]? {
        switch self {
        case .event(let event): event.line
        case .effect(let effect): client != nil && effect.origin == client ? nil : effect.line
        case .scene: nil
        }
    }

    /// Bytes of what event clients are sent because of it.
    var lineByteCount: Int {
        switch self {
        case .event(let event): event.line.count + 1
        case .effect(let effect): effect.line.count + 1
        case .scene: 0
        }
    }
}
