import Archives
import Crypto
import JSONDocument
import Journal
import Table

/// Packs a journal, or a range of it, with the blobs that it names, piece by piece, as fast as somebody takes the pieces.
///
/// The journal's part is written into a folder of its own first, as its segments are cut anew; blobs are read when it is their turn.
/// What happens on the table meanwhile is not in it. The same journal gives the same bytes. Used by one thread at a time.
package final class ArchivePacking {
    private struct Entry {
        let name: ArchiveEntryName
        let file: any OpenFile
        let byteCount: Int64
        var position: Int64 = 0
        var hash = SHA256()
    }

    /// How much of a file is read at once, in bytes.
    private static let readByteCount: Int64 = 256 << 10

    let part: JournalExcerpt
    let blobs: NamedBlobs.Presence
    let blobByteCount: Int64
    private let source: JournalSource
    private let staged: StagedFolder
    private let zip: ZipWriter
    /// The last one is next.
    private var waiting: [ArchiveEntryName]
    private var current: Entry?
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
        current?.file.close()
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
        if let entry = current {
            try proceed(with: entry, progress)
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
        do {
            let byteCount = try file.size()
            try zip.beginFile(name.path, byteCount: byteCount, secondsSince1970: part.time.milliseconds / 1000)
            current = Entry(name: name, file: file, byteCount: byteCount)
        } catch {
            file.close()
            throw error
        }
    }

    private func proceed(with entry: Entry, _ progress: ProgressSink) throws {
        var entry = entry
        guard entry.position < entry.byteCount else { return try end(entry) }
        let count = Int(min(Self.readByteCount, entry.byteCount - entry.position))
        let bytes = try entry.file.read(at: entry.position, upTo: count)
        guard !bytes.isEmpty else { throw FileError.missing(entry.file.path) }
        try zip.write(bytes)
        entry.position += Int64(bytes.count)
        if case .blob = entry.name {
            entry.hash.update(data: bytes)
            packedBlobByteCount += Int64(bytes.count)
            progress(
                ProgressStep(title: "Packing blobs", done: packedBlobByteCount, total: blobByteCount, unit: .bytes))
        }
        current = entry
    }

    private func end(_ entry: Entry) throws {
        current = nil
        entry.file.close()
        guard case .blob(let sha256) = entry.name, hexString(entry.hash.finalize()) != sha256 else { return }
        throw ReplayError.unreadable(
            "\(entry.file.path): its content isn't what its name says", hint: ReplayError.verifyHint)
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
