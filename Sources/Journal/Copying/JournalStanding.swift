/// Where a journal on disk ends, found by reading only and without its lock.
package struct JournalStanding: Sendable, Equatable {
    /// Which journal it is.
    package let identity: JournalIdentity
    /// The newest event of a whole commit.
    package let newestOffset: Int64
    /// D(newestOffset).
    package let chain: ChainDigest
    /// Oldest first; the last without what isn't whole.
    package let segments: [Segment]

    /// A segment's name and how many of its bytes are whole.
    package struct Segment: Sendable, Equatable {
        package let name: String
        package let byteCount: Int64
    }

    /// - Returns: `nil` if the folder holds no journal.
    /// - Throws: ``JournalError/damaged(_:)`` for more than a torn end.
    package static func read(
        _ folder: String, fileSystem: any FileSystem
    ) throws(JournalError) -> JournalStanding? {
        guard let identity = try JournalIdentity.read(folder: folder, fileSystem: fileSystem) else { return nil }
        let plan = try RecoveryScan(folder: folder, fileSystem: fileSystem, identity: identity).run()
        let segments = try listSegments(folder: folder, fileSystem: fileSystem).map { segment in
            Segment(
                name: segment.name,
                byteCount: segment.path == plan.segment?.path ? plan.segment?.byteCount ?? 0 : segment.byteCount)
        }
        return JournalStanding(
            identity: identity, newestOffset: plan.newestOffset, chain: plan.chain, segments: segments)
    }
}
