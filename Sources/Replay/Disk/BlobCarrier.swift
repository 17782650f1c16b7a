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
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` for a blob that is missing or isn't what its name says.
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
                throw .unreadable(
                    error.isMissing ? "blob \(name) is missing" : "blob \(name) can't be brought along: \(error)",
                    hint: ReplayError.verifyHint)
            }
            progress(
                ProgressStep(
                    title: "Bringing blobs along", done: Int64(index + 1), total: Int64(names.count), unit: .files))
        }
        try replayWriting { () throws(FileError) in
            for folder in folders.sorted() { try fileSystem.syncFolder(folder) }
        }
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
        guard try fileSystem.status(target)?.byteCount != byteCount else { return }
        let folder = parentFolder(of: target)
        if folders.insert(folder).inserted { try fileSystem.makeFolders(folder) }
        do throws(FileError) {
            try disk.calls.linkContent(blobs.path(name), to: target)
        } catch {
            // Another file system, one without hard links, or a part of it is there: the copy takes its place.
            try copy(name, from: blobs, to: target)
            report.copiedCount += 1
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
