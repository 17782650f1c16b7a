import JSONDocument
import Journal

/// One table: a document, the journal that it is the sum of, and the one writer that changes it.
///
/// Reads take ``committed`` and never wait. Changes go through ``submit(_:)``: they are queued, decided in order, written
/// with one sync for all that gathered meanwhile, shown, and answered, in this order. Thread-safe.
package final class Table: Sendable {
    /// Which journal this is.
    package let identity: JournalIdentity
    /// The table's images and sounds.
    package let blobs: BlobStore
    /// Reads the journal's lines without a lock; what is handed out of it must end at ``committedLimit``.
    package let reader: JournalReader
    /// What opening the table found and did.
    package let recovery: TableRecovery

    private let history: History
    private let resolver: HistoryResolver
    private let publication: Publication
    private let gate: AdmissionGate
    private let commands: any CommandIntake

    init(
        identity: JournalIdentity, blobs: BlobStore, reader: JournalReader, recovery: TableRecovery,
        resolver: HistoryResolver, publication: Publication, gate: AdmissionGate, commands: any CommandIntake
    ) {
        self.identity = identity
        self.blobs = blobs
        self.reader = reader
        self.recovery = recovery
        self.history = resolver.history
        self.resolver = resolver
        self.publication = publication
        self.gate = gate
        self.commands = commands
    }

    // MARK: Reading

    /// The table as it is on disk now.
    package var committed: CommittedState { self.publication.state }

    /// The newest committed offset as ``JournalReader/cursor(from:through:)`` takes it: what is handed out ends there.
    package var committedLimit: CommittedLimit { self.publication.limit }

    /// Where the journal's files may be handed out to; `nil` as long as there are no events.
    package var committedEnd: CommittedEnd? { self.publication.end }

    /// Whether changes are taken; once not, it stays so until a restart.
    package var writability: TableWritability { self.publication.writability }

    /// Counts since the table was opened.
    package var statistics: TableStatistics { self.publication.statistics }

    /// Commands that are queued or being decided now.
    package var pendingCommandCount: Int { self.gate.admitted }

    /// The document after the event at `offset`; −1 is the document before event 0.
    ///
    /// Reads files unless it is the newest: call it from a thread that may wait. For a time, ask
    /// `reader.offset(at:)` first.
    ///
    /// - Throws: ``TableError``.
    package func document(at offset: Int64) throws(TableError) -> JSONValue {
        let state = self.committed
        guard offset <= state.offset else {
            throw .offsetOutOfRange(offset: offset, first: self.identity.firstOffset, newest: state.offset)
        }
        return offset == state.offset ? state.document : try self.history.document(at: offset)
    }

    /// Adds someone who is told of every batch from now on.
    ///
    /// - Parameter sink: Called on the writer's thread, in order, after the batch is on disk and shown, before those who
    ///   wait for it are answered. The writer waits for it, so it must be quick and not call ``close()``.
    /// - Returns: The state from which the batches continue: nothing between it and the first batch is missing or twice.
    package func onCommit(_ sink: @escaping @Sendable (CommittedBatch) -> Void) -> CommittedState {
        self.publication.add(sink)
    }

    // MARK: Changing

    /// Does a command and answers when it is on disk.
    ///
    /// Suspends while more commands are on their way than the queue takes.
    ///
    /// - Throws: The refusal; then nothing was changed (but see ``CommandError/Code/outcomeUnknown``).
    package func submit(_ request: CommandRequest) async throws(CommandError) -> CommandOutcome {
        await self.gate.enter()
        let result = await withCheckedContinuation { continuation in
            self.enqueue(request) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Does a command and calls `completion` with the answer, once, when it is on disk.
    ///
    /// - Parameter completion: Called on one of the table's threads, or at once with ``CommandError/Code/busy`` if more
    ///   commands are on their way than the queue takes.
    package func submit(_ request: CommandRequest, completion: @escaping CommandCompletion) {
        guard self.gate.tryEnter() else {
            completion(.failure(.busy))
            return
        }
        self.enqueue(request, completion)
    }

    /// Passes a message without state on to everybody, in its place between the changes.
    package func relay(_ effect: Effect) {
        self.commands.relay(effect)
    }

    /// What a restore, undo or redo (or any command) would do now, without doing it.
    ///
    /// - Returns: The patch that its event would have; empty if it would change nothing.
    package func dryRun(_ request: CommandRequest) async throws(CommandError) -> JSONPatch {
        let result = await withCheckedContinuation { continuation in
            let isTaken = self.commands.runOnHistory {
                continuation.resume(returning: self.decideOnly(request))
            }
            if !isTaken { continuation.resume(returning: .failure(.closing)) }
        }
        return try result.get()
    }

    private func decideOnly(_ request: CommandRequest) -> Result<JSONPatch, CommandError> {
        do throws(CommandError) {
            let rehearsal = try self.resolver.rehearse(
                request, present: self.publication.present, context: self.commands.decisionContext())
            return .success(rehearsal.patch)
        } catch {
            return .failure(error)
        }
    }

    private func enqueue(_ request: CommandRequest, _ completion: @escaping CommandCompletion) {
        let gate = self.gate
        self.commands.submit(request) { result in
            gate.leave()
            completion(result)
        }
    }

    // MARK: The end

    /// Finishes what is queued, writes a last snapshot, ends the journal's frame and gives the lock back.
    ///
    /// Changes that come later are refused. Waits; not to be called from a sink or a completion. Twice does nothing.
    package func close() {
        self.commands.close()
        self.publication.stopWriting(reason: "the table is closed")
    }
}
