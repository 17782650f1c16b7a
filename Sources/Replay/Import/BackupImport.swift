import Archives
import Journal
import Table

/// Brings the old server's backup archive into a table, as one change.
package struct BackupImport: Sendable {
    private let file: String

    /// - Parameter file: The `.zip` that the old server's, or this one's, `/backup/export` gave.
    package init(_ file: String) {
        self.file = file
    }

    /// Stores its files as blobs and submits one import.
    ///
    /// All of the archive is checked before anything is stored. Blobs that were stored before a failure stay, unnamed and harmless.
    package func run(
        into table: Table, actor: String, progress: ProgressSink
    ) async throws(ReplayError) -> TableImport.Report {
        let plan = try plan(blobs: table.blobs, progress: progress)
        return try await TableImport.submit(plan, to: table, actor: actor)
    }

    /// Reads and checks everything, and stores nothing.
    package func examine(progress: ProgressSink) throws(ReplayError) -> TableImport.Report {
        TableImport.Report(try plan(blobs: nil, progress: progress), offset: nil)
    }

    private func plan(blobs: BlobStore?, progress: ProgressSink) throws(ReplayError) -> ImportPlan {
        var done: Int64 = 0
        let importer = BackupImporter(
            selection: .all, blobs: blobs, limits: BackupImporter.Limits(byteCount: 64 << 30, entryCount: 1_000_000))
        do {
            return try importer.plan(archive: file) { count in
                done += count
                progress(ProgressStep(title: "Reading the backup", done: done, total: 0, unit: .bytes))
            }
        } catch let error as BackupError {
            throw ArchiveUnpacking.refusal(file, error.description)
        } catch {
            throw .unreadable("\(file): \(error)", hint: "Nothing was changed.")
        }
    }
}
