import JSONDocument
import Journal
import Table

/// Whether the blobs that events name are on disk with the content that their names promise.
struct BlobAudit {
    /// What there is of them.
    struct Report {
        /// Bytes of those that are there.
        var byteCount: Int64 = 0
        var findings: [Audit.Finding] = []
    }

    private let blobs: BlobStore

    init(_ blobs: BlobStore) {
        self.blobs = blobs
    }

    /// Reads and hashes every blob, in the order of the events that named them first.
    func run(_ named: [String: BlobMention], progress: ProgressSink) -> Report {
        let named = named.sorted { ($0.value.event, $0.key) < ($1.value.event, $1.key) }
        let sizes = named.map { size(of: $0.key) }
        var report = Report()
        for case .success(let size) in sizes { report.byteCount += size }
        var done: Int64 = 0
        for (blob, size) in zip(named, sizes) {
            let finding = check(blob.key, size, event: blob.value.event) { count in
                done += Int64(count)
                progress(ProgressStep(title: "Hashing blobs", done: done, total: report.byteCount, unit: .bytes))
            }
            if let finding { report.findings.append(finding) }
        }
        return report
    }

    private func size(of sha256: String) -> Result<Int64, FileError> {
        do throws(FileError) {
            guard let size = try blobs.size(of: sha256) else { throw .missing(blobs.path(sha256)) }
            return .success(size)
        } catch {
            return .failure(error)
        }
    }

    private func check(
        _ sha256: String, _ size: Result<Int64, FileError>, event: Int64, read: (Int) -> Void
    ) -> Audit.Finding? {
        do throws(FileError) {
            _ = try size.get()
            let file = try blobs.open(sha256)
            defer { file.close() }
            let found = try FileHash.sha256(of: file, read: read)
            guard found != sha256 else { return nil }
            return Audit.Finding(file: file.path, event: event, reason: "its content hashes to \(found)")
        } catch {
            let reason = error.isMissing ? "the blob that this event names is missing" : "\(error)"
            return Audit.Finding(file: error.path, event: event, reason: reason, isMissingBlob: error.isMissing)
        }
    }
}
