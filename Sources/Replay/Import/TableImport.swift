import Archives
import JSONDocument
import Journal
import Table

/// Brings an old data folder into a table, as one change.
package struct TableImport: Sendable {
    /// What an import did.
    package struct Report: Sendable {
        /// The newest event that it made; `nil` if the table had all of it already.
        package let offset: Int64?
        package let counts: ImportCounts
        /// Files that were left out, each with the reason.
        package let leftOut: [LeftOut]
    }

    /// A file that was not taken, and why.
    package struct LeftOut: Sendable, Equatable {
        package let path: String
        package let reason: String
    }

    private let source: SourceFolder
    private let fileSystem: any FileSystem

    /// Takes the files of `source`.
    package init(_ source: SourceFolder, fileSystem: any FileSystem) {
        self.source = source
        self.fileSystem = fileSystem
    }

    /// Stores the files as blobs and submits one import.
    ///
    /// Nothing is changed if a path breaks the rules. Blobs that were stored before a failure stay, unnamed and harmless.
    package func run(
        into table: Table, actor: String, progress: ProgressSink
    ) async throws(ReplayError) -> Report {
        let plan = try plan(blobs: table.blobs, progress: progress)
        return try await Self.submit(plan, to: table, actor: actor, leftOut: links)
    }

    /// Reads and checks everything, and stores nothing.
    package func examine(progress: ProgressSink) throws(ReplayError) -> Report {
        Report(try plan(blobs: nil, progress: progress), offset: nil, leftOut: links)
    }

    private var links: [LeftOut] {
        source.leftOut.map { LeftOut(path: $0, reason: "a link, no ordinary file, or nested too deep") }
    }

    static func submit(
        _ plan: ImportPlan, to table: Table, actor: String, leftOut: [LeftOut] = []
    ) async throws(ReplayError) -> Report {
        do throws(CommandError) {
            let outcome = try await table.submit(CommandRequest(.tableImport(plan), actor: actor))
            return Report(plan, offset: outcome.offset, leftOut: leftOut)
        } catch {
            throw .unreadable("the import was refused: \(error.message)", hint: "Nothing was changed.")
        }
    }

    private func plan(blobs: BlobStore?, progress: ProgressSink) throws(ReplayError) -> ImportPlan {
        var planner = ImportPlanner()
        let total = source.entries.reduce(0) { $0 + $1.byteCount }
        var done: Int64 = 0
        for entry in source.entries {
            try add(entry, to: &planner, blobs: blobs) { count in
                done += Int64(count)
                progress(ProgressStep(title: "Importing", done: done, total: total, unit: .bytes))
            }
        }
        return planner.finish()
    }

    private func add(
        _ entry: SourceFolder.Entry, to planner: inout ImportPlanner, blobs: BlobStore?, read: (Int) -> Void
    ) throws(ReplayError) {
        do {
            guard let kind = ImportPlanner.wants(entry.name) else {
                throw ReplayError.unreadable(
                    "\(entry.path): a name like this can't be imported", hint: "Rename it, then import again.")
            }
            switch kind {
            case .skip where entry.isFolder: try planner.addFolder(path: entry.name)
            case .skip: try planner.skip(path: entry.name)
            case .document:
                let bytes = try fileSystem.contents(of: entry.path) ?? []
                read(bytes.count)
                try planner.add(path: entry.name, content: .document(bytes))
            case .blob:
                switch try store(entry, blobs, read: read) {
                case .success(let blob): try planner.add(path: entry.name, content: .blob(blob))
                case .failure(let error): planner.leaveOut(entry.name, error.message)
                }
            }
        } catch let error as ReplayError {
            throw error
        } catch let error as CommandError {
            throw .unreadable("\(entry.path): \(error.message)", hint: "Nothing was changed.")
        } catch {
            throw .unreadable("\(entry.path): \(error)", hint: "Nothing was changed.")
        }
    }

    /// Copies a file into the blobs, if there are any, a mebibyte at a time; a failure says that its content isn't what its name says.
    private func store(
        _ entry: SourceFolder.Entry, _ blobs: BlobStore?, read: (Int) -> Void
    ) throws -> Result<BlobReference, CommandError> {
        let file = try fileSystem.open(entry.path, .read)
        defer { file.close() }
        let upload = try BlobIntake(blobs)
        do {
            var pieces = FilePieces(of: file)
            while let (position, piece) = try pieces.next() {
                if position == 0 { try ContentCheck.check(name: entry.name, start: piece) }
                try upload.append(piece)
                read(piece.count)
            }
            return .success(try upload.finish(name: entry.name))
        } catch let error as CommandError {
            upload.cancel()
            read(Int(entry.byteCount))
            return .failure(error)
        } catch {
            upload.cancel()
            throw error
        }
    }
}

extension TableImport.Report {
    init(_ plan: ImportPlan, offset: Int64?, leftOut: [TableImport.LeftOut] = []) {
        self.offset = offset
        self.counts = plan.counts
        self.leftOut = leftOut + plan.skipped.map { TableImport.LeftOut(path: $0.path, reason: $0.reason) }
    }
}
