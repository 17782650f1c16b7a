import JSONDocument
import Journal

/// The table as it is on disk: an immutable value that anybody may keep and read for as long as they like.
///
/// A change makes a new one, sharing whatever did not change; reads never wait for the writer.
package struct CommittedState: Sendable {
    /// The whole table; `state-document.md`.
    package let document: JSONValue
    /// The newest event in `document`; −1 before the first.
    package let offset: Int64
    /// The journal's chain digest at `offset`.
    package let chain: ChainDigest
    /// When the newest event happened; the journal's creation if there is none.
    package let time: JournalTime

    private let digests: DocumentDigest

    package init(
        document: JSONValue, offset: Int64, chain: ChainDigest, time: JournalTime, digests: DocumentDigest
    ) {
        self.document = document
        self.offset = offset
        self.chain = chain
        self.time = time
        self.digests = digests
    }

    /// The document's digest (`state-document.md`, "Digest"), 64 hex digits.
    ///
    /// The table's states share one cache, so this hashes only the second-level entries that changed since it was last
    /// asked; the first time it hashes all.
    package func digest() -> String {
        self.digests.digest(of: self.document)
    }

    /// The state after events that made `document` out of this one's.
    func advanced(to document: JSONValue, offset: Int64, chain: ChainDigest, time: JournalTime) -> CommittedState {
        CommittedState(document: document, offset: offset, chain: chain, time: time, digests: self.digests)
    }
}
