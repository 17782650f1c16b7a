import Journal
import Table

/// A segment of the journal up to what is committed; a commit that is being written is not shown.
struct CommittedSegment: Sendable {
    let segment: SegmentInfo
    let byteCount: Int64
}

extension Table {
    /// The journal's segments, in order.
    ///
    /// Looks at the disk: call it from a thread that may wait.
    func committedSegments() throws -> [CommittedSegment] {
        let newest = committedEnd
        return try reader.segments().compactMap { segment in
            guard let newest else { return CommittedSegment(segment: segment, byteCount: segment.byteCount) }
            // One with a later name was begun a moment ago.
            guard segment.name <= newest.segment else { return nil }
            return CommittedSegment(
                segment: segment, byteCount: segment.name == newest.segment ? newest.byteCount : segment.byteCount)
        }
    }
}

extension [CommittedSegment] {
    /// Bytes of all together.
    var byteCount: Int64 { reduce(0) { $0 + $1.byteCount } }
}
