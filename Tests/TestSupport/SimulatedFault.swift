import Glibc
import Journal

/// What went wrong on a simulated disk; for figures.
package enum SimulatedFault: String, Sendable, CaseIterable {
    case shortWrite = "short write"
    case fullDisk = "full disk (ENOSPC)"
    case failedWrite = "EIO on write"
    case failedSync = "EIO on fdatasync or fsync"
    case failedFolderSync = "EIO on a folder's fsync"
    case failedRead = "EIO on read"
    case failedOther = "EIO on another call"
    case tornFile = "file torn by a power loss"
    case lostName = "name not durable at a power loss"

    /// The kind of a call that failed.
    init(_ operation: FileError.Operation, code: Int32) {
        switch operation {
        case _ where code == ENOSPC || code == EDQUOT: self = .fullDisk
        case .write: self = .failedWrite
        case .sync: self = .failedSync
        case .syncFolder: self = .failedFolderSync
        case .read: self = .failedRead
        default: self = .failedOther
        }
    }
}
