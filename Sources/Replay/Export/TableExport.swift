import Crypto
import JSONDocument
import Journal
import Table

/// Writes a table as the old server's data folders, which `import` reads back.
package struct TableExport: Sendable {
    /// What was written.
    package struct Report: Sendable, Equatable {
        package let files: Int
        package let byteCount: Int64
    }

    private let source: JournalSource
    private let target: String

    /// - Parameters:
    ///   - source: Where the blobs are.
    ///   - target: The folder to write to; made if missing.
    package init(from source: JournalSource, to target: String) {
        self.source = source
        self.target = target
    }

    /// Writes every file of the document: into a new folder all of them or none.
    ///
    /// - Parameter overwrites: Whether a target that holds something is taken; files of the same names are replaced,
    ///   others stay. What was written there before an error stays too.
    /// - Throws: ``ReplayError/usage(_:hint:)`` for a target that isn't empty, or with a link or folder where a file goes;
    ///   ``ReplayError/unreadable(_:hint:)`` for a blob that is missing or damaged, or a disk that refuses.
    package func run(
        _ document: JSONValue, overwrites: Bool, progress: ProgressSink
    ) throws(ReplayError) -> Report {
        let entries = try entries(of: document)
        if try isTaken() {
            guard overwrites else {
                throw .usage(
                    "\(target) isn't empty",
                    hint: "Give another folder with --to DIR, or --force to write into this one.")
            }
            return try write(entries, document, into: target, progress)
        }
        let staged = try StagedFolder(for: target, fileSystem: source.fileSystem)
        do throws(ReplayError) {
            let report = try write(entries, document, into: staged.path, progress)
            try replayWriting { () throws(FileError) in try staged.commit() }
            return report
        } catch {
            staged.discard()
            throw error
        }
    }

    private func write(
        _ entries: [ExportEntry], _ document: JSONValue, into folder: String, _ progress: ProgressSink
    ) throws(ReplayError) -> Report {
        let total = entries.reduce(0) { $0 + $1.byteCount }
        var done: Int64 = 0
        for entry in entries {
            try write(entry, into: folder)
            done += entry.byteCount
            progress(ProgressStep(title: "Exporting", done: done, total: total, unit: .bytes))
        }
        try makeEmptyFolders(document, in: folder)
        return Report(files: entries.count, byteCount: total)
    }

    private func isTaken() throws(ReplayError) -> Bool {
        try replayWriting { () throws(FileError) in
            guard try source.fileSystem.status(target) != nil else { return false }
            return try !source.fileSystem.list(target).isEmpty
        }
    }

    private func entries(of document: JSONValue) throws(ReplayError) -> [ExportEntry] {
        let entries: [ExportEntry]
        do throws(CommandError) {
            entries = try ExportLayout.entries(of: document)
        } catch {
            throw .unreadable("this table can't be exported: \(error.message)", hint: ReplayError.verifyHint)
        }
        // A journal from elsewhere may hold anything; nothing may be written outside the target.
        for entry in entries where ContentPath.fault(inPath: entry.path) != nil {
            throw .unreadable(
                "this table can't be exported: '\(printable(entry.path))' is no path for a file",
                hint: "Rename it at the table, or export an earlier moment with --at.")
        }
        return entries
    }

    /// A file appears whole or not at all, and what a link leads to is never written.
    private func write(_ entry: ExportEntry, into folder: String) throws(ReplayError) {
        let path = "\(folder)/\(entry.path)"
        try replayWriting { () throws(FileError) in try source.fileSystem.makeFolders(parentFolder(of: path)) }
        let file = try StagedFile(path, overwrites: true, fileSystem: source.fileSystem)
        defer { file.cancel() }
        switch entry.content {
        case .bytes(let bytes): try replayWriting { () throws(FileError) in try file.append(bytes) }
        case .blob(let blob): try copy(blob, of: entry, to: file)
        }
        try replayWriting { () throws(FileError) in try file.finish() }
    }

    private func copy(_ blob: BlobReference, of entry: ExportEntry, to file: StagedFile) throws(ReplayError) {
        func reading<Value>(_ body: () throws(FileError) -> Value) throws(ReplayError) -> Value {
            do throws(FileError) {
                return try body()
            } catch {
                throw .unreadable("\(entry.path) can't be exported: \(error)", hint: ReplayError.verifyHint)
            }
        }
        let original = try reading { () throws(FileError) in try source.allBlobs.open(blob.sha256) }
        defer { original.close() }
        var hash = SHA256()
        var pieces = FilePieces(of: original)
        while let (_, piece) = try reading({ () throws(FileError) in try pieces.next() }) {
            hash.update(data: piece)
            try replayWriting { () throws(FileError) in try file.append(piece) }
        }
        guard hexString(hash.finalize()) == blob.sha256 else {
            throw .unreadable(
                "\(entry.path) can't be exported: the content of \(original.path) isn't what its name says",
                hint: ReplayError.verifyHint)
        }
    }

    /// Folders that hold nothing are part of the table too.
    private func makeEmptyFolders(_ document: JSONValue, in target: String) throws(ReplayError) {
        for (member, below) in [("mapFolders", "maps"), ("sceneFolders", "scenes")] {
            for (folder, _) in document[member]?.members ?? [] where ContentPath.fault(inPath: folder) == nil {
                do throws(FileError) {
                    try source.fileSystem.makeFolders("\(target)/\(below)/\(folder)")
                } catch {
                    throw ReplayError(error)
                }
            }
        }
    }
}

extension ExportEntry {
    fileprivate var byteCount: Int64 {
        switch content {
        case .bytes(let bytes): Int64(bytes.count)
        case .blob(let blob): Int64(blob.size)
        }
    }
}
