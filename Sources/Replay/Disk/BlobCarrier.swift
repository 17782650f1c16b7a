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
    /// Whether what only gets a second name is read and checked, too.
    var checksLinked = false

    private var fileSystem: any FileSystem { disk.fileSystem }

    /// Brings blobs that aren't there yet; when it returns they are on disk.
    ///
    /// - Parameters:
    ///   - names: 64 hex digits each.
    ///   - progress: Told how many are done.
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` for a blob that is missing, or that had to be copied and isn't what its
    ///   name says. What only gets a second name stays the same file, good or bad, and is read only where
    ///   ``checksLinked`` says so.
    func bring(
        _ names: some Collection<String>, from blobs: BlobStore, progress: ProgressSink
    ) throws(ReplayError) -> Report {
        var report = Report()
        var folders: Set<String> = []
        let store = BlobStore(folder: folder, fileSystem: fileSystem, makeUUID: { "" })
        for (index, name) in names.sorted().enumerated() {
            do throws(FileError) {
                try bring(name, from: blobs, to: store, &folders, &report)
            } catch {
                // A disk that is full here is no fault of the journal's.
                throw .writing(
                    error.isMissing ? "blob \(name) is missing" : "blob \(name) can't be brought along: \(error)",
                    hint: error.path.hasPrefix(folder + "/") ? "" : ReplayError.verifyHint, because: error)
            }
            progress(
                ProgressStep(
                    title: "Bringing blobs along", done: Int64(index + 1), total: Int64(names.count), unit: .files))
        }
        try replayWriting { () throws(FileError) in try sync(folders) }
        return report
    }

    private func bring(
        _ name: String, from blobs: BlobStore, to store: BlobStore, _ folders: inout Set<String>,
        _ report: inout Report
    ) throws(FileError) {
        let target = store.path(name)
        let original = try blobs.location(of: name)
        guard let byteCount = try fileSystem.status(original)?.byteCount else { throw .missing(original) }
        report.count += 1
        report.byteCount += byteCount
        // Also for one that is there already: whoever brought it may not have come to syncing its folder.
        let folder = parentFolder(of: target)
        if folders.insert(folder).inserted { try fileSystem.makeFolders(folder) }
        guard try !isThere(name, byteCount, original, at: target) else { return }
        if checksLinked { try check(name, original) }
        do throws(FileError) {
            try disk.calls.linkContent(original, to: target)
        } catch {
            // Another file system, one without hard links, or a part of it is there: the copy takes its place.
            try copy(name, original, to: target)
            report.copiedCount += 1
        }
    }

    private func isThere(
        _ name: String, _ byteCount: Int64, _ original: String, at target: String
    ) throws(FileError) -> Bool {
        guard try fileSystem.status(target)?.byteCount == byteCount else { return false }
        if try disk.isSame(original, target) { return true }
        return try FileHash.sha256(target, fileSystem: fileSystem) == name
    }

    /// The folders of blobs, and those that lead to them.
    private func sync(_ folders: Set<String>) throws(FileError) {
        guard let hashes = folders.first.map(parentFolder) else { return }
        for folder in folders.sorted() + [hashes, parentFolder(of: hashes), folder] {
            try fileSystem.syncFolder(folder)
        }
    }

    private func copy(_ name: String, _ original: String, to target: String) throws(FileError) {
        let temporary = target + JournalFolder.temporarySuffix
        try disk.copy(original, to: temporary)
        guard try FileHash.sha256(temporary, fileSystem: fileSystem) == name else {
            try fileSystem.remove(temporary)
            throw FileError(operation: .read, path: original, code: EBADMSG)
        }
        try fileSystem.rename(temporary, to: target)
    }

    /// - Throws: EBADMSG for a file that isn't what its name says.
    private func check(_ name: String, _ path: String) throws(FileError) {
        guard try FileHash.sha256(path, fileSystem: fileSystem) == name else {
            throw FileError(operation: .read, path: path, code: EBADMSG)
        }
    }
}
