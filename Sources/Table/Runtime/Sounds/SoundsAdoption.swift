import JSONDocument
import Journal
import Synchronization

/// Takes the files of the operator's sounds folder into the table.
///
/// The folder is only ever added from: a file missing there removes nothing. A file is taken in once for each of its
/// contents, by its size and time of modification, so a sound that was removed or moved at the table does not come back,
/// and another look at the folder costs one `lstat` a file. What was seen is kept in `sounds-seen.json` in the table's
/// folder; without it everything is read once more.
package final class SoundsAdoption: Sendable {
    /// What one look at the folder did.
    package struct Report: Sendable, Equatable {
        /// Sounds that the table has now and hadn't before, or had with another content.
        package var added: [String] = []
        /// Files that were looked at and taken in earlier.
        package var unchangedCount = 0
        /// What was passed over, and why.
        package var skipped: [Skipped] = []
        /// Why what was seen could not be read, so that nothing was taken in, or not be kept.
        package var memoryFault: String?
    }

    /// A file that did not become a sound.
    package struct Skipped: Sendable, Equatable {
        package let name: String
        package let reason: String
    }

    /// Who stands in the events, unless another is given.
    package static let actor = "sounds-folder"

    private let folder: String
    private let table: Table
    private let seenFile: SeenSounds
    private let actor: String
    /// Held during a scan, so that two never run at once.
    private let seen = Mutex<[String: SeenSounds.Entry]?>(nil)

    /// - Parameters:
    ///   - folder: Holds `loop` and `oneshot`; may be missing.
    ///   - tableFolder: Where `sounds-seen.json` is kept.
    ///   - actor: Who stands in the events.
    package init(
        folder: String, table: Table, tableFolder: String, fileSystem: any FileSystem,
        actor: String = SoundsAdoption.actor
    ) {
        self.folder = folder
        self.table = table
        self.seenFile = SeenSounds(path: tableFolder + "/sounds-seen.json", fileSystem: fileSystem)
        self.actor = actor
    }

    /// Looks at the folder once and takes in what is new.
    ///
    /// Waits for files and for the table: call it from a thread that may.
    package func scan() -> Report {
        self.seen.withLock { seen in
            var report = Report()
            guard var known = seen ?? self.remembered(&report) else { return report }
            defer { seen = known }
            guard let (files, skipped) = SoundsFolder(self.folder)?.files(in: SoundPath.categories) else {
                return report
            }
            report.skipped = skipped.map { Skipped(name: $0.name, reason: $0.reason) }
            var isChanged = false
            for file in files {
                guard known[file.name]?.stamp != file.stamp else {
                    report.unchangedCount += 1
                    continue
                }
                self.take(file, &known, &report)
                isChanged = true
            }
            if isChanged { self.keep(known, &report) }
            return report
        }
    }

    /// What was seen earlier; `nil` if that can't be read: sounds that were removed at the table would come back.
    private func remembered(_ report: inout Report) -> [String: SeenSounds.Entry]? {
        do {
            return try self.seenFile.read()
        } catch {
            report.memoryFault =
                "\(self.seenFile.path) can't be read, so no sounds are taken in: \(error). Without that file all are, also "
                + "those that were removed at the table."
            return nil
        }
    }

    private func keep(_ known: [String: SeenSounds.Entry], _ report: inout Report) {
        do throws(FileError) {
            try self.seenFile.write(known)
        } catch {
            report.memoryFault = "what was seen can't be kept: \(error)"
        }
    }

    private func take(
        _ file: SoundsFolder.File, _ known: inout [String: SeenSounds.Entry], _ report: inout Report
    ) {
        do {
            let blob = try self.ingest(file)
            known[file.name] = SeenSounds.Entry(stamp: file.stamp, sha256: blob.sha256)
            let present = self.table.committed.document["sounds"]?[file.name].flatMap { BlobReference($0) }
            guard present?.sha256 != blob.sha256 else {
                report.unchangedCount += 1
                return
            }
            _ = try self.table.submitAndWait(
                CommandRequest(.soundAdd(path: file.name, blob: blob), actor: self.actor))
            report.added.append(file.name)
        } catch let error as CommandError {
            // Refused by the table's rules (a bad name, content that is no sound): it stays seen, or each scan would read
            // it again. Refused by the table's condition: the next scan tries again.
            known[file.name] = error.isOfTheTable ? nil : SeenSounds.Entry(stamp: file.stamp, sha256: "")
            report.skipped.append(Skipped(name: file.name, reason: error.message))
        } catch {
            report.skipped.append(Skipped(name: file.name, reason: "\(error)"))
        }
    }

    /// Copies a file's content into the blobs.
    private func ingest(_ file: SoundsFolder.File) throws -> BlobReference {
        let source = try PosixFileSystem().open(file.path, .read)
        defer { source.close() }
        let upload = try self.table.blobs.makeUpload()
        defer { upload.cancel() }
        var pieces = FilePieces(of: source)
        while let (position, piece) = try pieces.next() {
            if position == 0 { try ContentCheck.check(name: file.name, start: piece) }
            try upload.append(piece)
        }
        let (sha256, size) = try upload.finish()
        return BlobReference(sha256: sha256, size: size, mediaType: MediaType.forName(file.name))
    }
}
