import JSONDocument
import Journal
import Table

/// Takes a journal's archive over: as a journal where there is none, else as one change of the table that is there.
///
/// The archive is unpacked and checked in a folder of its own first; before that nothing of it is anywhere else.
package struct ArchiveImport: Sendable {
    /// What an import does.
    package enum Way: String, Sendable {
        /// The archive's journal becomes the table's: same uuid, offsets and chain.
        case journal
        /// The state at the archive's end is put over the table's by one event more.
        case event
    }

    /// What an import did, or would do.
    package struct Report: Sendable {
        package let way: Way
        /// The archive's journal and what is in it.
        package let journal: String
        package let firstOffset: Int64
        package let newestOffset: Int64
        package let blobCount: Int
        package let blobByteCount: Int64
        /// The newest event that was made; nil if the table had all of it already, or the journal was taken as it is.
        package let offset: Int64?
        /// What of the state at its end was taken, where it became an event.
        package let counts: ImportCounts?
    }

    private let file: String
    private let range: RangeRequest
    private let mayLackBlobs: Bool
    private let fileSystem: any FileSystem
    private let limits: ArchiveUnpacking.Limits

    /// - Parameters:
    ///   - file: The archive.
    ///   - range: What of it is taken; of a table's state, where it ends counts.
    ///   - mayLackBlobs: Whether it is taken without blobs that its events name and that it doesn't hold. The state of a table
    ///     needs those that it names all the same.
    package init(
        _ file: String, range: RangeRequest = RangeRequest(), mayLackBlobs: Bool = false,
        limits: ArchiveUnpacking.Limits = ArchiveUnpacking.Limits(), fileSystem: any FileSystem
    ) {
        self.file = file
        self.range = range
        self.mayLackBlobs = mayLackBlobs
        self.limits = limits
        self.fileSystem = fileSystem
    }

    /// Which of both it would be for a table's folder.
    package func way(into folder: String) throws(ReplayError) -> Way {
        try replayWriting { () throws(FileError) in
            try fileSystem.status("\(folder)/\(JournalFolder.identityName)") == nil ? .journal : .event
        }
    }

    /// Unpacks and checks the archive in a scratch folder, and changes nothing else.
    package func examine(
        into folder: String, scratch: String, progress: @escaping ProgressSink
    ) throws(ReplayError) -> Report {
        let staged = try StagedFolder(for: scratch, fileSystem: fileSystem)
        defer { staged.discard() }
        let source = try unpack(into: staged, progress)
        let way = try way(into: folder)
        let part = try part(of: source, progress)
        let counts = way == .event ? try plan(source, at: part.last, blobs: nil, progress).counts : nil
        return try report(source, way, part, offset: nil, counts: counts)
    }

    /// Makes the archive's journal, or the range of it, the table's, whole or not at all.
    ///
    /// - Parameter folder: The table's folder; not there yet, or empty.
    package func makeJournal(_ folder: String, progress: @escaping ProgressSink) throws(ReplayError) -> Report {
        let staged = try StagedFolder(for: folder, fileSystem: fileSystem)
        do throws(ReplayError) {
            let report = try makeJournal(in: staged, progress)
            try replayWriting { () throws(FileError) in
                try syncFolders(staged.path)
                try staged.commit()
            }
            return report
        } catch {
            staged.discard()
            throw error
        }
    }

    private func makeJournal(
        in staged: StagedFolder, _ progress: @escaping ProgressSink
    ) throws(ReplayError) -> Report {
        guard range != RangeRequest() else {
            let source = try unpack(into: staged, progress)
            return try report(source, .journal, try part(of: source, progress), offset: nil, counts: nil)
        }
        let whole = try StagedFolder(for: staged.target + ".import", fileSystem: fileSystem)
        defer { whole.discard() }
        let source = try unpack(into: whole, progress)
        let part = try part(of: source, progress).withWholeGroups(in: source)
        do {
            let excerpt = try JournalExcerpt.write(part, of: source, into: staged.path, useSnapshots: true, progress)
            // What is missing was looked at when it was unpacked.
            let names = try excerpt.blobs.look(in: source.allBlobs).present.map(\.sha256)
            _ = try BlobCarrier(disk: staged.disk, folder: staged.path).bring(
                names, from: source.allBlobs, progress: progress)
        } catch let error as ReplayError {
            throw error
        } catch {
            throw .writing("\(error)", hint: "Nothing was changed.", because: error)
        }
        let made = try JournalSource(path: staged.path, fileSystem: fileSystem)
        return try report(made, .journal, part, offset: nil, counts: nil)
    }

    /// Puts the state at the archive's end over a table's, as one change.
    ///
    /// - Parameter folder: The table's folder, beside which the archive is unpacked for the while.
    package func run(
        into table: Table, folder: String, actor: String, progress: @escaping ProgressSink
    ) async throws(ReplayError) -> Report {
        let staged = try StagedFolder(for: folder + ".import", fileSystem: fileSystem)
        defer { staged.discard() }
        let source = try unpack(into: staged, progress)
        let part = try part(of: source, progress)
        let plan = try plan(source, at: part.last, blobs: table.blobs, progress)
        let outcome: CommandOutcome
        do throws(CommandError) {
            outcome = try await table.submit(CommandRequest(.tableImport(plan), actor: actor))
        } catch {
            throw .unreadable("the import was refused: \(error.message)", hint: "Nothing was changed.")
        }
        return try report(source, .event, part, offset: outcome.offset, counts: plan.counts)
    }

    /// What the state at the archive's end would put over a table, for whoever submits it.
    ///
    /// - Parameters:
    ///   - blobs: The table's; gets the files that the state names, once all of the archive was checked.
    ///   - scratch: Beside it the archive is unpacked for the while; nobody else may use the name.
    ///   - selection: What of the state is wanted.
    package func plan(
        for blobs: BlobStore, scratch: String, selection: ContentSelection, progress: @escaping ProgressSink
    ) throws(ReplayError) -> ImportPlan {
        let staged = try StagedFolder(for: scratch, fileSystem: fileSystem)
        defer { staged.discard() }
        let source = try unpack(into: staged, progress)
        let part = try part(of: source, progress)
        return try plan(source, at: part.last, blobs: blobs, selection: selection, progress)
    }

    // MARK: Steps

    private func unpack(
        into staged: StagedFolder, _ progress: @escaping ProgressSink
    ) throws(ReplayError) -> JournalSource {
        try ArchiveUnpacking(file, limits: limits, fileSystem: fileSystem).unpack(
            into: staged.path, mayLackBlobs: mayLackBlobs, progress: progress)
    }

    /// Every folder's names, the deepest first.
    private func syncFolders(_ folder: String) throws(FileError) {
        for name in try fileSystem.list(folder) {
            let path = "\(folder)/\(name)"
            if try fileSystem.status(path)?.isFolder == true { try syncFolders(path) }
        }
        try fileSystem.syncFolder(folder)
    }

    /// What of the archive is wanted.
    private func part(of source: JournalSource, _ progress: ProgressSink) throws(ReplayError) -> ExportRange {
        try ExportRange(try range.resolve(in: source, progress: progress), in: source)
    }

    private func report(
        _ source: JournalSource, _ way: Way, _ part: ExportRange, offset: Int64?, counts: ImportCounts?
    ) throws(ReplayError) -> Report {
        let blobs = try blobs(below: "\(source.folder)/blobs/sha256")
        return Report(
            way: way, journal: source.reader.identity.uuid, firstOffset: part.first, newestOffset: part.last,
            blobCount: blobs.count, blobByteCount: blobs.reduce(0, +),
            offset: offset, counts: counts)
    }

    private func blobs(below folder: String) throws(ReplayError) -> [Int64] {
        try replayWriting { () throws(FileError) in
            guard try fileSystem.status(folder) != nil else { return [] }
            var sizes: [Int64] = []
            for part in try fileSystem.list(folder) {
                for name in try fileSystem.list("\(folder)/\(part)") {
                    sizes.append(try fileSystem.status("\(folder)/\(part)/\(name)")?.byteCount ?? 0)
                }
            }
            return sizes
        }
    }

    /// The archive's document after an event, as an import of the old layout would bring it.
    ///
    /// - Parameter blobs: Gets the files that it names; nil: they stay where they are.
    private func plan(
        _ source: JournalSource, at offset: Int64, blobs: BlobStore?, selection: ContentSelection = .all,
        _ progress: ProgressSink
    ) throws(ReplayError) -> ImportPlan {
        let document = try source.document(at: offset, progress: progress)
        var planner = ImportPlanner()
        do {
            for (member, kind) in [("mapFolders", "maps"), ("sceneFolders", "scenes")] {
                for (folder, _) in document[member]?.members ?? [] where selection.includes("\(kind)/\(folder)/") {
                    try planner.addFolder(path: "\(kind)/\(folder)/")
                }
            }
            let entries = try ExportLayout.filtered(document, selection: selection)
            for (index, entry) in entries.enumerated() {
                switch entry.content {
                case .bytes(let bytes): try planner.add(path: entry.path, content: .document(bytes))
                case .blob(let blob):
                    if let blobs { try copy(blob, from: source, to: blobs) }
                    try planner.add(path: entry.path, content: .blob(blob))
                }
                progress(
                    ProgressStep(
                        title: "Taking over", done: Int64(index + 1), total: Int64(entries.count), unit: .files))
            }
        } catch let error as CommandError {
            throw ArchiveUnpacking.refusal(file, error.message)
        } catch {
            throw .writing("\(error)", hint: "Nothing was changed.", because: error)
        }
        return planner.finish()
    }

    private func copy(_ blob: BlobReference, from source: JournalSource, to blobs: BlobStore) throws {
        let file = try source.allBlobs.open(blob.sha256)
        defer { file.close() }
        let upload = try blobs.makeUpload()
        do {
            var pieces = FilePieces(of: file)
            while let (_, piece) = try pieces.next() { try upload.append(piece) }
            _ = try upload.finish()
        } catch {
            upload.cancel()
            throw error
        }
    }
}
