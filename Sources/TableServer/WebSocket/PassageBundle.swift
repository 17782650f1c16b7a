import JSONDocument
import NIOCore
import Table

/// What one pass of a loop brought, in one buffer for every client that has all before it: nearly all have.
///
/// Such a client costs one write to its socket, whatever the number of passages. Who has a part in them (an effect, a scene of
/// its own) or is further back goes through the passages one by one. Lives on its loop.
final class PassageBundle {
    /// What the clients of one protocol are sent.
    enum Message {
        /// Nothing of it concerns them.
        case none
        case shared(ByteBuffer)
        /// It is too much for one write; each passage is sent by itself.
        case tooLarge
    }

    /// Bytes of lines in one message for event clients, as in a passage.
    private static let lineByteCountMax = 64 << 10
    /// Bytes of messages for plain clients in one write: what a connection's buffers hold.
    private static let frameByteCountMax = 256 << 10

    /// The number of the first passage, and of the one behind the last.
    let first: UInt64
    let end: UInt64
    /// When the first of them was committed.
    let arrival: NIODeadline
    /// The newest offset, and the bytes of all lines up to there since the server started.
    let offsetAfter: Int64
    let endByte: Int64
    /// `/viewer` after it, if it changed that.
    let viewer: JSONValue?
    /// `/audio` likewise.
    let audio: JSONValue?

    private let passages: [Passage]
    private let participants: Set<ConnectionID>

    /// A bundle of passages that follow each other; nil if there are none.
    ///
    /// - Parameter first: The number of the first one in the ring.
    init?(_ passages: [Passage], first: UInt64) {
        guard let oldest = passages.first, let newest = passages.last else { return nil }
        self.passages = passages
        self.first = first
        self.end = first + UInt64(passages.count)
        self.arrival = oldest.arrival
        self.offsetAfter = newest.offsetAfter
        self.endByte = newest.startByte + Int64(newest.byteCount)
        let items = passages.lazy.flatMap(\.items)
        self.viewer = items.compactMap { $0.event?.viewer }.last
        self.audio = items.compactMap { $0.event?.audio }.last
        self.participants = Set(items.compactMap(\.participant))
    }

    /// Whether some of it is this client's own, or meant for it alone.
    func involves(_ client: ConnectionID) -> Bool { participants.contains(client) }

    /// What event clients are sent: all lines in one message.
    private(set) lazy var eventMessage: Message = {
        if passages.count == 1 { return passages[0].sharedFrame.map { .shared($0) } ?? .none }
        guard passages.reduce(0, { $0 + $1.byteCount }) <= Self.lineByteCountMax else { return .tooLarge }
        let lines = passages.flatMap(\.eventLines)
        return lines.isEmpty ? .none : .shared(ServerFrame.text(lines: lines))
    }()

    /// What plain clients are sent: their messages behind each other.
    private(set) lazy var plainMessages: Message = {
        let frames = passages.flatMap(\.plainFrames)
        guard let first = frames.first else { return .none }
        guard frames.count > 1 else { return .shared(first) }
        let byteCount = frames.reduce(0) { $0 + $1.readableBytes }
        guard byteCount <= Self.frameByteCountMax else { return .tooLarge }
        var all = ByteBuffer()
        all.reserveCapacity(byteCount)
        for frame in frames { all.writeImmutableBuffer(frame) }
        return .shared(all)
    }()

    /// How large the newest scene's message in it is; nil if it has none.
    private(set) lazy var sceneByteCount: Int? = passages.lazy.flatMap(\.items).compactMap { $0.event?.scene }.last?
        .bytes.readableBytes
}

@available(*, unavailable)
extension PassageBundle: Sendable {}
