import JSONDocument
import Table

/// The files that a restore, undo or redo brings back and that only an archive has by now: what nothing in the table's own folder
/// named any more was pruned there.
struct ArchivedBlobs {
    /// The journal with its archives.
    let source: JournalSource

    /// Brings into the table's folder what a change is about to name; on disk when this returns.
    ///
    /// - Parameters:
    ///   - command: Resolved already.
    ///   - document: The table's, which the change is made on.
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` also for a file that isn't what its name says.
    func bring(
        for command: Command, on document: JSONValue, progress: ProgressSink
    ) throws(ReplayError) -> BlobCarrier.Report {
        guard !source.archives.isEmpty else { return BlobCarrier.Report() }
        let missing: [MissingFile]
        do throws(CommandError) {
            let decision = try Decider.decide(command, document: document, context: .rehearsal)
            missing = try source.blobs.missing(in: try decision.document(after: document), besides: document)
        } catch {
            throw ReplayError(error)
        }
        guard !missing.isEmpty else { return BlobCarrier.Report() }
        let disk = FolderDisk(fileSystem: source.fileSystem)
        return try BlobCarrier(disk: disk, folder: source.folder, checksLinked: true)
            .bring(Set(missing.map(\.sha256)), from: source.allBlobs, progress: progress)
    }
}
