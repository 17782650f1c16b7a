/// Whether a client takes what is written for it, seen from the amounts in the server's buffers.
///
/// Pure; times are milliseconds.
struct BufferWatch {
    /// Bytes that wait in the buffers, as of the last look.
    private(set) var byteCount = 0
    /// Since when bytes wait without any having been taken.
    private(set) var stuckSince: Int64?

    private var queuedTotal = 0
    private var takenTotal = 0

    /// Bytes were written.
    mutating func queued(_ count: Int) { queuedTotal += count }

    /// Looks at what is in the buffers.
    ///
    /// Returns whether the client has taken any since the last look.
    mutating func look(buffered: Int, now: Int64) -> Bool {
        let taken = queuedTotal - buffered
        let wasTaken = taken > takenTotal
        takenTotal = taken
        byteCount = buffered
        if buffered == 0 {
            stuckSince = nil
        } else if wasTaken || stuckSince == nil {
            stuckSince = now
        }
        return wasTaken
    }
}
