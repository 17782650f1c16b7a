import Journal
import Table

/// What may stand in a journal's archive: the files of a table's folder, under the names that they have there, and nothing else.
///
/// Anything else refuses the archive, so no path in it can lead anywhere.
package enum ArchiveEntryName: Hashable, Sendable {
    case identity
    /// The document that the journal goes on from, by its file's name.
    case start(String)
    case segment(base: Int64)
    /// A blob, by its SHA-256.
    case blob(String)

    /// Reads an entry's path; nil for anything that doesn't belong there.
    package init?(_ path: String) {
        if path == JournalFolder.identityName {
            self = .identity
        } else if JournalFolder.isStartName(path) {
            self = .start(path)
        } else if let base = JournalFolder.segmentBase(ofName: path) {
            self = .segment(base: base)
        } else {
            let name = String(path.suffix(64))
            self = .blob(name)
            guard BlobStore.isName(name), self.path == path else { return nil }
        }
    }

    /// The path in the archive, and in the table's folder.
    package var path: String {
        switch self {
        case .identity: JournalFolder.identityName
        case .start(let name): name
        case .segment(let base): JournalFolder.segmentName(base: base)
        case .blob(let sha256): "blobs/sha256/\(sha256.prefix(2))/\(sha256)"
        }
    }

    /// Whether a path is one of the folders that these files stand in; ordinary zip tools write entries for them too.
    package static func isFolder(_ path: String) -> Bool {
        let parts = (path.hasSuffix("/") ? String(path.dropLast()) : path).split(
            separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return parts[0] == "blobs"
        case 2: return parts[0] == "blobs" && parts[1] == "sha256"
        case 3:
            return parts[0] == "blobs" && parts[1] == "sha256" && parts[2].utf8.count == 2
                && parts[2].utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        default: return false
        }
    }
}
