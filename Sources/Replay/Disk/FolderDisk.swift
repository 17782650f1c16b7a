import Glibc
import Journal

/// What repairs, forks and archives need of a disk beyond ``FileSystem``: whole folders, links, room, and two names changing places at once.
struct FolderDisk: Sendable {
    let fileSystem: any FileSystem
    let calls: any FolderCalls

    init(fileSystem: any FileSystem, calls: any FolderCalls = PosixFolderCalls()) {
        self.fileSystem = fileSystem
        self.calls = calls
    }

    /// What stands at a path; `link` only where links aren't followed, `other` for devices, pipes and sockets.
    enum Kind {
        case file(byteCount: Int64), folder, link, other
    }

    /// nil if nothing is there.
    func kind(_ path: String, followsLinks: Bool = false) throws(FileError) -> Kind? {
        var information = stat()
        guard (followsLinks ? stat(path, &information) : lstat(path, &information)) == 0 else {
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

    /// Whether two paths lead to one file or folder, whatever links are on the way; false where one of them leads nowhere.
    func isSame(_ path: String, _ other: String) throws(FileError) -> Bool {
        func place(_ path: String) throws(FileError) -> (UInt64, UInt64)? {
            var information = stat()
            if stat(path, &information) == 0 { return (UInt64(information.st_dev), UInt64(information.st_ino)) }
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError(operation: .status, path: path, code: errno)
        }
        guard let one = try place(path), let two = try place(other) else { return false }
        return one == two
    }

    /// Whether a path leads to a folder or into it, or will once it is made, whatever links are on the way.
    func isInside(_ path: String, _ folder: String) throws(FileError) -> Bool {
        var place = path
        while try !self.isSame(place + "/.", place + "/.") { place = parentFolder(of: place) }
        while try !self.isSame(place, folder) {
            let above = place + "/.."
            // The root is above itself.
            guard try !self.isSame(place, above) else { return false }
            place = above
        }
        return true
    }

    /// Bytes that may still be written on the disk of a folder.
    func freeByteCount(_ folder: String) throws(FileError) -> Int64 {
        var information = statvfs()
        guard statvfs(folder, &information) == 0 else {
            throw FileError(operation: .status, path: folder, code: errno)
        }
        return Self.product(Int64(clamping: information.f_bavail), Int64(clamping: information.f_frsize))
    }

    /// Some network file systems say that they have more room than a number can hold.
    static func product(_ blocks: Int64, _ byteCount: Int64) -> Int64 {
        let (product, overflows) = blocks.multipliedReportingOverflow(by: byteCount)
        return overflows ? .max : product
    }

    /// Gives a folder the rights of another one and, where this process may do that, all that was made in it that one's owner:
    /// a repair by root must leave a journal that the server's own account can write.
    func makeAlike(_ path: String, to other: String) throws(FileError) {
        let model = try self.information(other)
        if geteuid() == 0 { try self.giveAway(path, user: model.st_uid, group: model.st_gid) }
        // Last, as a change of owner may take rights away.
        try self.calls.setMode(path, model.st_mode & 0o7777)
    }

    private func giveAway(_ path: String, user: UInt32, group: UInt32) throws(FileError) {
        let information = try self.information(path)
        if information.st_mode & S_IFMT == S_IFDIR {
            for name in try self.fileSystem.list(path) {
                try self.giveAway("\(path)/\(name)", user: user, group: group)
            }
        } else if information.st_nlink > 1 {
            // The damaged journal has it, too.
            return
        }
        try self.calls.giveAway(path, user: user, group: group)
    }

    private func information(_ path: String) throws(FileError) -> stat {
        var information = stat()
        guard lstat(path, &information) == 0 else { throw FileError(operation: .status, path: path, code: errno) }
        return information
    }

    /// A copy, synced.
    func copy(_ path: String, to other: String) throws(FileError) {
        let source = try self.fileSystem.open(path, .read)
        defer { source.close() }
        let target = try self.fileSystem.open(other, .replace)
        defer { target.close() }
        var pieces = FilePieces(of: source)
        while let (position, piece) = try pieces.next() {
            try target.writeAll(piece, at: position)
        }
        try target.sync()
    }

    /// Removes a folder with all that is in it; a mark that says whose it is goes last, so that what a crash leaves is known.
    func removeFolder(_ path: String, markedBy mark: String) throws(FileError) {
        try self.removeContents(of: path, except: mark)
        try self.fileSystem.syncFolder(path)
        if try self.kind("\(path)/\(mark)") != nil { try self.fileSystem.remove("\(path)/\(mark)") }
        try self.calls.removeFolder(path)
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
