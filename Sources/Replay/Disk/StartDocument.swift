import JSONDocument
import Journal
import Table

/// The document at a moment, as the file that another journal, or the rest of this one, goes on from.
struct StartDocument {
    let file: SnapshotFile
    /// The blobs that it names.
    let blobs: Set<String>

    /// Replays to a moment.
    init(
        of source: JournalSource, at offset: Int64, useSnapshots: Bool, progress: ProgressSink
    ) throws(ReplayError) {
        let document = try source.document(at: offset, useSnapshots: useSnapshots, progress: progress)
        let bytes = document.serialized()
        var mentions: [String: BlobMention] = [:]
        BlobMention.gather(bytes.span, event: offset, into: &mentions)
        blobs = Set(mentions.keys)
        file = SnapshotFile(
            journal: source.reader.identity.uuid, offset: offset,
            chain: try replayReading { () throws(JournalError) in try source.reader.chain(at: offset).hex },
            digest: DocumentDigest.compute(document), document: bytes)
    }
}
