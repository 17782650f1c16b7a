import NIOCore
import Synchronization

/// The endless event streams that are open now.
///
/// Safe from every thread.
package final class EventStreams: Sendable {
    private struct Content {
        var newest = 0
        var streams: [Int: EventStreamPosition] = [:]
    }

    private let content = Mutex(Content())

    /// None yet.
    package init() {}

    /// A stream begins; answers the number under which it ends.
    func begin(_ stream: EventStreamPosition) -> Int {
        content.withLock { content in
            content.newest += 1
            content.streams[content.newest] = stream
            return content.newest
        }
    }

    /// A stream has ended.
    func end(_ number: Int) {
        content.withLock { $0.streams[number] = nil }
    }

    /// The streams, in the order in which they were opened.
    package func clients(now: NIODeadline = .now()) -> [ClientStatus] {
        let streams = content.withLock { $0.streams }
        return streams.sorted { $0.key < $1.key }.map { $0.value.status(now: now) }
    }

    /// How many there are.
    package var count: Int { content.withLock { $0.streams.count } }
}

/// How far one event stream has come.
final class EventStreamPosition: Sendable {
    private let address: String
    private let actor: String
    private let opened: NIODeadline
    private let offset: Atomic<Int64>
    private let isLive = Atomic(false)

    /// - Parameter offset: What its client says that it has.
    init(address: String, actor: String, offset: Int64, opened: NIODeadline = .now()) {
        self.address = address
        self.actor = actor
        self.opened = opened
        self.offset = Atomic(offset)
    }

    /// Everything up to here was handed over.
    func advance(to offset: Int64) { self.offset.store(offset, ordering: .relaxed) }

    /// All that there was has been handed over.
    func becameLive() { isLive.store(true, ordering: .relaxed) }

    /// A stream's next lines are read when the last ones were taken, so nothing waits for it.
    func status(now: NIODeadline) -> ClientStatus {
        ClientStatus(
            kind: .stream, address: address, actor: actor,
            connectedMilliseconds: (now - opened).nanoseconds / 1_000_000, offset: offset.load(ordering: .relaxed),
            unsentByteCount: 0, isLive: isLive.load(ordering: .relaxed))
    }
}
