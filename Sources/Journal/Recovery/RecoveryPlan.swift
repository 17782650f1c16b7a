/// What opening a journal found, before anything is written (journal-format.md, "Opening after a crash").
struct RecoveryPlan: Sendable, Equatable {
    /// The last segment, which is written on; nil where the journal has none yet.
    var segment: SegmentPlace?

    /// Bytes to save and cut off, from the last commit's end to the end of the last segment.
    var torn: TornTail?

    /// Zeros behind the last commit's end that were written for commits to come, and go as well.
    var preparedByteCount: Int64 = 0

    /// The last frame that holds lines; nil where there is none.
    var lastFrame: LastFrame?

    /// Offset of the newest event.
    var newestOffset: Int64

    /// Its time; nil in an empty journal.
    var newestTime: JournalTime?

    /// D(newestOffset).
    var chain: ChainDigest

    /// A segment file.
    struct SegmentPlace: Sendable, Equatable {
        /// The file's path.
        let path: String
        /// Offset of its first event, by its name.
        let base: Int64
        /// Its size once the torn bytes are gone.
        let byteCount: Int64
    }

    /// Where the bytes stand that are written anew.
    struct LastFrame: Sendable, Equatable {
        /// The file's path; not always the last segment's, which may hold nothing yet.
        let path: String
        /// From the frame's header to the end of its last commit.
        let range: Range<Int64>
        /// It has its end mark.
        let isEnded: Bool
    }
}

/// Bytes of a commit that never finished.
struct TornTail: Sendable, Equatable {
    /// Where they stand in the last segment.
    let range: Range<Int64>

    /// How they were told from damage.
    let reason: String
}

/// What recovery cut off, for the log and for the operator.
package struct RecoveryReport: Sendable, Equatable, CustomStringConvertible {
    /// The segment's path.
    package let file: String

    /// Where the cut was made.
    package let byteOffset: Int64

    /// How many bytes were cut off.
    package let byteCount: Int64

    /// Why they are no commit that anybody was told of.
    package let reason: String

    /// The file that keeps them.
    package let savedAs: String

    package var description: String {
        "\(self.file): cut \(self.byteCount) bytes off at byte \(self.byteOffset), an unfinished commit that nobody was told of "
            + "(\(self.reason)); they are kept as \(self.savedAs)"
    }
}
