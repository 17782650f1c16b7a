import Glibc

/// A call to the disk that failed: what was tried, on which file, and the system's reason.
package struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was tried.
    package enum Operation: String, Sendable {
        case open, read, write, truncate, sync, syncFolder, close, rename, remove, list, status, makeFolder, lock
    }

    /// What was tried.
    package let operation: Operation

    /// On which file or folder.
    package let path: String

    /// The system's `errno`.
    package let code: Int32

    /// For ``isLocked``: what the holder wrote into the lock, which is its process id.
    package let lockHolder: String?

    package init(operation: Operation, path: String, code: Int32, lockHolder: String? = nil) {
        self.operation = operation
        self.path = path
        self.code = code
        self.lockHolder = lockHolder
    }

    /// Disk, quota or file size limit is full: ordinary input, the write can be refused and tried again later.
    package var isDiskFull: Bool { [ENOSPC, EDQUOT, EFBIG].contains(self.code) }

    /// There is no such file or folder.
    package var isMissing: Bool { self.code == ENOENT }

    /// The file is there already (``FileOpenMode/createNew``).
    package var isThereAlready: Bool { self.code == EEXIST }

    /// Somebody else holds the lock.
    package var isLocked: Bool { self.operation == .lock && self.code == EWOULDBLOCK }

    /// There is no such file or folder, though there must be.
    package static func missing(_ path: String) -> FileError {
        FileError(operation: .open, path: path, code: ENOENT)
    }

    package var description: String {
        let reason = String(cString: strerror(self.code))
        return "\(self.operation.rawValue) \(self.path): \(reason) (errno \(self.code))"
    }

    static let noSpaceCode = ENOSPC
    static let tooLargeCode = EFBIG
    static let closedCode = EBADF
    static let readOnlyCode = EROFS
    static let thereAlreadyCode = EEXIST
}
