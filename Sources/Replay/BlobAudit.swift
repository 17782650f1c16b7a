import Crypto
import JSONDocument
import Journal
import Table

/// Whether the blobs that events name are on disk with the content that their names promise.
struct BlobAudit {
    private let source: JournalSource

    init(_ source: JournalSource) {
        self.source = source
    }

    /// Bytes of the named blobs that are there.
    func byteCount(_ blobs: [String: BlobMention]) -> Int64 {
        // A blob that can't be looked at is among the findings.
        blobs.keys.reduce(0) { $0 + ((try? source.allBlobs.size(of: $1)) ?? 0) }
    }

    /// Reads and hashes every blob, in the order of the events that named them first.
    func findings(_ blobs: [String: BlobMention], progress: ProgressSink) throws(ReplayError) -> [Audit.Finding] {
        let total = byteCount(blobs)
        var done: Int64 = 0
        var findings: [Audit.Finding] = []
        for (sha256, mention) in blobs.sorted(by: { ($0.value.event, $0.key) < ($1.value.event, $1.key) }) {
            let path = source.allBlobs.path(sha256)
            do throws(FileError) {
                let found = try hash(sha256) { count in
                    done += Int64(count)
                    progress(ProgressStep(title: "Hashing blobs", done: done, total: total, unit: .bytes))
                }
                guard found != sha256 else { continue }
                findings.append(
                    Audit.Finding(file: path, event: mention.event, reason: "its content hashes to \(found)"))
            } catch {
                let reason = error.isMissing ? "the blob that this event names is missing" : "\(error)"
                findings.append(Audit.Finding(file: path, event: mention.event, reason: reason))
            }
        }
        return findings
    }

    private func hash(_ sha256: String, read: (Int) -> Void) throws(FileError) -> String {
        let file = try source.allBlobs.open(sha256)
        defer { file.close() }
        var hash = SHA256()
        var position: Int64 = 0
        while true {
            let bytes = try file.read(at: position, upTo: 1 << 20)
            guard !bytes.isEmpty else { return hexString(hash.finalize()) }
            hash.update(data: bytes)
            position += Int64(bytes.count)
            read(bytes.count)
        }
    }
}
