import JSONDocument
import NIOCore
import Sync
import Synchronization
import Table

/// A `snapshot` line, ready to be sent.
struct PreparedSnapshot: Sendable {
    /// The state that it holds, whose events are not sent again.
    let state: CommittedState
    /// The line as a message in fragments.
    let message: FragmentedMessage
}

/// Writes the document out for those who can't resume, once for all who come at about the same time.
///
/// A document may have 20 MB and 500 clients may reconnect at once. They share one message as long as the events since it
/// are small; which of two adjoining states a client starts from makes no difference to it.
final class SnapshotDesk: Sendable {
    /// Bytes of events that a newcomer may be sent on top of a shared snapshot.
    private static let tailByteCountMax: Int64 = 256 << 10

    private struct Shared {
        let snapshot: PreparedSnapshot
        /// The hub's count of bytes of lines at the snapshot's state.
        let bytePosition: Int64
        var lastUse: NIODeadline
    }

    private let shared = Mutex<Shared?>(nil)

    /// A snapshot of this state, or of one just before it.
    ///
    /// Blocks: called on a worker's thread.
    ///
    /// The lock is held while it is built, so that others who ask meanwhile share it.
    ///
    /// - Parameters:
    ///   - state: The state of the client that asks.
    ///   - bytePosition: The hub's count of bytes of lines at that state.
    func snapshot(of state: CommittedState, bytePosition: Int64) -> PreparedSnapshot {
        shared.withLock { held in
            if let present = held, present.snapshot.state.offset <= state.offset,
                bytePosition - present.bytePosition <= Self.tailByteCountMax
            {
                held?.lastUse = .now()
                return present.snapshot
            }
            let snapshot = Self.prepare(state)
            held = Shared(snapshot: snapshot, bytePosition: bytePosition, lastUse: .now())
            return snapshot
        }
    }

    /// Lets the memory go if nobody asked since then.
    func release(unusedSince time: NIODeadline) {
        shared.withLock { held in
            if let present = held, present.lastUse < time { held = nil }
        }
    }

    private static func prepare(_ state: CommittedState) -> PreparedSnapshot {
        let head = ServerLine.snapshotHead(offset: state.offset, digest: state.digest())
        let parts = [head, state.document.serialized(), ServerLine.snapshotTail]
        return PreparedSnapshot(state: state, message: FragmentedMessage(text: parts))
    }
}
