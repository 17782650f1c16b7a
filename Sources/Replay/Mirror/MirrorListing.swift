import JSONDocument
import Journal

/// What a server says of its journal: the answer of `GET /journal` (sync-protocol.md, "Reading over HTTP").
package struct MirrorListing: Sendable, Equatable {
    /// A segment and how many of its bytes are committed.
    package struct Segment: Sendable, Equatable {
        package let name: String
        package let base: Int64
        package let byteCount: Int64
    }

    /// The journal's uuid.
    package let journal: String
    /// The newest event when the list was made; the sizes may reach beyond it.
    package let offset: Int64
    /// D(offset).
    package let chain: ChainDigest
    /// Oldest first.
    package let segments: [Segment]
    /// D at the event that was asked for, if the journal holds it.
    package let chainAsked: ChainDigest?

    /// Reads the answer.
    ///
    /// - Returns: `nil` if it isn't what a server of this kind says: names, order and sizes must fit together.
    package init?(_ answer: JSONValue) {
        guard answer["format"]?.intValue == 1, let journal = answer["journal"]?.stringValue,
            let offset = answer["offset"]?.intValue, offset >= -1, offset < Int.max,
            let chain = answer["chain"]?.stringValue.flatMap({ ChainDigest(hex: $0) }),
            let listed = answer["segments"]?.elements
        else { return nil }
        var segments: [Segment] = []
        for entry in listed {
            guard let segment = Segment(entry), segment.base > segments.last?.base ?? -1 else { return nil }
            segments.append(segment)
        }
        self.journal = journal
        self.offset = Int64(offset)
        self.chain = chain
        self.segments = segments
        chainAsked = answer["at"]?["chain"]?.stringValue.flatMap { ChainDigest(hex: $0) }
    }

    /// Bytes of all segments.
    package var byteCount: Int64 { segments.reduce(0) { $0 + $1.byteCount } }
}

extension MirrorListing.Segment {
    /// Far above any segment, and low enough that the sizes of all that one answer can list add up.
    private static let byteCountMax = 1 << 36

    fileprivate init?(_ entry: JSONValue) {
        guard let name = entry["name"]?.stringValue, let base = entry["base"]?.intValue,
            let size = entry["size"]?.intValue, size >= 0, size <= Self.byteCountMax,
            JournalFolder.segmentBase(ofName: name) == Int64(base)
        else { return nil }
        self.name = name
        self.base = Int64(base)
        byteCount = Int64(size)
    }
}
