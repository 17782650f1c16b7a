import Journal

/// Writes a journal, or a range of it, with the blobs that it names into one file, which `import` reads.
///
/// The file is a zip of a table's folder (journal-format.md, "Archive file"): unpacked with any tool it can be served as it is. The
/// journal in it is this one, with its uuid, offsets and chain; of a range it is the part that begins with a `start` document.
package struct ArchiveExport: Sendable {
    /// What was written.
    package struct Report: Sendable {
        package let file: String
        package let journal: String
        package let range: ExportRange
        /// D after the last event.
        package let chain: String
        package let blobCount: Int
        package let blobByteCount: Int64
        /// Blobs that the journal names and that were left out, as they aren't there.
        package let missingBlobs: [MissingBlob]
        /// The file's size.
        package let byteCount: Int64
    }

    private let source: JournalSource

    package init(from source: JournalSource) {
        self.source = source
    }

    /// Writes the file, whole or not at all.
    ///
    /// - Parameters:
    ///   - range: Extended where it cuts through a change of several events.
    ///   - target: The file.
    ///   - overwrites: Whether a file of that name is replaced.
    ///   - leavesOutMissing: Whether a blob that isn't there is left out, instead of being a reason to write nothing.
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` also for a blob that is missing or damaged: a whole archive or none.
    package func run(
        _ range: ExportRange, to target: String, overwrites: Bool, useSnapshots: Bool, leavesOutMissing: Bool = false,
        progress: ProgressSink
    ) throws(ReplayError) -> Report {
        let file = try StagedFile(target, overwrites: overwrites, fileSystem: source.fileSystem)
        defer { file.cancel() }
        let range = try range.withWholeGroups(in: source)
        do {
            let packing = try ArchivePacking(
                range, of: source, beside: target + ".journal", useSnapshots: useSnapshots,
                leavesOutMissing: leavesOutMissing, progress: progress)
            defer { packing.close() }
            while let piece = try packing.next(progress: progress) { try file.append(piece) }
            try file.finish()
            return Report(
                file: target, journal: packing.part.identity.uuid, range: range, chain: packing.part.chain,
                blobCount: packing.blobs.present.count, blobByteCount: packing.blobByteCount,
                missingBlobs: packing.blobs.missing, byteCount: file.byteCount)
        } catch let error as ReplayError {
            throw error
        } catch {
            throw .writing("\(target) can't be written: \(error)", hint: "Nothing was left behind.", because: error)
        }
    }
}
