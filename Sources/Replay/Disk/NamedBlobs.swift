import Journal
import Table

/// The blobs that events and documents name, as far as can be told from their bytes.
struct NamedBlobs {
    /// Named for sure: a member `blob`.
    private(set) var mentions: [String: BlobMention] = [:]
    /// Every text of 64 hex digits, whatever it stands for: what might be a name, in an event of a kind that is not known yet.
    private(set) var possible: Set<String> = []

    /// Looks through a line or a document.
    mutating func add(_ bytes: Span<UInt8>, event: Int64) {
        BlobMention.gather(bytes, event: event, into: &mentions)
        BlobMention.forEachName(in: bytes) { _, name in possible.insert(name) }
    }

    /// Those that are there, sorted by name, with their sizes.
    ///
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` if one that is named for sure is missing.
    func present(in blobs: SourceBlobs) throws(ReplayError) -> [(sha256: String, byteCount: Int64)] {
        var found: [(sha256: String, byteCount: Int64)] = []
        for name in possible.sorted() {
            if let size = try replayWriting({ () throws(FileError) in try blobs.size(of: name) }) {
                found.append((name, size))
            } else if let mention = mentions[name] {
                throw .unreadable(
                    "\(blobs.path(name)): the blob that event \(mention.event) names is missing",
                    hint: "Bring it back from a backup; `spell-replay verify` names all that are missing.")
            }
        }
        return found
    }
}
