import JSONDocument
import Journal
import Table

/// Whether snapshots say what replay says.
struct SnapshotAudit {
    private let source: JournalSource
    private let folder: String

    /// - Parameter folder: The table's own, or an archive's.
    init(_ source: JournalSource, folder: String) {
        self.source = source
        self.folder = folder
    }

    /// Looks at every snapshot in the folder.
    ///
    /// - Parameter digests: The replayed document's digest at the snapshots' offsets; one that is missing wasn't reached.
    func findings(_ digests: [Int64: String], _ journal: VerifyReport) throws(ReplayError) -> [Audit.Finding] {
        let store = SnapshotStore(folder: folder, fileSystem: source.fileSystem)
        let beginning = try source.beginning()
        do throws(JournalError) {
            var findings: [Audit.Finding] = []
            // Older ones are what an archiving that was cut short left, and of no use.
            for offset in try store.list() where offset >= beginning {
                guard let fault = try fault(of: offset, store, digests[offset], journal) else { continue }
                findings.append(Audit.Finding(file: path(offset), event: offset, reason: fault + Self.harmless))
            }
            return findings
        } catch {
            throw ReplayError(error)
        }
    }

    private static let harmless = " (snapshots are caches: remove the file, nothing is lost)"

    private func path(_ offset: Int64) -> String {
        "\(folder)/\(JournalFolder.snapshotsName)/\(JournalFolder.snapshotName(offset: offset))"
    }

    private func fault(
        of offset: Int64, _ store: SnapshotStore, _ replayed: String?, _ journal: VerifyReport
    ) throws(JournalError) -> String? {
        guard let snapshot = try store.read(offset) else {
            // The writer may have removed it meanwhile, as it keeps only the newest few.
            return try store.list().contains(offset) ? "a snapshot that can't be read" : nil
        }
        guard snapshot.journal == journal.journal else { return "a snapshot of another journal" }
        guard let replayed else {
            // Where the journal itself is damaged, nobody can say whether the snapshot is right.
            guard journal.isClean else { return nil }
            guard offset > journal.newestOffset else { return "a snapshot of a document that can't be replayed" }
            // A writer may have gone on since the journal was read.
            return try offset > source.reader.newestOffset() ? "a snapshot of an event that the journal lacks" : nil
        }
        guard let document = try? snapshot.parsedDocument() else {
            return "a snapshot whose document isn't JSON"
        }
        guard DocumentDigest.compute(document) == replayed, snapshot.digest == replayed else {
            return "a snapshot that differs from the replayed document"
        }
        guard journal.isClean else { return nil }
        let chain = try source.reader.chain(at: offset).hex
        return chain == snapshot.chain ? nil : "a snapshot with another chain than the journal's"
    }
}
