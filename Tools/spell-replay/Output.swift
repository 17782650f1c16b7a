import Glibc
import Synchronization

/// Standard output, gathered into large writes.
///
/// Whoever reads may go away at any time (`| head`): that is told as ``Closed`` and ends the program quietly.
final class Output: Sendable {
    /// Nobody reads any more.
    struct Closed: Error {}

    /// The disk behind standard output refused, with its `errno`.
    struct Failed: Error { let code: Int32 }

    static let shared = Output()

    private let pending = Mutex<[UInt8]>([])
    private static let flushByteCount = 64 << 10

    /// Adds text; goes out by itself once there is enough of it.
    func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    /// Adds bytes.
    func write(_ bytes: [UInt8]) throws {
        let isFull = pending.withLock { pending in
            pending.append(contentsOf: bytes)
            return pending.count >= Self.flushByteCount
        }
        if isFull { try flush() }
    }

    /// Sends everything on its way.
    func flush() throws {
        let bytes = pending.withLock { pending in
            defer { pending = [] }
            return pending
        }
        var done = 0
        while done < bytes.count {
            let rest = done == 0 ? bytes : Array(bytes[done...])
            let count = Glibc.write(STDOUT_FILENO, rest, rest.count)
            if count >= 0 {
                done += count
            } else if errno == EPIPE {
                throw Closed()
            } else if errno != EINTR && errno != EAGAIN {
                throw Failed(code: errno)
            }
        }
    }

    /// A line on standard error, for what is not the answer.
    static func tell(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        // Nothing is left to do for one who can't be told.
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
