/// The versions of the journal's format, which `journal.json` and every header name (journal-format.md).
///
/// A new version needs golden journals of its own (`Tests/Golden`), and those of the older ones go on being read.
package enum JournalFormat {
    /// The one that is written.
    package static let current: Int64 = 1

    /// Those that are read.
    package static let readable: ClosedRange<Int64> = 1...current

    /// Why a version isn't read; nil for one that is.
    package static func refusal(_ version: Int64) -> String? {
        guard !readable.contains(version) else { return nil }
        return version > current
            ? "format \(version) is newer than this program, which reads up to format \(current)"
            : "format \(version) is none of those that this program reads (\(readable.lowerBound) to \(current))"
    }
}
