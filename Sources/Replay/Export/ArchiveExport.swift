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
            let part = try writeJournal(range, into: staged.path, useSnapshots: useSnapshots, progress)
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

    // MARK: The journal

    /// The journal of the archive, written out beside it.
    private struct Part {
        let identity: JournalIdentity
        let chain: String
        let time: JournalTime
        let blobs: NamedBlobs
    }

    private func writeJournal(
        _ range: ExportRange, into folder: String, useSnapshots: Bool, _ progress: ProgressSink
    ) throws -> Part {
        let own = source.reader.identity
        let start = try startDocument(before: range.first, useSnapshots: useSnapshots, progress)
        let chain = try source.reader.chain(at: range.first - 1)
        let identity = JournalIdentity(
            uuid: own.uuid, created: own.created,
            start: start.map { _ in
                JournalStart(offset: range.first - 1, chain: chain, ancestor: own.start?.ancestor)
            })
        let rewriter = JournalRewriter(folder: folder, fileSystem: source.fileSystem, identity: identity)
        var blobs = NamedBlobs()
        if let start { blobs.add(start.document.span, event: start.offset) }
        var time = JournalTime.epoch
        var changes = WholeChanges()
        try source.forEachChunk(range, title: "Reading events", progress: progress) { chunk in
            try chunk.forEachLine { offset, line in
                blobs.add(line, event: offset)
                let event = try EventEnvelope.parse(line)
                time = event.time
                if let whole = changes.add(line, event) { try rewriter.append(whole) }
            }
        }
        guard try rewriter.chain == source.reader.chain(at: range.last), rewriter.nextOffset == range.last + 1 else {
            throw ReplayError.unreadable(
                "the events that were read don't give the journal's chain", hint: ReplayError.verifyHint)
        }
        try rewriter.finish(start)
        return Part(identity: identity, chain: rewriter.chain.hex, time: time, blobs: blobs)
    }

    /// nil where the archive begins where the journal begins, with the empty document.
    private func startDocument(
        before first: Int64, useSnapshots: Bool, _ progress: ProgressSink
    ) throws(ReplayError) -> SnapshotFile? {
        guard first > 0 || source.reader.identity.start != nil else { return nil }
        return try StartDocument(of: source, at: first - 1, useSnapshots: useSnapshots, progress: progress).file
    }

    // MARK: The file

    private func pack(
        _ part: Part, from folder: String, into file: StagedFile, _ progress: ProgressSink
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
        let blobs = try part.blobs.present(in: source.blobs)
        let total = blobs.reduce(0) { $0 + $1.byteCount }
        var report = BlobCarrier.Report()
        for blob in blobs {
            let opened = try source.blobs.open(blob.sha256)
            defer { opened.close() }
            var hash = SHA256()
            try add(ArchiveEntryName.blob(blob.sha256).path, opened, to: zip, into: file, seconds) { bytes in
                hash.update(data: bytes)
                report.byteCount += Int64(bytes.count)
                progress(ProgressStep(title: "Packing blobs", done: report.byteCount, total: total, unit: .bytes))
            }
            guard hexString(hash.finalize()) == blob.sha256 else {
                throw ReplayError.unreadable(
                    "\(source.blobs.path(blob.sha256)): its content isn't what its name says",
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

/// Gathers lines until a change is whole: one event, or all of a group.
struct WholeChanges {
    private var pending: [UInt8] = []

    /// Takes the next line.
    ///
    /// - Returns: The change that it completes, each line ended by a line feed; nil within a group.
    mutating func add(_ line: Span<UInt8>, _ event: EventEnvelope) -> [UInt8]? {
        for index in line.indices { pending.append(line[index]) }
        pending.append(UInt8(ascii: "\n"))
        if let group = event.group, event.offset + 1 < group.first + group.count { return nil }
        defer { pending = [] }
        return pending
    }
}
