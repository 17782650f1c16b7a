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
        let staged = try StagedFolder(for: target + ".journal", fileSystem: source.fileSystem)
        defer { staged.discard() }
        do {
            let part = try JournalExcerpt.write(
                range, of: source, into: staged.path, useSnapshots: useSnapshots, progress)
            let blobs = try blobs(of: part, leavesOutMissing: leavesOutMissing)
            let zip = try ZipWriter()
            // The same journal gives the same archive, byte for byte.
            let seconds = part.time.milliseconds / 1000
            try packJournal(staged.path, zip, into: file, seconds)
            let byteCount = try pack(blobs.present, zip, into: file, seconds, progress)
            try zip.finish()
            try file.append(zip.takeOutput())
            try file.finish()
            return Report(
                file: target, journal: part.identity.uuid, range: range, chain: part.chain,
                blobCount: blobs.present.count, blobByteCount: byteCount, missingBlobs: blobs.missing,
                byteCount: file.byteCount)
        } catch let error as ReplayError {
            throw error
        } catch {
            throw .unreadable("\(target) can't be written: \(error)", hint: "Nothing was left behind.")
        }
    }

    private func blobs(
        of part: JournalExcerpt, leavesOutMissing: Bool
    ) throws(ReplayError) -> NamedBlobs.Presence {
        if leavesOutMissing { return try part.blobs.look(in: source.allBlobs) }
        let hint =
            "Bring it back from a backup, or leave out what is missing with --without-missing-blobs; "
            + NamedBlobs.verifyHint
        return NamedBlobs.Presence(present: try part.blobs.present(in: source.allBlobs, hint: hint))
    }

    // MARK: The file

    private func packJournal(
        _ folder: String, _ zip: ZipWriter, into file: StagedFile, _ seconds: Int64
    ) throws {
        for entry in try entries(of: folder) {
            let opened = try source.fileSystem.open("\(folder)/\(entry.path)", .read)
            defer { opened.close() }
            try add(entry.path, opened, to: zip, into: file, seconds) { _ in }
        }
    }

    /// - Returns: Bytes of the blobs.
    private func pack(
        _ blobs: [(sha256: String, byteCount: Int64)], _ zip: ZipWriter, into file: StagedFile, _ seconds: Int64,
        _ progress: ProgressSink
    ) throws -> Int64 {
        let total = blobs.reduce(0) { $0 + $1.byteCount }
        var done: Int64 = 0
        for blob in blobs {
            let opened = try source.allBlobs.open(blob.sha256)
            defer { opened.close() }
            var hash = SHA256()
            try add(ArchiveEntryName.blob(blob.sha256).path, opened, to: zip, into: file, seconds) { bytes in
                hash.update(data: bytes)
                done += Int64(bytes.count)
                progress(ProgressStep(title: "Packing blobs", done: done, total: total, unit: .bytes))
            }
            guard hexString(hash.finalize()) == blob.sha256 else {
                throw ReplayError.unreadable(
                    "\(opened.path): its content isn't what its name says", hint: ReplayError.verifyHint)
            }
        }
        return done
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
