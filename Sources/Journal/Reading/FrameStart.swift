/// What is known of a frame without unpacking it.
package struct FrameStart: Sendable, Equatable {
    /// Offset of its first event.
    package let offset: Int64

    /// Its first event's time.
    package let time: JournalTime

    /// Bytes that it takes on disk, its header included.
    package let storedByteCount: Int64

    package init(offset: Int64, time: JournalTime, storedByteCount: Int64) {
        self.offset = offset
        self.time = time
        self.storedByteCount = storedByteCount
    }
}
