import Archives
import Journal
import Table

/// Packs a journal, or a range of it, with the blobs that it names, piece by piece, as fast as somebody takes the pieces.
///
/// The journal's part is written into a folder of its own first, as its segments are cut anew; blobs are read when it is their turn.
/// What happens on the table meanwhile is not in it. The same journal gives the same bytes. Used by one thread at a time.
package final class ArchivePacking {
    /// How much of a file is read at once, in bytes.
    private static let readByteCount = 256 << 10

    let part: JournalExcerpt
    let blobs: NamedBlobs.Presence
    let blobByteCount: Int64
    private let source: JournalSource
    private let staged: StagedFolder
    private let zip: ZipWriter
    /// The last one is next.
    private var waiting: [ArchiveEntryName]
    private var current: (name: ArchiveEntryName, packing: FilePacking)?
    private var packedBlobByteCount: Int64 = 0
    private var isFinished = false
    private var isClosed = false

    /// - Parameters:
    ///   - range: Cuts through no change of several events.
    ///   - place: Beside it the journal's part is written for the while; nobody else may use the name.
    ///   - leavesOutMissing: Whether a blob that isn't there is left out, instead of being a reason to pack nothing.
    /// - Throws: ``ReplayError``, or what the disk or libarchive say.
    init(
        _ range: ExportRange, of source: JournalSource, beside place: String, useSnapshots: Bool,
        leavesOutMissing: Bool, progress: ProgressSink
    ) throws {
        let staged = try StagedFolder(for: place, fileSystem: source.fileSystem)
        do {
            part = try JournalExcerpt.write(range, of: source, into: staged.path, useSnapshots: useSnapshots, progress)
            blobs = try Self.blobs(of: part, in: source, leavesOutMissing: leavesOutMissing)
            // `journal.json` first, by which an archive is known; then the segments in order and the start document.
            let names = try source.fileSystem.list(staged.path).compactMap { ArchiveEntryName($0) }
            let journal = names.filter { $0 == .identity } + names.filter { $0 != .identity }
            waiting = (journal + blobs.present.map { .blob($0.sha256) }).reversed()
            zip = try ZipWriter()
        } catch {
            staged.discard()
            throw error
        }
        self.blobByteCount = blobs.present.reduce(0) { $0 + $1.byteCount }
        self.source = source
        self.staged = staged
    }

    deinit { close() }

    /// Gives up what it holds; harmless where that is done.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        isFinished = true
        current?.packing.file.close()
        staged.discard()
    }

    /// The next piece of the archive; nil behind its end.
    package func next(progress: ProgressSink = { _ in }) throws -> [UInt8]? {
        while !isFinished {
            try step(progress)
            let output = zip.takeOutput()
            if !output.isEmpty { return output }
        }
        return nil
    }

    private func step(_ progress: ProgressSink) throws {
        if let (name, packing) = current {
            try proceed(with: packing, name, progress)
        } else if let name = waiting.popLast() {
            try begin(name)
        } else {
            try zip.finish()
            isFinished = true
        }
    }

    private func begin(_ name: ArchiveEntryName) throws {
        let file: any OpenFile
        if case .blob(let sha256) = name {
            file = try source.allBlobs.open(sha256)
        } else {
            file = try source.fileSystem.open("\(staged.path)/\(name.path)", .read)
        }
        let packing = try FilePacking(
            file, as: name.path, in: zip, secondsSince1970: part.time.milliseconds / 1000,
            pieceByteCount: Self.readByteCount)
        current = (name, packing)
    }

    private func proceed(with packing: FilePacking, _ name: ArchiveEntryName, _ progress: ProgressSink) throws {
        var packing = packing
        let byteCount = try packing.packNext(into: zip)
        current = byteCount == nil ? nil : (name, packing)
        guard case .blob(let sha256) = name else { return }
        if let byteCount {
            packedBlobByteCount += Int64(byteCount)
            progress(
                ProgressStep(title: "Packing blobs", done: packedBlobByteCount, total: blobByteCount, unit: .bytes))
        } else if packing.sha256 != sha256 {
            throw ReplayError.unreadable(
                "\(packing.file.path): its content isn't what its name says", hint: ReplayError.verifyHint)
        }
    }

    private static func blobs(
        of part: JournalExcerpt, in source: JournalSource, leavesOutMissing: Bool
    ) throws(ReplayError) -> NamedBlobs.Presence {
        if leavesOutMissing { return try part.blobs.look(in: source.allBlobs) }
        let hint =
            "Bring it back from a backup, or leave out what is missing with --without-missing-blobs; "
            + NamedBlobs.verifyHint
        return NamedBlobs.Presence(present: try part.blobs.present(in: source.allBlobs, hint: hint))
    }
}

extension ArchivePacking {
    /// Packs a whole journal up to an event, as it is served right now.
    ///
    /// - Parameters:
    ///   - offset: An event that is on disk, and no part of a change that goes on behind it.
    ///   - place: Beside it the journal's part is written for the while.
    package convenience init(
        wholeOf source: JournalSource, through offset: Int64, beside place: String
    ) throws(ReplayError) {
        let range = try ExportRange(wholeOf: source, through: offset)
        do {
            try self.init(
                range, of: source, beside: place, useSnapshots: true, leavesOutMissing: true, progress: { _ in })
        } catch let error as ReplayError {
            throw error
        } catch {
            throw .writing("\(error)", hint: "", because: error)
        }
    }

    /// Blobs that the journal names and that aren't there.
    package var missingBlobs: [MissingBlob] { blobs.missing }
}
