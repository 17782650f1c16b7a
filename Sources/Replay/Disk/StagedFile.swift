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
        self.fileSystem = fileSystem
        try Self.check(target, overwrites: overwrites, FolderDisk(fileSystem: fileSystem))
        (path, file) = try replayWriting { () throws(FileError) in try Self.begin(beside: target, fileSystem) }
    }

    private static func check(_ target: String, overwrites: Bool, _ disk: FolderDisk) throws(ReplayError) {
        switch try replayWriting({ () throws(FileError) in try disk.kind(target) }) {
        case nil: break
        case .file where overwrites: break
        case .file:
            throw .usage(
                "\(target) is there already", hint: "Give another name with --to, or --force to replace the file.")
        case .link, .other:
            throw .usage(
                "\(target) is there already, and is no ordinary file",
                hint: "Give another name with --to, or move it out of the way.")
        case .folder: throw .usage("\(target) is a folder", hint: "Give the name of a file with --to.")
        }
    }

    /// A file that nobody else has: two writers of one place don't mix, and a link that waits there isn't followed.
    private static func begin(
        beside target: String, _ fileSystem: any FileSystem
    ) throws(FileError) -> (path: String, file: any OpenFile) {
        // Shortened: together with what is added, a long name would be too long for the disk.
        let name = String(decoding: lastPathComponent(of: target).utf8.prefix(nameByteCountMax), as: UTF8.self)
        var number = 0
        while true {
            let unique = "\(name).partial-\(WriterProbe.ownProcess)-\(number)\(JournalFolder.temporarySuffix)"
            let path = "\(parentFolder(of: target))/\(unique)"
            do throws(FileError) {
                return (path, try fileSystem.open(path, .createNew))
            } catch {
                guard error.isThereAlready, number < attemptsMax else { throw error }
                number += 1
            }
        }
    }

    private static let nameByteCountMax = 180
    /// Leftovers of processes that had the same number.
    private static let attemptsMax = 1000

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
        // The error that led here is the one to tell; what stays has a name that nothing reads.
        try? fileSystem.remove(path)
    }
}
