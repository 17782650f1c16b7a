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

    /// What there is on disk of the blobs that are named.
    struct Presence {
        /// Those that are there, sorted by name, with their sizes.
        var present: [(sha256: String, byteCount: Int64)] = []
        /// Those that are named for sure and aren't there, sorted by name.
        var missing: [MissingBlob] = []
    }

    /// Looks for each of them.
    func look(in blobs: BlobStore) throws(ReplayError) -> Presence {
        var presence = Presence()
        for name in possible.sorted() {
            if let size = try replayWriting({ () throws(FileError) in try blobs.size(of: name) }) {
                presence.present.append((name, size))
            } else if let mention = mentions[name] {
                presence.missing.append(MissingBlob(sha256: name, event: mention.event))
            }
        }
        return presence
    }

    /// Those that are there, sorted by name, with their sizes.
    ///
    /// - Parameter hint: What can be done where one is missing.
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` if one that is named for sure is missing.
    func present(
        in blobs: BlobStore, hint: String = "Bring it back from a backup; \(Self.verifyHint)"
    ) throws(ReplayError) -> [(sha256: String, byteCount: Int64)] {
        let presence = try look(in: blobs)
        guard let missing = presence.missing.first else { return presence.present }
        throw .unreadable(
            "\(blobs.path(missing.sha256)): the blob that event \(missing.event) names is missing", hint: hint)
    }

    static let verifyHint = "`spell-replay verify` names all that are missing."
}

/// A blob that an event names and that isn't there.
package struct MissingBlob: Sendable, Equatable {
    package let sha256: String
    /// The first event that names it; one before the first for the document that a journal goes on from.
    package let event: Int64
}
