import JSONDocument
import Journal
import Table

/// What an audit gathers line by line: the document, digests where snapshots and start documents stand, the blobs that are named.
struct AuditReplay {
    /// An event whose patch doesn't apply, and why.
    struct Failure: Equatable {
        let offset: Int64
        let reason: String
    }

    private var fold: DocumentFold
    private let wanted: Set<Int64>
    private(set) var failures: [Failure] = []
    /// The replayed document's digest at the wanted offsets, as far as replay got.
    private(set) var digests: [Int64: String] = [:]
    /// Every blob that an event names, with the first such event and the size that it says.
    private(set) var blobs: [String: BlobMention] = [:]

    /// - Parameter wanted: The offsets whose digests are needed.
    init(_ start: DocumentFold, wanted: [Int64]) {
        fold = start
        self.wanted = Set(wanted)
        // What the journal goes on from names blobs too; of the empty document it is nothing.
        BlobMention.gather(start.document.serialized().span, event: start.offset, into: &blobs)
        if self.wanted.contains(start.offset) { digests[start.offset] = DocumentDigest.compute(start.document) }
    }

    /// Whether every event so far was applied.
    var isWhole: Bool { failures.isEmpty }

    /// The document after the last event that was applied.
    var document: JSONValue { fold.document }

    /// Takes the next line.
    ///
    /// After one that doesn't apply nothing further can be replayed, but blobs are still gathered.
    mutating func take(_ offset: Int64, _ line: Span<UInt8>) {
        BlobMention.gather(line, event: offset, into: &blobs)
        // An archiving that was cut short leaves segments from before the first document.
        guard isWhole, offset > fold.offset else { return }
        do throws(TableError) {
            _ = try fold.apply(line)
        } catch {
            failures.append(Failure(offset: offset, reason: "its patch can't be applied: \(error)"))
            return
        }
        if wanted.contains(offset) { digests[offset] = DocumentDigest.compute(fold.document) }
    }
}
