import Journal

/// Called for each ``TableNotice``, on whichever thread it happened; must return soon and not call the table.
package typealias TableObserver = @Sendable (TableNotice) -> Void

/// What happened behind the scenes and nobody's call reports: for the log.
package enum TableNotice: Sendable, CustomStringConvertible {
    /// A snapshot stands on disk.
    case snapshotWritten(offset: Int64, byteCount: Int)
    /// A snapshot could not be written; the next one will be tried. Nothing is lost, the next start replays more.
    case snapshotFailed(offset: Int64, reason: String)
    /// A snapshot on disk was not used at the start: its content does not make a table.
    case snapshotIgnored(offset: Int64, reason: String)
    /// A snapshot agrees with the events.
    case snapshotChecked(offset: Int64)
    /// A snapshot did not agree with the events: it was set aside and is made anew. `isServed`: the running table was built on it.
    case snapshotWrong(offset: Int64, reason: String, keptAs: String, isServed: Bool)
    /// Snapshots could not be compared with the events; it will be tried again.
    case snapshotCheckFailed(reason: String)
    /// A commit was refused and cut off again; its callers were told, and the table goes on.
    case writeRefused(reason: String)
    /// A write failed in a way that leaves its outcome unknown: from now on the table can only be read.
    case writingStopped(reason: String)
    /// A decision made a patch that does not fit the document: a fault of this program. The command was refused.
    case decisionFailed(type: String, reason: String)
    /// The open frame could not be ended at a quiet moment.
    case endingFrameFailed(reason: String)
    /// An effect was dropped because far too many were waiting.
    case effectDropped
    /// The final snapshot or the journal could not be closed in order; the next start recovers.
    case closeFailed(reason: String)

    package var description: String {
        switch self {
        case .snapshotWritten(let offset, let byteCount): "snapshot at offset \(offset) written, \(byteCount) bytes"
        case .snapshotFailed(let offset, let reason): "snapshot at offset \(offset) not written: \(reason)"
        case .snapshotIgnored(let offset, let reason): "snapshot at offset \(offset) not used: \(reason)"
        case .snapshotChecked(let offset): "snapshot at offset \(offset) agrees with the events"
        case .snapshotWrong(let offset, let reason, let path, let isServed):
            "snapshot at offset \(offset) is WRONG: \(reason). It is kept as \(path) and made anew from the events"
                + (isServed ? ". The table that is served now was built on it: restart the server" : "")
        case .snapshotCheckFailed(let reason): "snapshots could not be checked: \(reason)"
        case .writeRefused(let reason): "commit refused, the table goes on: \(reason)"
        case .writingStopped(let reason): "the table is read-only until it is restarted: \(reason)"
        case .decisionFailed(let type, let reason):
            "a \(type) event did not fit the document and was refused: \(reason)"
        case .endingFrameFailed(let reason): "the quiet frame could not be ended: \(reason)"
        case .effectDropped: "an effect was dropped: too many are waiting"
        case .closeFailed(let reason): "the table could not be closed in order: \(reason)"
        }
    }
}

/// What opening a table found and did, for the log and for `/ready`.
package struct TableRecovery: Sendable {
    /// What the journal's recovery cut off, if anything.
    package var journal: RecoveryReport?
    /// Bytes of prepared space that it took off, as the journal had not been closed.
    package var preparedByteCount: Int64 = 0
    /// The newest snapshot, if it is of a later event than the journal's newest: events that were on disk are gone.
    package var snapshotAhead: Int64?
    /// The snapshot that the document was built from; `nil` if everything was replayed.
    package var snapshotOffset: Int64?
    /// How many events were replayed on top of it.
    package var replayedEvents = 0
    /// Leftovers of interrupted uploads that were removed.
    package var removedUploads = 0
}
