import Archives
import Crypto
import JSONDocument
import Journal
import Table

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
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` also for a blob that is missing or damaged: a whole archive or none.
    package func run(
        _ range: ExportRange, to target: String, overwrites: Bool, useSnapshots: Bool, progress: ProgressSink
    ) throws(ReplayError) -> Report {
        let file = try StagedFile(target, overwrites: overwrites, fileSystem: source.fileSystem)
        defer { file.cancel() }
        let range = try range.withWholeGroups(in: source)
        let staged = try StagedFolder(for: target + ".journal", fileSystem: source.fileSystem)
        defer { staged.discard() }
        do {
            let part = try JournalExcerpt.write(
                range, of: source, into: staged.path, useSnapshots: useSnapshots, progress)
            let blobs = try pack(part, from: staged.path, into: file, progress)
            try file.finish()
            return Report(
                file: target, journal: part.identity.uuid, range: range, chain: part.chain, blobCount: blobs.count,
                blobByteCount: blobs.byteCount, byteCount: file.byteCount)
        } catch let error as ReplayError {
            throw error
        } catch {
            throw .unreadable("\(target) can't be written: \(error)", hint: "Nothing was left behind.")
        }
    }

    // MARK: The file

    private func pack(
        _ part: JournalExcerpt, from folder: String, into file: StagedFile, _ progress: ProgressSink
    ) throws -> BlobCarrier.Report {
        let zip = try ZipWriter()
        // The same journal gives the same archive, byte for byte.
        let seconds = part.time.milliseconds / 1000
        for entry in try entries(of: folder) {
            let path = "\(folder)/\(entry.path)"
            let opened = try source.fileSystem.open(path, .read)
            defer { opened.close() }
            try add(entry.path, opened, to: zip, into: file, seconds) { _ in }
        }
        let blobs = try part.blobs.present(in: source.allBlobs)
        let total = blobs.reduce(0) { $0 + $1.byteCount }
        var report = BlobCarrier.Report()
        for blob in blobs {
            let opened = try source.allBlobs.open(blob.sha256)
            defer { opened.close() }
            var hash = SHA256()
            try add(ArchiveEntryName.blob(blob.sha256).path, opened, to: zip, into: file, seconds) { bytes in
                hash.update(data: bytes)
                report.byteCount += Int64(bytes.count)
                progress(ProgressStep(title: "Packing blobs", done: report.byteCount, total: total, unit: .bytes))
            }
            guard hexString(hash.finalize()) == blob.sha256 else {
                throw ReplayError.unreadable(
                    "\(source.allBlobs.path(blob.sha256)): its content isn't what its name says",
                    hint: ReplayError.verifyHint)
            }
            report.count += 1
        }
        try zip.finish()
        try file.append(zip.takeOutput())
        return report
    }

    /// `journal.json` first, by which an archive is known; then the segments in order and the start document.
    private func entries(of folder: String) throws(FileError) -> [ArchiveEntryName] {
        let names = try source.fileSystem.list(folder).compactMap { ArchiveEntryName($0) }
        return names.filter { $0 == .identity } + names.filter { $0 != .identity }
    }

    private func add(
        _ path: String, _ opened: any OpenFile, to zip: ZipWriter, into file: StagedFile, _ seconds: Int64,
        read: ([UInt8]) -> Void
    ) throws {
        let size = try opened.size()
        try zip.beginFile(path, byteCount: size, secondsSince1970: seconds)
        var position: Int64 = 0
        while position < size {
            let bytes = try opened.read(at: position, upTo: Int(min(256 << 10, size - position)))
            guard !bytes.isEmpty else { throw FileError.missing(opened.path) }
            try zip.write(bytes)
            read(bytes)
            position += Int64(bytes.count)
            try file.append(zip.takeOutput())
        }
    }
}
