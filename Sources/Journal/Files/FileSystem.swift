/// The files that a journal, its snapshots and its blobs need; everything the package does to a disk goes through here.
///
/// It comes in as a parameter, so that a test can crash, tear and fill up a disk at any write. Paths are UTF-8 with `/`.
/// Callable from any thread.
package protocol FileSystem: Sendable {
    /// Opens a file.
    func open(_ path: String, _ mode: FileOpenMode) throws(FileError) -> any OpenFile

    /// Gives a file another name, replacing what had it. Durable only after ``syncFolder(_:)`` of the folder.
    func rename(_ path: String, to newPath: String) throws(FileError)

    /// Removes a file. Durable only after ``syncFolder(_:)``.
    func remove(_ path: String) throws(FileError)

    /// What stands at a path; nil if nothing does.
    func status(_ path: String) throws(FileError) -> FileStatus?

    /// When what stands at a path was last modified, in milliseconds since 1970 UTC; nil if nothing does.
    ///
    /// Not for files that are being written: to ask makes the next write dearer on some systems.
    func modificationTime(_ path: String) throws(FileError) -> Int64?

    /// The names in a folder, sorted by their bytes, without `.` and `..`.
    func list(_ folder: String) throws(FileError) -> [String]

    /// Makes a folder and those above it that are missing, and syncs each parent that gained one.
    func makeFolders(_ folder: String) throws(FileError)

    /// Makes the names in a folder durable (`fsync` of the folder).
    func syncFolder(_ folder: String) throws(FileError)

    /// Takes the exclusive lock on a file, created if missing, and writes `note` into it.
    ///
    /// The lock is the process's: it goes when the process ends, however it ends.
    /// - Throws: ``FileError`` with ``FileError/isLocked`` and the other holder's note if somebody has it.
    func lock(_ path: String, note: String) throws(FileError) -> any FileLock
}

/// How a file is opened.
package enum FileOpenMode: Sendable, Equatable {
    /// It must exist.
    case read
    /// It must exist.
    case readWrite
    /// It must not exist.
    case createNew
    /// Made if missing, emptied if there. Only for files that nobody reads before they are renamed.
    case replace
}

/// What stands at a path.
package struct FileStatus: Sendable, Equatable {
    /// A folder, not a file.
    package let isFolder: Bool

    /// Size in bytes.
    package let byteCount: Int64

    package init(isFolder: Bool, byteCount: Int64) {
        self.isFolder = isFolder
        self.byteCount = byteCount
    }
}

/// An open file.
///
/// Positions are byte offsets; there is no cursor, so several readers may share one.
package protocol OpenFile: AnyObject, Sendable {
    /// Where it was opened; for messages.
    var path: String { get }

    /// Present size in bytes.
    func size() throws(FileError) -> Int64

    /// Up to `count` bytes from `offset`; fewer only where the file ends.
    func read(at offset: Int64, upTo count: Int) throws(FileError) -> [UInt8]

    /// One write call at `offset`.
    ///
    /// - Returns: How many bytes were taken; fewer than given when the disk filled up on the way.
    func write(_ bytes: RawSpan, at offset: Int64) throws(FileError) -> Int

    /// Whether its path still leads to it: false once somebody removed or renamed it, or a folder above it.
    ///
    /// What is written then is lost, or stands where nobody looks for it, though every call succeeds.
    func isInPlace() throws(FileError) -> Bool

    /// Cuts the file, or extends it with zeros.
    func truncate(to byteCount: Int64) throws(FileError)

    /// Asks for what was written to a range to go to disk soon, so that a later sync has less to wait for.
    ///
    /// It promises nothing: whoever needs the bytes to be there syncs, and learns then of what went wrong.
    func startWriteOut(from offset: Int64, count: Int)

    /// `fdatasync`: content and size are on disk when it returns. After a failure nothing is known, and a second try
    /// that succeeds proves nothing (the kernel may have marked the pages clean).
    func syncData() throws(FileError)

    /// `fsync`: like ``syncData()`` and all metadata.
    func sync() throws(FileError)

    /// Closes it now instead of when the last reference goes. Later calls fail with `EBADF`.
    func close()
}

/// A lock that is held until ``unlock()`` or until the last reference goes.
package protocol FileLock: AnyObject, Sendable {
    /// Gives the lock back.
    func unlock()
}

extension OpenFile {
    /// For disks whose files stay where they are.
    package func isInPlace() throws(FileError) -> Bool { true }

    /// Writes all of `bytes`, going on after short writes; for files that are renamed into place once whole.
    package func writeAll(_ bytes: [UInt8], at offset: Int64 = 0) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let taken = try self.write(bytes.span.bytes.extracting(done..<bytes.count), at: offset + Int64(done))
            guard taken > 0 else {
                throw FileError(operation: .write, path: self.path, code: FileError.noSpaceCode)
            }
            done += taken
        }
    }

    /// The whole content, which must not be larger than `limit` bytes.
    package func readAll(limit: Int = 1 << 30) throws(FileError) -> [UInt8] {
        let byteCount = try self.size()
        guard byteCount <= Int64(limit) else {
            throw FileError(operation: .read, path: self.path, code: FileError.tooLargeCode)
        }
        return try self.read(at: 0, upTo: Int(byteCount))
    }
}

extension FileSystem {
    /// Writes a file so that a crash leaves the old one, the new one or a leftover with ``JournalFolder/temporarySuffix``:
    /// temporary name, sync, rename, folder synced.
    package func writeDurably(_ bytes: [UInt8], to path: String) throws(FileError) {
        let temporary = path + JournalFolder.temporarySuffix
        let file = try self.open(temporary, .replace)
        defer { file.close() }
        do throws(FileError) {
            try file.writeAll(bytes)
            try file.sync()
        } catch {
            // The first error is the one to tell; a leftover is removed at the next start.
            try? self.remove(temporary)
            throw error
        }
        try self.rename(temporary, to: path)
        try self.syncFolder(parentFolder(of: path))
    }

    /// The content of a file of at most `limit` bytes, nil if there is none.
    package func contents(of path: String, limit: Int = 1 << 30) throws(FileError) -> [UInt8]? {
        guard try self.status(path) != nil else { return nil }
        let file = try self.open(path, .read)
        defer { file.close() }
        return try file.readAll(limit: limit)
    }
}

/// The part of a path before its last `/`; `.` if there is none.
package func parentFolder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// The part of a path after its last `/`.
package func lastPathComponent(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
}
