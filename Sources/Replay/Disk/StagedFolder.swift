import Glibc
import Journal

/// A folder that is built beside its place, as `NAME.partial`, and takes that place at once and whole.
///
/// A kill at any moment leaves the place as it was, or the whole folder in it; what is left beside it is removed by the next
/// try. A mark inside, held under a lock while somebody works, tells that leftover from a folder of somebody else's.
struct StagedFolder {
    /// The place.
    let target: String
    let disk: FolderDisk
    /// Nobody else builds the same.
    private let lock: any FileLock

    /// Where it is built.
    var path: String { Self.path(target) }

    private static func path(_ target: String) -> String { target + ".partial" }
    /// Removed by the next start of a server, should it go along.
    private static let markName = "partial" + JournalFolder.temporarySuffix

    /// Makes the folder to build in.
    ///
    /// - Throws: ``ReplayError/usage(_:hint:)`` if something is in the place already.
    init(for place: String, fileSystem: any FileSystem) throws(ReplayError) {
        target = Self.withoutSlash(place)
        disk = FolderDisk(fileSystem: fileSystem)
        try Self.requireFree(target, disk)
        let path = Self.path(target)
        let disk = self.disk
        try replayWriting { () throws(FileError) in try fileSystem.makeFolders(parentFolder(of: path)) }
        try Self.clear(path, disk)
        lock = try replayWriting { () throws(FileError) in
            try fileSystem.makeFolders(path)
            let lock = try fileSystem.lock("\(path)/\(Self.markName)", note: WriterProbe.ownProcess)
            try fileSystem.syncFolder(path)
            return lock
        }
    }

    private static func withoutSlash(_ place: String) -> String {
        var place = place
        while place.utf8.count > 1, place.hasSuffix("/") { place.removeLast() }
        return place
    }

    /// Nothing may be in the place, or an empty folder.
    ///
    /// - Throws: ``ReplayError/usage(_:hint:)``.
    static func requireFree(_ place: String, _ disk: FolderDisk) throws(ReplayError) {
        let target = withoutSlash(place)
        let isFree = try replayWriting { () throws(FileError) in
            switch try disk.kind(target) {
            case nil: true
            case .folder: try disk.fileSystem.list(target).isEmpty
            default: false
            }
        }
        guard !isFree else { return }
        throw .usage("\(target) is there already", hint: "Give another folder; this one is left as it is.")
    }

    /// Removes what a kill left, if anything; harmless while somebody builds there.
    ///
    /// - Returns: Whether there was something.
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` for a folder that is somebody else's or in use.
    static func removeLeftover(of place: String, fileSystem: any FileSystem) throws(ReplayError) -> Bool {
        let (path, disk) = (Self.path(withoutSlash(place)), FolderDisk(fileSystem: fileSystem))
        guard try replayWriting({ () throws(FileError) in try disk.kind(path) != nil }) else { return false }
        try clear(path, disk)
        return true
    }

    private static func clear(_ path: String, _ disk: FolderDisk) throws(ReplayError) {
        let mark = "\(path)/\(markName)"
        do throws(FileError) {
            guard try disk.kind(path) != nil else { return }
            guard try disk.kind(mark) != nil else {
                guard try disk.fileSystem.list(path).isEmpty else {
                    throw FileError(operation: .makeFolder, path: path, code: EEXIST)
                }
                return
            }
            let lock = try disk.fileSystem.lock(mark, note: WriterProbe.ownProcess)
            defer { lock.unlock() }
            try disk.removeFolder(path, markedBy: Self.markName)
        } catch {
            let hint =
                error.isLocked
                ? "Process \(error.lockHolder ?? "(unknown)") is building it right now." : "Move it out of the way."
            throw .unreadable("\(path) is in the way: \(error)", hint: hint)
        }
    }

    /// Puts the folder into its place.
    func commit() throws(FileError) {
        try disk.fileSystem.syncFolder(path)
        try disk.fileSystem.rename(path, to: target)
        try disk.fileSystem.syncFolder(parentFolder(of: target))
        try disk.fileSystem.remove("\(target)/\(Self.markName)")
        lock.unlock()
    }

    /// Takes everything back.
    func discard() {
        // The error that led here is the one to tell; what can't be removed now, the next try removes.
        try? disk.removeFolder(path, markedBy: Self.markName)
        lock.unlock()
    }
}
