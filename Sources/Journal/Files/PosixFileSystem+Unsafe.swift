import CLinuxFiles
import Glibc
import Synchronization

// Why unsafe code: the system calls take pointers. Every pointer here comes from a span, an array or a local that outlives
// the call, with that value's own count; none is kept.

/// The real disk, through Glibc.
package struct PosixFileSystem: FileSystem {
    package init() {}

    package func open(_ path: String, _ mode: FileOpenMode) throws(FileError) -> any OpenFile {
        let flags =
            switch mode {
            case .read: O_RDONLY
            case .readWrite: O_RDWR
            case .createNew: O_RDWR | O_CREAT | O_EXCL
            case .replace: O_RDWR | O_CREAT | O_TRUNC
            }
        return PosixFile(descriptor: try openDescriptor(path, flags, .open), path: path)
    }

    package func rename(_ path: String, to newPath: String) throws(FileError) {
        guard Glibc.rename(path, newPath) == 0 else { throw FileError(operation: .rename, path: path, code: errno) }
    }

    package func remove(_ path: String) throws(FileError) {
        guard unlink(path) == 0 else { throw FileError(operation: .remove, path: path, code: errno) }
    }

    package func status(_ path: String) throws(FileError) -> FileStatus? {
        guard let information = try statusInformation(of: path, STATX_TYPE | STATX_SIZE) else { return nil }
        return FileStatus(
            isFolder: mode_t(information.stx_mode) & S_IFMT == S_IFDIR, byteCount: Int64(information.stx_size))
    }

    package func modificationTime(_ path: String) throws(FileError) -> Int64? {
        guard let time = try statusInformation(of: path, STATX_MTIME)?.stx_mtime else { return nil }
        return time.tv_sec * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    package func list(_ folder: String) throws(FileError) -> [String] {
        guard let stream = opendir(folder) else { throw FileError(operation: .list, path: folder, code: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            // `d_name` is a C string inside the entry, which stays valid until the next readdir.
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw FileError(operation: .list, path: folder, code: errno) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    package func makeFolders(_ folder: String) throws(FileError) {
        if try self.status(folder)?.isFolder == true { return }
        let parent = parentFolder(of: folder)
        if parent != folder { try self.makeFolders(parent) }
        if mkdir(folder, 0o755) != 0 {
            guard errno == EEXIST, try self.status(folder)?.isFolder == true else {
                throw FileError(operation: .makeFolder, path: folder, code: errno)
            }
        }
        try self.syncFolder(parent)
    }

    package func syncFolder(_ folder: String) throws(FileError) {
        let descriptor = try openDescriptor(folder, O_RDONLY | O_DIRECTORY, .syncFolder)
        defer { _ = Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError(operation: .syncFolder, path: folder, code: errno) }
    }

    package func lock(_ path: String, note: String) throws(FileError) -> any FileLock {
        var file = try self.locked(path)
        // Whoever held it until a moment ago may have put another folder in this one's place: then it guards nothing any more.
        while try !file.isInPlace() {
            file.close()
            file = try self.locked(path)
        }
        do throws(FileError) {
            try file.truncate(to: 0)
            try file.writeAll(Array((note + "\n").utf8))
        } catch {
            // The note is for another process's message only; the lock holds without it, as on a full disk.
        }
        return PosixLock(file: file)
    }

    private func locked(_ path: String) throws(FileError) -> PosixFile {
        let file = PosixFile(descriptor: try openDescriptor(path, O_RDWR | O_CREAT, .lock), path: path)
        guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let holder = try? file.read(at: 0, upTo: 256)  // only for the message
            let note = holder.map { String(decoding: $0, as: UTF8.self) } ?? ""
            throw FileError(
                operation: .lock, path: path, code: code,
                lockHolder: note.split(separator: "\n").first.map(String.init) ?? "")
        }
        return file
    }
}

/// Opens a descriptor that child processes don't inherit; repeats the call when a signal cuts in.
private func openDescriptor(
    _ path: String, _ flags: Int32, _ operation: FileError.Operation
) throws(FileError) -> Int32 {
    while true {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o644)
        if descriptor >= 0 { return descriptor }
        guard errno == EINTR else { throw FileError(operation: operation, path: path, code: errno) }
    }
}

/// statx(2) of a path; nil where nothing stands there.
///
/// Asks for what `mask` names and nothing more. Since Linux 6.13 a file whose times somebody asked for gets finer ones with its
/// next write, so that its inode is written as well: a commit into prepared space took 140 µs in place of 95, as each looks whether
/// the file is in its place (multigrain timestamps, Documentation/filesystems/multigrain-ts.rst).
private func statusInformation(of path: String, _ mask: UInt32) throws(FileError) -> statx? {
    var information = statx()
    if statx(AT_FDCWD, path, 0, mask, &information) == 0 { return information }
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw FileError(operation: .status, path: path, code: errno)
}

/// One descriptor.
///
/// Closed once, by ``close()`` or by the last reference going.
private final class PosixFile: OpenFile {
    private let state: Atomic<Int32>
    let path: String

    init(descriptor: Int32, path: String) {
        self.state = Atomic(descriptor)
        self.path = path
    }

    deinit { self.close() }

    /// −1 once closed, which every call then answers with `EBADF`.
    var descriptor: Int32 { self.state.load(ordering: .acquiring) }

    func size() throws(FileError) -> Int64 {
        Int64(try self.information(STATX_SIZE).stx_size)
    }

    func read(at offset: Int64, upTo count: Int) throws(FileError) -> [UInt8] {
        var failure: Int32 = 0
        let descriptor = self.descriptor
        let bytes = [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, filled in
            while filled < count {
                // In bounds: `filled < count <= buffer.count`.
                let target = buffer.baseAddress.map { $0 + filled }
                let got = pread(descriptor, target, count - filled, Int(offset) + filled)
                if got > 0 {
                    filled += got
                } else if got == 0 {
                    break
                } else if errno != EINTR {
                    failure = errno
                    break
                }
            }
        }
        guard failure == 0 else { throw FileError(operation: .read, path: self.path, code: failure) }
        return bytes
    }

    func write(_ bytes: RawSpan, at offset: Int64) throws(FileError) -> Int {
        let descriptor = self.descriptor
        while true {
            let taken = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, Int(offset)) }
            if taken >= 0 { return taken }
            guard errno == EINTR else { throw self.error(.write) }
        }
    }

    func isInPlace() throws(FileError) -> Bool {
        let own = try self.information(STATX_INO)
        guard let named = try statusInformation(of: self.path, STATX_INO) else { return false }
        return own.stx_ino == named.stx_ino && own.stx_dev_major == named.stx_dev_major
            && own.stx_dev_minor == named.stx_dev_minor
    }

    private func information(_ mask: UInt32) throws(FileError) -> statx {
        var information = statx()
        guard statx(self.descriptor, "", Int32(STATX_EMPTY_PATH_FLAG), mask, &information) == 0 else {
            throw self.error(.status)
        }
        return information
    }

    func truncate(to byteCount: Int64) throws(FileError) {
        guard ftruncate(self.descriptor, Int(byteCount)) == 0 else { throw self.error(.truncate) }
    }

    func startWriteOut(from offset: Int64, count: Int) {
        // Not every file system can; a sync does it all then. What goes wrong with the disk is kept for that sync, too.
        _ = sync_file_range(self.descriptor, Int(offset), count, UInt32(SYNC_FILE_RANGE_WRITE_FLAG))
    }

    func syncData() throws(FileError) {
        guard fdatasync(self.descriptor) == 0 else { throw self.error(.sync) }
    }

    func sync() throws(FileError) {
        guard fsync(self.descriptor) == 0 else { throw self.error(.sync) }
    }

    func close() {
        let descriptor = self.state.exchange(-1, ordering: .acquiringAndReleasing)
        // What had to be on disk was synced before; an error of close has nothing to add.
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }

    private func error(_ operation: FileError.Operation) -> FileError {
        FileError(operation: operation, path: self.path, code: errno)
    }
}

/// A `flock` that goes with its descriptor.
private final class PosixLock: FileLock {
    private let file: PosixFile

    init(file: PosixFile) { self.file = file }

    deinit { self.unlock() }

    /// Given back by name: a child process between its fork and its exec has the descriptor too, so closing alone would leave the
    /// lock held until the child has gone on.
    func unlock() {
        let descriptor = self.file.descriptor
        if descriptor >= 0 { _ = flock(descriptor, LOCK_UN) }
        self.file.close()
    }
}
