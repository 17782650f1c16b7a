/// Sizes and times of a journal.
///
/// The defaults are the format's; tests make them small.
package struct JournalOptions: Sendable, Equatable {
    /// A frame is ended when it holds this many bytes of lines.
    package var frameByteCount: Int

    /// A segment is changed when the file has this many bytes.
    package var segmentByteCount: Int64

    /// A line may have this many bytes.
    package var lineByteCountMax: Int

    /// A frame is ended when nothing was committed for this long, in milliseconds.
    package var quietMilliseconds: Int64

    /// So many bytes are filled with zeros at once for commits to come; 0: never.
    package var preparedByteCount: Int64

    package init(
        frameByteCount: Int = 1 << 20, segmentByteCount: Int64 = 8 << 20, lineByteCountMax: Int = 64 << 20,
        quietMilliseconds: Int64 = 3000, preparedByteCount: Int64 = 128 << 10
    ) {
        self.frameByteCount = frameByteCount
        self.segmentByteCount = segmentByteCount
        self.lineByteCountMax = lineByteCountMax
        self.quietMilliseconds = quietMilliseconds
        self.preparedByteCount = preparedByteCount
    }
}
