import Glibc
import Journal

/// What a repair needs of a disk beyond ``FileSystem``: whole folders, links, room, and two names changing places at once.
struct RepairDisk: Sendable {
    let fileSystem: any FileSystem
    let calls: any RepairCalls

    init(fileSystem: any FileSystem, calls: any RepairCalls = PosixRepairCalls()) {
        self.fileSystem = fileSystem
        self.calls = calls
    }

    /// What stands at a path, links not followed.
    enum Kind {
        case file(byteCount: Int64), folder, link, other
    }

    /// nil if nothing is there.
    func kind(_ path: String) throws(FileError) -> Kind? {
        var information = stat()
        guard lstat(path, &information) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError(operation: .status, path: path, code: errno)
        }
        switch information.st_mode & S_IFMT {
        case S_IFREG: return .file(byteCount: Int64(information.st_size))
        case S_IFDIR: return .folder
        case S_IFLNK: return .link
        default: return .other
        }
    }

    /// Bytes that may still be written on the disk of a folder.
    func freeByteCount(_ folder: String) throws(FileError) -> Int64 {
        var information = statvfs()
        guard statvfs(folder, &information) == 0 else {
            throw FileError(operation: .status, path: folder, code: errno)
        }
        return Int64(clamping: information.f_bavail) * Int64(clamping: information.f_frsize)
    }

    /// A copy, synced.
    func copy(_ path: String, to other: String) throws(FileError) {
        let source = try self.fileSystem.open(path, .read)
        defer { source.close() }
        let target = try self.fileSystem.open(other, .replace)
        defer { target.close() }
        var position: Int64 = 0
        while true {
            let bytes = try source.read(at: position, upTo: 1 << 20)
            guard !bytes.isEmpty else { break }
            try target.writeAll(bytes, at: position)
            position += Int64(bytes.count)
        }
        try target.sync()
    }

    /// Removes all that is in a folder, but for one name; links are removed, not followed.
    func removeContents(of path: String, except kept: String? = nil) throws(FileError) {
        for name in try self.fileSystem.list(path) where name != kept {
            let inner = "\(path)/\(name)"
            if case .folder = try self.kind(inner) {
                try self.removeContents(of: inner)
                try self.calls.removeFolder(inner)
            } else {
                try self.fileSystem.remove(inner)
            }
        }
    }
}
