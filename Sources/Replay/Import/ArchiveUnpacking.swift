import Archives
import Crypto
import JSONDocument
import Journal
import Table

/// Unpacks a journal's archive into a folder of its own and checks all of it; nothing in it is trusted before.
package struct ArchiveUnpacking: Sendable {
    /// Bounds on what an archive may unpack to; a few kilobytes of zip can hold gigabytes of zeros.
    package struct Limits: Sendable {
        /// Entries, folders included.
        package var entryCount = 200_000
        /// How many times its own size an archive may unpack to, and so may the lines in its segments, which are packed once
        /// more; what is in it is packed already, or images and sound.
        package var ratio: Int64 = 100
        /// The most it may unpack to, whatever its own size, in bytes; so for its lines.
        package var byteCount = Int64.max
        /// Up to this many bytes the ratio is not looked at.
        package var freeByteCount: Int64 = 64 << 20
        /// The largest start document, unpacked, in bytes.
        package var documentByteCount = 256 << 20

        package init() {}
    }

    private let file: String
    private let limits: Limits
    private let fileSystem: any FileSystem

    /// - Parameter file: The archive.
    package init(_ file: String, limits: Limits = Limits(), fileSystem: any FileSystem) {
        self.file = file
        self.limits = limits
        self.fileSystem = fileSystem
    }

    /// Whether a zip file is a journal's archive: it has a `journal.json` of its own.
    ///
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` for what is no zip file.
    package static func isJournal(_ file: String) throws(ReplayError) -> Bool {
        do throws(ZipError) {
            let archive = try ZipReader(path: file)
            while let entry = try archive.next() {
                if entry.path == ArchiveEntryName.identity.path { return true }
            }
            return false
        } catch {
            throw refusal(file, error.reason)
        }
    }

    /// Unpacks it.
    ///
    /// - Parameters:
    ///   - folder: Gets the files; what is in it after an error is of no use.
    ///   - mayLackBlobs: Whether an archive is taken that lacks blobs which its events name.
    /// - Returns: The journal, every byte of which was checked: frames, chain, patches, and each blob's hash.
    package func unpack(
        into folder: String, mayLackBlobs: Bool = false, progress: @escaping ProgressSink
    ) throws(ReplayError) -> JournalSource {
        try unpackAudited(into: folder, mayLackBlobs: mayLackBlobs, progress: progress).source
    }

    /// The same, and what the check said.
    func unpackAudited(
        into folder: String, mayLackBlobs: Bool, progress: @escaping ProgressSink
    ) throws(ReplayError) -> (source: JournalSource, audit: Audit.Report) {
        let (names, blobs): ([ArchiveEntryName], NamedBlobs)
        do {
            names = try unpackEntries(into: folder, progress)
            try checkStart(folder)
            blobs = try checkLines(folder, progress)
        } catch let error as ReplayError {
            throw error
        } catch let error as ZipError {
            throw Self.refusal(file, error.reason)
        } catch let error as FileError where error.isThereAlready {
            throw Self.refusal(file, "it has two entries '\(lastPathComponent(of: error.path))'")
        } catch let error as FileError where error.path.hasPrefix(folder) {
            throw .writing("\(file) can't be unpacked: \(error)", hint: "Nothing was changed.", because: error)
        } catch {
            throw Self.refusal(file, "\(error)".replacing("\(folder)/", with: ""))
        }
        let source = try JournalSource(path: folder, fileSystem: fileSystem)
        let report = try Audit(source).run(progress: progress)
        if let finding = report.findings.first(where: { !(mayLackBlobs && $0.isMissingBlob) }) {
            throw Self.refusal(
                file, finding.text.replacing("\(folder)/", with: ""),
                hint: finding.isMissingBlob
                    ? "Nothing was changed. With --without-missing-blobs it is taken without what it lacks."
                    : "Nothing was changed.")
        }
        if let note = report.journal.notes.first { throw Self.refusal(file, note) }
        try checkSurplus(names, source.reader.identity, blobs)
        return (source, report)
    }

    static func refusal(_ file: String, _ reason: String, hint: String = "Nothing was changed.") -> ReplayError {
        .unreadable("\(file) isn't taken: \(printable(reason))", hint: hint)
    }

    // MARK: Entries

    /// The most that the entries may unpack to, and the most that the lines in them may.
    private func byteCountMax() throws(FileError) -> Int64 {
        let (byteCount, overflows) = (try fileSystem.status(file)?.byteCount ?? 0)
            .multipliedReportingOverflow(by: limits.ratio)
        return min(limits.byteCount, overflows ? .max : max(limits.freeByteCount, byteCount))
    }

    private func unpackEntries(into folder: String, _ progress: ProgressSink) throws -> [ArchiveEntryName] {
        let limit = try byteCountMax()
        var names: [ArchiveEntryName] = []
        let archive = try ZipReader(path: file)
        var (count, byteCount) = (0, Int64(0))
        while let entry = try archive.next() {
            count += 1
            guard count <= limits.entryCount else { throw Self.refusal(file, "it has more than \(count - 1) entries") }
            guard let name = try Self.name(of: entry, in: file) else { continue }
            let sha256 = try write(archive, to: "\(folder)/\(name.path)") { bytes in
                byteCount += Int64(bytes.count)
                guard byteCount <= limit else {
                    throw Self.refusal(
                        file, "it unpacks to more than \(Units.bytes(limit)), more than is taken of its size")
                }
                progress(ProgressStep(title: "Unpacking", done: byteCount, total: 0, unit: .bytes))
            }
            if case .blob(let named) = name, named != sha256 {
                throw Self.refusal(file, "the content of \(name.path) hashes to \(sha256)")
            }
            names.append(name)
        }
        return names
    }

    /// What an entry is; nil for a folder.
    private static func name(of entry: ZipReader.Entry, in file: String) throws(ReplayError) -> ArchiveEntryName? {
        guard !entry.isEncrypted else { throw refusal(file, "it is encrypted: '\(entry.path.prefix(200))'") }
        if entry.kind == .folder, ArchiveEntryName.isFolder(entry.path) { return nil }
        guard entry.kind == .file, let name = ArchiveEntryName(entry.path) else {
            throw refusal(file, "it has an entry that no journal has: '\(entry.path.prefix(200))'")
        }
        return name
    }

    /// - Returns: The SHA-256 of what was written.
    private func write(_ archive: ZipReader, to path: String, _ taken: ([UInt8]) throws -> Void) throws -> String {
        try fileSystem.makeFolders(parentFolder(of: path))
        let target = try fileSystem.open(path, .createNew)
        defer { target.close() }
        var hash = SHA256()
        var position: Int64 = 0
        while case let bytes = try archive.read(upTo: 256 << 10), !bytes.isEmpty {
            try taken(bytes)
            try target.writeAll(bytes, at: position)
            hash.update(data: bytes)
            position += Int64(bytes.count)
        }
        try target.sync()
        return hexString(hash.finalize())
    }

    /// Goes over the lines before anything is made of them: a few bytes of archive can hold segments that hold gigabytes.
    ///
    /// - Returns: The blobs that they, and the document before them, name.
    private func checkLines(_ folder: String, _ progress: ProgressSink) throws -> NamedBlobs {
        let reader = try JournalReader(folder: folder, fileSystem: fileSystem)
        let limit = try byteCountMax()
        var (blobs, byteCount) = (NamedBlobs(), Int64(0))
        if let start = try reader.startDocument() { blobs.add(start.document.span, event: start.offset) }
        var cursor = reader.cursor(from: reader.identity.firstOffset)
        while let chunk = try cursor.next() {
            byteCount += Int64(chunk.bytes.count)
            guard byteCount <= limit else {
                throw Self.refusal(
                    file, "its events unpack to more than \(Units.bytes(limit)), more than is taken of its size")
            }
            chunk.forEachLine { blobs.add($1, event: $0) }
            progress(ProgressStep(title: "Reading events", done: byteCount, total: 0, unit: .bytes))
        }
        return blobs
    }

    /// What belongs to nothing in the journal would lie in the table's folder unseen.
    private func checkSurplus(
        _ names: [ArchiveEntryName], _ identity: JournalIdentity, _ blobs: NamedBlobs
    ) throws(ReplayError) {
        let bases = names.compactMap { name -> Int64? in if case .segment(let base) = name { base } else { nil } }
        let surplus = names.first { name in
            switch name {
            case .identity: false
            case .start(let document): document != identity.start?.document
            case .segment(let base):
                // A later one begins where the journal does, or before: all events of this one are in the start document.
                bases.contains { $0 > base && $0 <= identity.firstOffset }
            case .blob(let sha256): !blobs.possible.contains(sha256)
            }
        }
        guard let surplus else { return }
        throw Self.refusal(file, "nothing in its journal names '\(surplus.path)'")
    }

    /// `journal.json` may name one of the files that were unpacked, and no other; and that may not be a bomb.
    private func checkStart(_ folder: String) throws {
        let reader: JournalReader
        do throws(JournalError) {
            reader = try JournalReader(folder: folder, fileSystem: fileSystem)
        } catch .notAJournal {
            throw Self.refusal(file, "it has no \(JournalFolder.identityName)")
        }
        guard let start = reader.identity.start else { return }
        guard let packed = try fileSystem.contents(of: "\(folder)/\(start.document)"),
            SnapshotFile(packed: packed, limit: limits.documentByteCount) != nil
        else { throw Self.refusal(file, "the document that the journal begins with is missing or can't be read") }
    }
}
