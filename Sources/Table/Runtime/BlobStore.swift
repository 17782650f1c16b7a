import Journal
import Synchronization

/// The table's images and sounds: immutable files named by the SHA-256 of their content (`blobs/sha256/ab/ab12…`).
///
/// A blob is on disk, with the folders that lead to it, before anybody can name it in an event. Nothing here removes one:
/// the past still shows it. Thread-safe; every call may wait for the disk.
package final class BlobStore: Sendable {
    private let fileSystem: any FileSystem
    private let root: String
    /// Where to look for a blob that isn't in `root`.
    private let archives: [String]
    private let makeUUID: @Sendable () -> String
    /// Folders whose own names this process knows to be on disk.
    private let syncedFolders = Mutex<Set<String>>([])

    /// - Parameters:
    ///   - folder: The table's folder; blobs stand in its `blobs`.
    ///   - archives: Folders of the same table's older segments, which alone may have what only those name.
    ///   - makeUUID: Names for the temporary files.
    package init(
        folder: String, archives: [String] = [], fileSystem: any FileSystem, makeUUID: @escaping @Sendable () -> String
    ) {
        self.fileSystem = fileSystem
        self.root = folder + "/blobs"
        self.archives = archives.map { $0 + "/blobs" }
        self.makeUUID = makeUUID
    }

    private var uploadsFolder: String { self.root + "/uploads" }
    private var hashesFolder: String { self.root + "/sha256" }

    /// Where a blob's file is or would be in the table's own folder.
    ///
    /// - Parameter sha256: 64 lower-case hex digits; anything else names no blob, see ``isName(_:)``.
    package func path(_ sha256: String) -> String { Self.path(sha256, in: self.root) }

    /// Where a blob's file is: in the table's own folder, or in the first archive that has it where the table hasn't; `path` if it
    /// is nowhere.
    ///
    /// - Throws: Where one of them can't be looked at: what nobody could look for is not missing.
    package func location(of sha256: String) throws(FileError) -> String {
        let own = self.path(sha256)
        guard !self.archives.isEmpty, Self.isName(sha256) else { return own }
        if try self.fileSystem.status(own) != nil { return own }
        for archive in self.archives {
            let path = Self.path(sha256, in: archive)
            if try self.fileSystem.status(path) != nil { return path }
        }
        return own
    }

    private static func path(_ sha256: String, in root: String) -> String {
        "\(root)/sha256/\(sha256.prefix(2))/\(sha256)"
    }

    /// Whether a text can be a blob's name; check what comes from outside before it becomes a path.
    package static func isName(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// Whether the blob is there.
    package func contains(_ sha256: String) throws(FileError) -> Bool {
        try self.size(of: sha256) != nil
    }

    /// The blob's length in bytes; `nil` if it is not there.
    package func size(of sha256: String) throws(FileError) -> Int64? {
        guard Self.isName(sha256) else { return nil }
        return try self.fileSystem.status(self.location(of: sha256))?.byteCount
    }

    /// Opens the blob for reading.
    ///
    /// - Throws: A ``FileError`` with `isMissing` if it is not there.
    package func open(_ sha256: String) throws(FileError) -> any OpenFile {
        try self.fileSystem.open(self.location(of: sha256), .read)
    }

    /// Begins to take a new blob in.
    ///
    /// - Throws: Also where the table's folder is gone: it is not to come back with nothing but a blob.
    package func makeUpload() throws(FileError) -> BlobUpload {
        let table = parentFolder(of: self.root)
        guard try self.fileSystem.status(table) != nil else { throw .missing(table) }
        try self.fileSystem.makeFolders(self.uploadsFolder)
        let path = "\(self.uploadsFolder)/\(self.makeUUID()).tmp"
        return BlobUpload(store: self, file: try self.fileSystem.open(path, .createNew), path: path)
    }

    /// Removes what interrupted uploads left; only for the process that holds the table's lock.
    ///
    /// - Returns: How many files were removed.
    package func removeLeftovers() throws(FileError) -> Int {
        guard try self.fileSystem.status(self.uploadsFolder) != nil else { return 0 }
        let names = try self.fileSystem.list(self.uploadsFolder)
        for name in names { try self.fileSystem.remove("\(self.uploadsFolder)/\(name)") }
        return names.count
    }

    /// Gives a whole, synced file its name.
    ///
    /// A blob that is there already is replaced by the same bytes: that costs nothing, mends a damaged one, and makes sure
    /// that it is synced whoever wrote it first.
    func adopt(_ temporary: String, as sha256: String) throws(FileError) {
        let path = self.path(sha256)
        let folder = parentFolder(of: path)
        try self.fileSystem.makeFolders(folder)
        try self.fileSystem.rename(temporary, to: path)
        try self.fileSystem.syncFolder(folder)
        // A crash of an earlier process may have left folders whose names were never synced.
        for parent in [self.hashesFolder, self.root, parentFolder(of: self.root)] {
            try self.syncOnce(parent, for: folder)
        }
    }

    private func syncOnce(_ parent: String, for folder: String) throws(FileError) {
        let key = "\(parent)|\(folder)"
        guard !self.syncedFolders.withLock({ $0.contains(key) }) else { return }
        try self.fileSystem.syncFolder(parent)
        self.syncedFolders.withLock { _ = $0.insert(key) }
    }

    /// Forgets an upload that won't become a blob.
    func discard(_ temporary: String) {
        // It would be removed at the next start; nothing depends on it going now.
        try? self.fileSystem.remove(temporary)
    }
}
