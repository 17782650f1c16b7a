import JSONDocument
import Journal

/// A table that shows its journal as it was recorded, up to a moment that moves when it is told to.
///
/// What reads a ``Table`` (routes, the hub) reads this one just as well: offsets, lines, chain and digests are the
/// recording's own. It has no writer: it takes no lock, writes nothing and refuses every command, so a server may be
/// writing the same journal meanwhile. Effects without state are relayed among those who watch.
package final class RecordedTable: Sendable {
    /// The reading side.
    ///
    /// Its ``Table/writability`` says that it is a recording.
    package let table: Table

    private let stage: RecordingStage

    private init(table: Table, stage: RecordingStage) {
        self.table = table
        self.stage = stage
    }

    /// Opens a journal as it stood after an event.
    ///
    /// Waits for the disk.
    ///
    /// - Parameters:
    ///   - folder: The table's own folder.
    ///   - archives: Folders that hold older segments of the same journal, and what files they name.
    ///   - offset: The moment to begin at; one less than the first event's is the document before all events.
    ///   - report: Told how many events are replayed to get there.
    /// - Throws: ``TableError``; ``TableError/offsetOutOfRange(offset:first:newest:)`` if the journal doesn't reach there.
    package static func open(
        folder: String, archives: [String] = [], fileSystem: any FileSystem, at offset: Int64,
        report: HistoryReport = { _ in }
    ) throws(TableError) -> RecordedTable {
        let reader = try tableReading { () throws(JournalError) in
            try JournalReader(folder: folder, archives: archives, fileSystem: fileSystem)
        }
        let history = History(reader: reader, snapshots: SnapshotStore(folder: folder, fileSystem: fileSystem))
        let stage = try RecordingStage(reader: reader, fileSystem: fileSystem, at: offset, report: report)
        let blobs = BlobStore(folder: folder, archives: archives, fileSystem: fileSystem, makeUUID: { "" })
        let table = Table(
            identity: reader.identity, blobs: blobs,
            reader: reader,
            recovery: TableRecovery(),
            resolver: HistoryResolver(history: history, reader: reader, blobs: blobs, undoReach: 0),
            publication: stage.publication, gate: AdmissionGate(limit: TableOptions().queueLimit),
            commands: RecordingIntake(stage: stage))
        return RecordedTable(table: table, stage: stage)
    }

    /// Shows the events that come next, as one batch.
    ///
    /// - Parameter chunk: Lines that follow ``Table/committed``, in order.
    /// - Throws: ``TableError`` if they don't follow or can't be replayed; then nothing is shown.
    package func show(_ chunk: LineChunk) throws(TableError) {
        try self.stage.show(chunk)
    }

    /// Goes to another moment, earlier or later; everybody is told that what they see is another one now.
    ///
    /// Waits for the disk: it begins at the nearest snapshot.
    package func jump(to offset: Int64) throws(TableError) {
        try self.stage.jump(to: offset)
    }
}

/// What is refused, and how.
extension CommandError {
    /// A recording can be watched, not changed.
    package static let recording = CommandError(
        .readOnly, "This is a recording that is being played: it can be watched, not changed.")
}

/// Refuses every command.
private struct RecordingIntake: CommandIntake {
    let stage: RecordingStage

    func submit(_ request: CommandRequest, _ completion: @escaping CommandCompletion) {
        completion(.failure(.recording))
    }

    func relay(_ effect: Effect) { self.stage.relay(effect) }

    func runOnHistory(_ body: @escaping @Sendable () -> Void) -> Bool { false }

    func decisionContext() -> DecisionContext {
        DecisionContext(now: self.stage.publication.state.time, makeUUID: { "" })
    }

    func close() {}
}
