import JSONDocument
import Journal
import Table

/// What there is to say about a journal without reading all of it.
package struct JournalInfo: Sendable {
    package let folder: String
    package let identity: JournalIdentity
    /// First kept event and newest event; newest < first in an empty journal.
    package let firstOffset: Int64
    package let newestOffset: Int64
    package let firstTime: JournalTime?
    package let newestTime: JournalTime?
    package let chain: ChainDigest
    /// The document's digest after the newest event.
    package let digest: String
    package let segments: [SegmentInfo]
    /// Offsets of the snapshots, oldest first.
    package let snapshots: [Int64]
    /// Entries of the document's first-level members, by name.
    package let contents: [(name: String, count: Int)]
    /// Process id in the lock file, if somebody holds it.
    package let writer: String?

    /// Gathers the facts.
    ///
    /// Reads the newest snapshot and the events after it.
    package static func gather(
        _ source: JournalSource, useSnapshots: Bool, progress: ProgressSink
    ) throws(ReplayError) -> JournalInfo {
        let first = try source.beginning() + 1
        let newest = try source.newest()
        let document = try source.document(at: newest, useSnapshots: useSnapshots, progress: progress)
        do throws(JournalError) {
            return JournalInfo(
                folder: source.folder, identity: source.reader.identity, firstOffset: first, newestOffset: newest,
                firstTime: first > newest ? nil : try time(of: first, source),
                newestTime: first > newest ? nil : try time(of: newest, source),
                chain: try source.reader.chain(at: newest), digest: DocumentDigest.compute(document),
                segments: try source.reader.writtenSegments(),
                snapshots: try SnapshotStore(folder: source.folder, fileSystem: source.fileSystem).list().sorted(),
                contents: contents(of: document), writer: writer(source))
        } catch {
            throw ReplayError(error)
        }
    }

    /// Bytes of all segments.
    package var byteCount: Int64 { segments.reduce(0) { $0 + $1.byteCount } }

    private static func time(of offset: Int64, _ source: JournalSource) throws(JournalError) -> JournalTime? {
        var cursor = source.reader.cursor(from: offset)
        guard let chunk = try cursor.next(), chunk.firstOffset == offset else { return nil }
        return try EventEnvelope.parse(chunk.line(0)).time
    }

    private static func contents(of document: JSONValue) -> [(name: String, count: Int)] {
        ["scenes", "sceneFolders", "maps", "mapFolders", "mapData", "sounds"].map { ($0, document[$0]?.count ?? 0) }
    }

    private static func writer(_ source: JournalSource) -> String? {
        WriterProbe.holder(of: source.folder)
    }
}
