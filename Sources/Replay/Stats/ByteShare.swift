/// How much of a journal some events are.
package struct ByteShare: Sendable, Equatable {
    package fileprivate(set) var events: Int = 0
    /// Bytes of their lines, line feeds included.
    package fileprivate(set) var lineByteCount: Int64 = 0
    /// Their part of the bytes on disk.
    ///
    /// A frame is compressed as a whole: each line gets the part of the frame's bytes that it has of the frame's lines.
    package fileprivate(set) var storedByteCount: Double = 0

    package init() {}
}

/// The shares of events by a key: their type, their actor, their hour.
///
/// Pure. What a frame's lines take on disk is known at the frame's end: ``settle(_:)``. Memory: one entry a key.
struct ByteShares<Key: Hashable & Sendable>: Sendable {
    private(set) var shares: [Key: ByteShare] = [:]
    /// Line bytes of the frame that is being read.
    private var pending: [Key: Int64] = [:]

    /// Counts a line of so many bytes.
    mutating func add(_ key: Key, lineByteCount: Int64) {
        shares[key, default: ByteShare()].events += 1
        pending[key, default: 0] += lineByteCount
    }

    /// Ends a frame.
    ///
    /// - Parameter storedPerLineByte: The frame's bytes on disk by those of its lines.
    mutating func settle(_ storedPerLineByte: Double) {
        for (key, bytes) in pending {
            shares[key, default: ByteShare()].lineByteCount += bytes
            shares[key, default: ByteShare()].storedByteCount += Double(bytes) * storedPerLineByte
        }
        pending.removeAll(keepingCapacity: true)
    }
}
