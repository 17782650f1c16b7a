import Glibc
import Hummingbird
import Logging
import NIOCore

/// Part of a file as the body of an answer.
///
/// Goes from the kernel's file cache to the socket without passing through this process, in windows. Each is read into the
/// cache on a thread that may wait before it is sent, as sending happens on an event loop: one that waits for a disk serves
/// nobody else meanwhile.
enum FileBody {
    /// How much is brought into the cache at once, in bytes.
    private static let windowByteCount: Int64 = 4 << 20

    /// - Parameters:
    ///   - path: A file that has these bytes; they don't change.
    ///   - part: Which bytes, at least one.
    static func make(path: String, part: Range<Int64>, channel: any Channel, logger: Logger) -> ResponseBody {
        ResponseBody(contentLength: part.count) { writer in
            let first = window(part.lowerBound, of: part)
            let file = try await logger.tellingBreakOff {
                try await onBlockingThread {
                    let file = try CachedFile(path: path)
                    try file.bring(first)
                    return file
                }
            }
            var next = first
            while true {
                try await FileSender.send(file.region(next), on: channel)
                guard next.upperBound < part.upperBound else { break }
                let following = window(next.upperBound, of: part)
                try await logger.tellingBreakOff { try await onBlockingThread { try file.bring(following) } }
                next = following
            }
            try await writer.finish(nil)
        }
    }

    private static func window(_ start: Int64, of part: Range<Int64>) -> Range<Int64> {
        start..<min(part.upperBound, start + windowByteCount)
    }
}

/// An open file of which parts are brought into the kernel's cache; closed when the last reference goes.
private final class CachedFile: Sendable {
    private let path: String
    private let descriptor: Int32
    private let handle: NIOFileHandle

    /// How much the kernel surely takes on at once when it is asked to read ahead: its usual read-ahead, in bytes.
    private static let stepByteCount: Int64 = 128 << 10

    /// Opens a file for reading; waits for the disk.
    init(path: String) throws {
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw IOError(errnoCode: errno, reason: "open \(path)") }
        self.path = path
        self.descriptor = opened
        // The one way to make a region that isn't marked as deprecated.
        self.handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: opened)
    }

    deinit {
        // Nothing was written to it that a failing close could lose.
        try? handle.close()
    }

    /// These bytes, to be sent while this object is held.
    func region(_ range: Range<Int64>) -> FileRegion {
        FileRegion(fileHandle: handle, readerIndex: Int(range.lowerBound), endIndex: Int(range.upperBound))
    }

    /// Has the kernel read these bytes into its cache; waits for the disk.
    ///
    /// First it is asked for all of them, then one byte of each step is waited for. That copies nothing.
    ///
    /// - Throws: An `IOError`, also where the file ends before.
    func bring(_ range: Range<Int64>) throws {
        let starts = stride(from: range.lowerBound, to: range.upperBound, by: Int64.Stride(Self.stepByteCount))
        for start in starts {
            // Only a hint: where it isn't taken, the reads below wait a little longer.
            _ = posix_fadvise(descriptor, off_t(start), off_t(Self.stepByteCount), POSIX_FADV_WILLNEED)
        }
        for start in starts {
            let last = min(start + Self.stepByteCount, range.upperBound) - 1
            var byte: UInt8 = 0
            let count = pread(descriptor, &byte, 1, off_t(last))
            guard count == 1 else {
                throw IOError(errnoCode: count < 0 ? errno : EIO, reason: "read \(path) at \(last)")
            }
        }
    }
}
