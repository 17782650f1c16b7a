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

    private struct Held {
        var shared: Shared?
        /// How large the document was when it was last written out.
        var byteCount: Int?
    }

    private let held = Mutex(Held())

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
        held.withLock { held in
            if let shared = held.shared, shared.snapshot.state.offset <= state.offset,
                bytePosition - shared.bytePosition <= Self.tailByteCountMax
            {
                held.shared?.lastUse = .now()
                return shared.snapshot
            }
            let snapshot = Self.prepare(state)
            held.shared = Shared(snapshot: snapshot, bytePosition: bytePosition, lastUse: .now())
            held.byteCount = snapshot.message.byteCount
            return snapshot
        }
    }

    /// About how many bytes a snapshot has.
    ///
    /// Blocks where none was ever written out.
    func byteCount(of state: CommittedState) -> Int {
        held.withLock { held in
            if let byteCount = held.byteCount { return byteCount }
            let byteCount = state.document.serialized().count
            held.byteCount = byteCount
            return byteCount
        }
    }

    /// Lets the memory go if nobody asked since then.
    func release(unusedSince time: NIODeadline) {
        held.withLock { held in
            guard let shared = held.shared, shared.lastUse < time else { return }
            held.shared = nil
            // Measured again by the next one who needs it: the document may have grown.
            held.byteCount = nil
        }
    }

    private static func prepare(_ state: CommittedState) -> PreparedSnapshot {
        let head = ServerLine.snapshotHead(offset: state.offset, digest: state.digest())
        let parts = [head, state.document.serialized(), ServerLine.snapshotTail]
        return PreparedSnapshot(state: state, message: FragmentedMessage(text: parts))
    }
}
