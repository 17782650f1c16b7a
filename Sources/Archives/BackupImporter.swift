import Journal
import Table

/// Reads a backup archive: first all of it is checked, then its files become blobs, and a plan of everything comes out.
///
/// Nothing of the table changes here. A file that was stored before a later entry fails stays as an unnamed blob, which
/// `spell-replay prune` removes.
package struct BackupImporter: Sendable {
    /// Bounds on what an archive may unpack to; a few kilobytes of zip can hold gigabytes of zeros.
    package struct Limits: Sendable {
        /// All entries together, unpacked, in bytes.
        package var byteCount: Int64
        /// Entries, folders included.
        package var entryCount: Int
        /// Largest JSON document, in bytes: what fits a line of the journal with room to spare.
        package var documentByteCount = 48 << 20
        /// All JSON documents together, in bytes, since they are in memory at once: more than 10,000 large scenes.
        package var allDocumentsByteCount: Int64 = 256 << 20
        /// How many times its own size an archive may unpack to.
        ///
        /// Images and sounds hardly shrink and scenes about ten times, so this is far above any table and a tenth of
        /// what Deflate reaches with zeros.
        package var ratio: Int64 = 100
        /// Up to this many bytes the ratio is not looked at: an archive of a few blank maps does no harm.
        package var freeByteCount: Int64 = 64 << 20

        /// Limits; a single document has its own.
        package init(byteCount: Int64, entryCount: Int) {
            self.byteCount = byteCount
            self.entryCount = entryCount
        }
    }

    /// Which kinds of content are taken.
    package let selection: ContentSelection
    /// Where files go; nil: nothing is stored, and the plan is only to be looked at.
    package let blobs: BlobStore?
    /// What is too much.
    package let limits: Limits

    /// An importer for one archive; the parameters are the properties of these names.
    package init(selection: ContentSelection, blobs: BlobStore?, limits: Limits) {
        self.selection = selection
        self.blobs = blobs
        self.limits = limits
    }

    /// Reads the archive at a path.
    ///
    /// Blocks.
    ///
    /// - Parameter progress: Told how many bytes were unpacked; all of them twice, as they are checked first.
    /// - Throws: ``BackupError`` for an archive that can't be taken; what the disk says as it is.
    package func plan(archive path: String, progress: (Int64) -> Void = { _ in }) throws -> ImportPlan {
        do {
            try check(path, progress)
            return try collect(path, progress)
        } catch let error as ZipError {
            throw BackupError.invalid("The backup file can't be read: \(error.reason)")
        } catch let error as CommandError {
            throw BackupError.refused(error)
        }
    }

    // MARK: Checking

    /// Goes over all entries and all their bytes, which checks their checksums.
    private func check(_ path: String, _ progress: (Int64) -> Void) throws {
        let archive = try ZipReader(path: path)
        let byteCountMax = try byteCountMax(path)
        var total: Int64 = 0
        var documentTotal: Int64 = 0
        var count = 0
        while let entry = try archive.next() {
            count += 1
            guard count <= limits.entryCount else {
                throw BackupError.tooLarge("The backup has more than \(limits.entryCount) entries")
            }
            let isDocument = try check(entry) == .document && selection.includes(entry.path)
            var entryTotal = 0
            while case let bytes = try archive.read(upTo: 256 << 10), !bytes.isEmpty {
                total += Int64(bytes.count)
                progress(Int64(bytes.count))
                guard total <= byteCountMax else {
                    throw BackupError.tooLarge(
                        "The backup unpacks to more than \(byteCountMax) bytes, far more than one of its size would")
                }
                guard isDocument else { continue }
                entryTotal += bytes.count
                guard entryTotal <= limits.documentByteCount else {
                    throw BackupError.tooLarge(
                        "'\(entry.path.prefix(200))' is larger than \(limits.documentByteCount) bytes")
                }
                documentTotal += Int64(bytes.count)
                guard documentTotal <= limits.allDocumentsByteCount else {
                    throw BackupError.tooLarge(
                        "The backup's documents have more than \(limits.allDocumentsByteCount) bytes")
                }
            }
        }
    }

    /// The most that an archive may unpack to, by its own size.
    private func byteCountMax(_ path: String) throws -> Int64 {
        let file = try PosixFileSystem().open(path, .read)
        defer { file.close() }
        return min(limits.byteCount, max(limits.freeByteCount, try file.size() * limits.ratio))
    }

    private func check(_ entry: ZipReader.Entry) throws -> ImportKind {
        guard let kind = ImportPlanner.wants(entry.path) else {
            throw BackupError.invalid("The backup has an entry with an invalid path: '\(entry.path.prefix(200))'")
        }
        guard !entry.isEncrypted else {
            throw BackupError.invalid("The backup is encrypted: '\(entry.path.prefix(200))'")
        }
        guard entry.kind != .other else {
            throw BackupError.invalid("The backup has an entry that is no file: '\(entry.path.prefix(200))'")
        }
        return kind
    }

    // MARK: Collecting

    private func collect(_ path: String, _ progress: (Int64) -> Void) throws -> ImportPlan {
        let archive = try ZipReader(path: path)
        var planner = ImportPlanner(selection: selection)
        while let entry = try archive.next() {
            let isFolder = entry.kind == .folder
            let name = isFolder && !entry.path.hasSuffix("/") ? entry.path + "/" : entry.path
            switch ImportPlanner.wants(name) {
            case .document? where selection.includes(name):
                try planner.add(path: name, content: .document(try document(archive, progress)))
            case .blob? where selection.includes(name):
                try add(name, from: archive, to: &planner, progress)
            case .skip?: try planner.skip(path: name)
            default: break
            }
        }
        return planner.finish()
    }

    private func document(_ archive: ZipReader, _ progress: (Int64) -> Void) throws -> [UInt8] {
        var document: [UInt8] = []
        while case let bytes = try archive.read(upTo: 256 << 10), !bytes.isEmpty { document += bytes }
        progress(Int64(document.count))
        return document
    }

    /// A file whose content isn't what its name says is left out, like a document that can't be read.
    private func add(
        _ name: String, from archive: ZipReader, to planner: inout ImportPlanner, _ progress: (Int64) -> Void
    ) throws {
        let start = try archive.read(upTo: 1 << 20)
        do throws(CommandError) {
            try ContentCheck.check(name: name, start: start)
        } catch {
            return planner.leaveOut(name, error.message)
        }
        try planner.add(path: name, content: .blob(try blob(archive, name, start: start, progress)))
    }

    private func blob(
        _ archive: ZipReader, _ name: String, start: [UInt8], _ progress: (Int64) -> Void
    ) throws -> BlobReference {
        let upload = try BlobIntake(blobs)
        do {
            try upload.append(start)
            progress(Int64(start.count))
            while case let bytes = try archive.read(upTo: 1 << 20), !bytes.isEmpty {
                try upload.append(bytes)
                progress(Int64(bytes.count))
            }
            return try upload.finish(name: name)
        } catch {
            upload.cancel()
            throw error
        }
    }
}
