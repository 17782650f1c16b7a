import CLinuxFiles
import Glibc
import Journal

/// The changes to a disk beyond those of ``FileSystem``; a parameter, so that a test can end them at any.
protocol FolderCalls: Sendable {
    /// Makes a folder whose parent is there.
    func makeFolder(_ path: String) throws(FileError)

    /// Removes an empty folder.
    func removeFolder(_ path: String) throws(FileError)

    /// A second name for a file (or for a link itself).
    func link(_ path: String, to other: String) throws(FileError)

    /// A second name for a file, or for the file that a link leads to.
    func linkContent(_ path: String, to other: String) throws(FileError)

    /// Two folders change places, at once: whoever looks finds the one or the other.
    func exchange(_ path: String, _ other: String) throws(FileError)

    /// Gives a file, folder or link (not what it leads to) to a user and a group.
    func giveAway(_ path: String, user: UInt32, group: UInt32) throws(FileError)

    /// Sets who may do what with a folder: the low twelve bits of its mode.
    func setMode(_ path: String, _ mode: UInt32) throws(FileError)
}

/// The real disk, through Glibc.
struct PosixFolderCalls: FolderCalls {
    func makeFolder(_ path: String) throws(FileError) {
        guard mkdir(path, 0o755) == 0 else { throw FileError(operation: .makeFolder, path: path, code: errno) }
    }

    func removeFolder(_ path: String) throws(FileError) {
        guard rmdir(path) == 0 else { throw FileError(operation: .remove, path: path, code: errno) }
    }

    func link(_ path: String, to other: String) throws(FileError) {
        guard linkat(AT_FDCWD, path, AT_FDCWD, other, 0) == 0 else {
            throw FileError(operation: .rename, path: path, code: errno)
        }
    }

    func linkContent(_ path: String, to other: String) throws(FileError) {
        guard linkat(AT_FDCWD, path, AT_FDCWD, other, AT_SYMLINK_FOLLOW) == 0 else {
            throw FileError(operation: .rename, path: path, code: errno)
        }
    }

    func exchange(_ path: String, _ other: String) throws(FileError) {
        guard renameat2(AT_FDCWD, path, AT_FDCWD, other, UInt32(RENAME_EXCHANGE_FLAG)) == 0 else {
            throw FileError(operation: .rename, path: path, code: errno)
        }
    }

    func giveAway(_ path: String, user: UInt32, group: UInt32) throws(FileError) {
        guard lchown(path, user, group) == 0 else { throw FileError(operation: .status, path: path, code: errno) }
    }

    func setMode(_ path: String, _ mode: UInt32) throws(FileError) {
        guard chmod(path, mode) == 0 else { throw FileError(operation: .status, path: path, code: errno) }
    }
}
