/// Where a mirror copies from: a running server, as far as a mirror sees it.
///
/// Nothing that it answers is believed before it was checked.
package protocol MirrorSource: Sendable {
    /// For messages: the server's address.
    var name: String { get }

    /// What there is now.
    ///
    /// - Parameter offset: An event whose chain digest is wanted too.
    func listing(chainAt offset: Int64?) async throws(ReplayError) -> MirrorListing

    /// A part of one of the journal's files.
    ///
    /// - Parameter range: Bytes; `nil` for all of a file that isn't large.
    /// - Returns: Exactly the bytes of the range.
    func file(_ name: String, _ range: Range<Int64>?) async throws(ReplayError) -> [UInt8]

    /// A part of a blob, at most `count` bytes from `offset` on.
    func blob(_ sha256: String, from offset: Int64, upTo count: Int) async throws(ReplayError) -> MirrorBlob
}

/// What a source answers to the question for a part of a blob.
package enum MirrorBlob: Sendable {
    /// Bytes of it, and the size of the whole.
    case piece([UInt8], size: Int64)
    /// It can't be had from there, and why, as a sentence's end.
    case lacking(String)
}
