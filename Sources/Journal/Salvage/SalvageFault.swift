/// Bytes of a damaged journal that are not as they were written.
package struct SalvageFault: Sendable, Equatable {
    /// The file's path.
    package let file: String

    /// The first bad byte.
    package let byteOffset: Int64

    /// Where the frame begins that they are part of; nil where they are part of none, or the file has no frames.
    package let framePosition: Int64?

    /// The event that was expected there, as far as known.
    package let eventOffset: Int64?

    /// What is wrong.
    package let reason: String

    package init(
        file: String, byteOffset: Int64 = 0, framePosition: Int64? = nil, eventOffset: Int64? = nil, reason: String
    ) {
        self.file = file
        self.byteOffset = byteOffset
        self.framePosition = framePosition
        self.eventOffset = eventOffset
        self.reason = reason
    }

    /// A file that the disk can't read.
    package init(unreadable file: String, _ error: FileError, eventOffset: Int64? = nil) {
        self.init(file: file, eventOffset: eventOffset, reason: "can't be read: \(error)")
    }
}
