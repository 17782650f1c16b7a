import Journal
import Table

/// The blobs of a journal that is read: the table's own, and those in its archives.
package struct SourceBlobs: Sendable {
    private let own: BlobStore
    private let archived: [BlobStore]

    init(folders: [String], fileSystem: any FileSystem) {
        let stores = folders.map { BlobStore(folder: $0, fileSystem: fileSystem, makeUUID: { "" }) }
        own = stores[0]
        archived = Array(stores.dropFirst())
    }

    /// Where a blob's file is, for messages and links; in the table's folder if it is nowhere.
    package func path(_ sha256: String) -> String {
        // What can't be looked at here is met again, and told, where it is opened.
        ((try? store(sha256)) ?? own).path(sha256)
    }

    /// Whether the blob is there.
    package func contains(_ sha256: String) throws(FileError) -> Bool { try size(of: sha256) != nil }

    /// The blob's length in bytes; nil if it is not there.
    package func size(of sha256: String) throws(FileError) -> Int64? { try store(sha256).size(of: sha256) }

    /// Opens the blob for reading.
    ///
    /// - Throws: A ``FileError`` with `isMissing` if it is not there.
    package func open(_ sha256: String) throws(FileError) -> any OpenFile { try store(sha256).open(sha256) }

    private func store(_ sha256: String) throws(FileError) -> BlobStore {
        if archived.isEmpty { return own }
        if try own.contains(sha256) { return own }
        for store in archived where try store.contains(sha256) { return store }
        return own
    }
}
