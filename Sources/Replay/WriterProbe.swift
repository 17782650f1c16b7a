import Glibc
import Journal

/// Finds out whether somebody writes a journal, without getting in their way.
enum WriterProbe {
    /// This process, as it writes itself into a lock.
    static var ownProcess: String { String(getpid()) }

    /// The process that holds the journal's lock, or `nil` if nobody is known to.
    ///
    /// Reads the kernel's list of locks instead of trying the lock: even a lock tried for a moment could refuse a server
    /// that starts at that moment. So a holder that the list doesn't show (another machine, another container) is missed.
    static func holder(of folder: String) -> String? {
        var status = stat()
        // Either of these failing means the same: no holder is known, which is all that is claimed.
        guard stat("\(folder)/\(JournalFolder.lockName)", &status) == 0, let locks = kernelLocks() else { return nil }
        // By the inode alone: on btrfs and overlayfs the list has another device than `stat` says, and a holder that is missed is
        // worse than one that is seen where another disk's file has the same number.
        // 1: FLOCK  ADVISORY  WRITE 19210 fe:00:16224863 0 EOF; those who wait have an arrow before FLOCK.
        for line in locks.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 6, fields[1] == "FLOCK", fields[5].hasSuffix(":\(status.st_ino)") else { continue }
            return String(fields[4])
        }
        return nil
    }

    /// `/proc/locks`, which has no size and so can't be read like a file of known length.
    private static func kernelLocks() -> String? {
        let descriptor = open("/proc/locks", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes.append(contentsOf: buffer.prefix(count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
