import Journal

/// A file that is written under a temporary name beside its place and takes that place whole.
///
/// Used by one thread.
final class StagedFile {
    /// The place.
    let target: String
    private let path: String
    private let fileSystem: any FileSystem
    private let file: any OpenFile
    private(set) var byteCount: Int64 = 0
    private var isOver = false

    /// - Parameter overwrites: Whether a file that is there already may be replaced.
    /// - Throws: ``ReplayError/usage(_:hint:)`` if something is there that may not.
    init(_ target: String, overwrites: Bool, fileSystem: any FileSystem) throws(ReplayError) {
        self.target = target
        self.path = target + ".partial" + JournalFolder.temporarySuffix
        self.fileSystem = fileSystem
        let (path, disk) = (path, FolderDisk(fileSystem: fileSystem))
        let kind = try replayWriting { () throws(FileError) in try disk.kind(target) }
        switch kind {
        case nil: break
        case .file where overwrites: break
        case .file, .link, .other:
            throw .usage(
                "\(target) is there already", hint: "Give another name with --to, or --force to replace the file.")
        case .folder: throw .usage("\(target) is a folder", hint: "Give the name of a file with --to.")
        }
        file = try replayWriting { () throws(FileError) in try fileSystem.open(path, .replace) }
    }

    deinit { cancel() }

    func append(_ bytes: [UInt8]) throws(FileError) {
        guard !bytes.isEmpty else { return }
        try file.writeAll(bytes, at: byteCount)
        byteCount += Int64(bytes.count)
    }

    /// Syncs it and gives it its name.
    func finish() throws(FileError) {
        try file.sync()
        try fileSystem.rename(path, to: target)
        isOver = true
        file.close()
        try fileSystem.syncFolder(parentFolder(of: target))
    }

    /// Takes everything back; nothing after ``finish()``.
    func cancel() {
        guard !isOver else { return }
        isOver = true
        file.close()
        // The error that led here is the one to tell; the next try writes over it.
        try? fileSystem.remove(path)
    }
}
