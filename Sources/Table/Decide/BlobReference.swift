import JSONDocument

/// What the document says of a file's content: the name of its bytes, not the bytes.
///
/// Blobs are content-addressed (state-document.md, `maps`, `sounds`, `sceneImages`), so a copy, a move or a rename of
/// a file never touches its bytes.
package struct BlobReference: Sendable, Hashable {
    /// SHA-256 of the content, 64 lower-case hex digits.
    package var sha256: String
    /// Length of the content in bytes.
    package var size: Int
    /// Media type that the content is served with, such as `image/png`.
    package var mediaType: String

    package init(sha256: String, size: Int, mediaType: String) {
        self.sha256 = sha256
        self.size = size
        self.mediaType = mediaType
    }

    /// Reads an entry of `/maps`, `/sounds` or `/sceneImages/<scene>`; nil if it names no blob.
    package init?(_ entry: JSONValue) {
        guard let sha256 = entry["blob"]?.stringValue, let size = entry["size"]?.intValue else { return nil }
        self.sha256 = sha256
        self.size = size
        self.mediaType = entry["mediaType"]?.stringValue ?? MediaType.unknown
    }

    /// The entry as it stands in `/maps` and `/sounds`.
    package var entry: JSONValue {
        .object([
            (key: "blob", value: .string(sha256)), (key: "size", value: .number(size)),
            (key: "mediaType", value: .string(mediaType)),
        ])
    }

    /// The entry as it stands in `/sceneImages/<scene>`, which also keeps the file's original name.
    func imageEntry(name: String) -> JSONValue {
        var entry = entry
        entry.setMember("name", to: .string(name))
        return entry
    }
}
