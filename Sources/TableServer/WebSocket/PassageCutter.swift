import JSONDocument
import NIOCore
import Sync
import Table

/// Turns what the table commits into passages; lives where batches come in order, in the table's sink.
///
/// It remembers `/viewer` from event to event, because plain clients are told of a change, not of the state.
struct PassageCutter: Sendable {
    /// Bytes of lines after which a passage ends: what one client's buffers are meant to hold.
    private static let byteCountMax = 64 << 10

    private var offset: Int64
    private var viewer: JSONValue?
    private var byteCount: Int64 = 0

    /// Goes on from a state.
    init(state: CommittedState) {
        offset = state.offset
        viewer = state.document["viewer"]
    }

    /// Goes on from another state, from which no event led here.
    mutating func jump(to state: CommittedState) {
        offset = state.offset
        viewer = state.document["viewer"]
    }

    /// The passages of one batch, the last of which carries its state.
    mutating func cut(_ batch: CommittedBatch, at arrival: NIODeadline) -> [Passage] {
        let pieces = Self.pieces(batch.items.compactMap { item($0) })
        return pieces.enumerated().map { index, items in
            let passage = Passage(
                items: items, offsetBefore: offset, startByte: byteCount, arrival: arrival,
                state: index == pieces.count - 1 ? batch.state : nil)
            offset = passage.offsetAfter
            byteCount += Int64(passage.byteCount)
            return passage
        }
    }

    private static func pieces(_ items: [PassageItem]) -> [[PassageItem]] {
        var pieces: [[PassageItem]] = [[]]
        var size = 0
        for item in items {
            let count = item.lineByteCount
            if size > 0, size + count > byteCountMax {
                pieces.append([])
                size = 0
            }
            pieces[pieces.count - 1].append(item)
            size += count
        }
        return pieces
    }

    private mutating func item(_ item: BatchItem) -> PassageItem? {
        switch item {
        case .event(let event): return .event(self.event(event))
        case .effect(let effect): return .effect(PassageEffect(effect))
        case .liveForOrigin(let client, let scene): return SceneUpdate(scene).map { .scene(for: client, $0) }
        }
    }

    private mutating func event(_ event: CommittedEvent) -> PassageEvent {
        let lines = PlainTranslation.lines(
            eventType: event.type, viewer: event.viewer, previousViewer: viewer, audio: event.audio)
        viewer = event.viewer ?? viewer
        return PassageEvent(
            offset: event.offset, line: event.line, chain: event.chain, origin: event.origin ?? event.effect?.origin,
            changesLive: event.live != nil, scene: SceneUpdate(event.live), viewer: event.viewer,
            audio: event.audio,
            messages: (lines + (event.effect.map { [$0.message] } ?? [])).map { ServerFrame.text($0) })
    }
}
