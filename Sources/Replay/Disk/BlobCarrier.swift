import Crypto
import Glibc
import JSONDocument
import Journal
import Table

/// Brings blobs into another table's folder: by a second name (hard link), which takes no room, else by a copy.
struct BlobCarrier {
    /// What was brought.
    struct Report: Equatable {
        var count = 0
        var byteCount: Int64 = 0
        /// How many of them take room again.
        var copiedCount = 0
    }

    let disk: FolderDisk
    /// The table's folder that they are brought to.
    let folder: String

    private var fileSystem: any FileSystem { disk.fileSystem }

    /// Brings blobs that aren't there yet; when it returns they are on disk.
    ///
    /// - Parameters:
    ///   - names: 64 hex digits each.
    ///   - progress: Told how many are done.
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` for a blob that is missing, or that had to be copied and isn't what its
    ///   name says. What only gets a second name stays the same file, good or bad, and isn't read.
    func bring(
        _ names: some Collection<String>, from blobs: SourceBlobs, progress: ProgressSink
    ) throws(ReplayError) -> Report {
        var report = Report()
        var folders: Set<String> = []
        let store = BlobStore(folder: folder, fileSystem: fileSystem, makeUUID: { "" })
        for (index, name) in names.sorted().enumerated() {
            do throws(FileError) {
                try bring(name, from: blobs, to: store, &folders, &report)
            } catch {
                // A disk that is full here is no fault of the journal's.
                throw .unreadable(
                    error.isMissing ? "blob \(name) is missing" : "blob \(name) can't be brought along: \(error)",
                    hint: error.path.hasPrefix(folder + "/") ? "" : ReplayError.verifyHint)
            }
            progress(
                ProgressStep(
                    title: "Bringing blobs along", done: Int64(index + 1), total: Int64(names.count), unit: .files))
        }
        try replayWriting { () throws(FileError) in try sync(folders) }
        return report
    }

    private func bring(
        _ name: String, from blobs: SourceBlobs, to store: BlobStore, _ folders: inout Set<String>,
        _ report: inout Report
    ) throws(FileError) {
        let target = store.path(name)
        guard let byteCount = try blobs.size(of: name) else { throw .missing(blobs.path(name)) }
        report.count += 1
        report.byteCount += byteCount
        // Also for one that is there already: whoever brought it may not have come to syncing its folder.
        let folder = parentFolder(of: target)
        if folders.insert(folder).inserted { try fileSystem.makeFolders(folder) }
        guard try !isThere(name, byteCount, from: blobs, at: target) else { return }
        do throws(FileError) {
            try disk.calls.linkContent(blobs.path(name), to: target)
        } catch {
            // Another file system, one without hard links, or a part of it is there: the copy takes its place.
            try copy(name, from: blobs, to: target)
            report.copiedCount += 1
        }
    }

    private func isThere(
        _ name: String, _ byteCount: Int64, from blobs: SourceBlobs, at target: String
    ) throws(FileError) -> Bool {
        guard try fileSystem.status(target)?.byteCount == byteCount else { return false }
        if try disk.isSame(blobs.path(name), target) { return true }
        return try FileHash.sha256(target, fileSystem: fileSystem) == name
    }

    /// The folders of blobs, and those that lead to them.
    private func sync(_ folders: Set<String>) throws(FileError) {
        guard let hashes = folders.first.map(parentFolder) else { return }
        for folder in folders.sorted() + [hashes, parentFolder(of: hashes), folder] {
            try fileSystem.syncFolder(folder)
        }
    }

    private func copy(_ name: String, from blobs: SourceBlobs, to target: String) throws(FileError) {
        let temporary = target + JournalFolder.temporarySuffix
        try disk.copy(blobs.path(name), to: temporary)
        guard try FileHash.sha256(temporary, fileSystem: fileSystem) == name else {
            try fileSystem.remove(temporary)
            throw FileError(operation: .read, path: blobs.path(name), code: EBADMSG)
        }
        try fileSystem.rename(temporary, to: target)
    }
}

/// The SHA-256 of a file's content.
enum FileHash {
    /// - Returns: 64 hex digits.
    static func sha256(
        _ path: String, fileSystem: any FileSystem, read: (Int) -> Void = { _ in }
    ) throws(FileError) -> String {
        let file = try fileSystem.open(path, .read)
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
