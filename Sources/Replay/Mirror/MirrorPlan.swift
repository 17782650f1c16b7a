import Journal

/// What is to be copied, once it is clear that server and copy are the same journal.
///
/// Pure: compares what the server says with what the copy has.
struct MirrorPlan: Equatable {
    /// A part of a segment.
    struct Part: Equatable {
        let segment: MirrorListing.Segment
        /// The first byte that the copy lacks.
        let from: Int64
    }

    /// How a copy stands.
    struct Present {
        var journal: String
        var newestOffset: Int64
        var chain: ChainDigest
        /// Names and sizes, oldest first, the last without what isn't whole.
        var segments: [(name: String, byteCount: Int64)]
    }

    /// In the journal's order.
    let parts: [Part]

    /// Bytes to copy.
    var byteCount: Int64 { parts.reduce(0) { $0 + $1.segment.byteCount - $1.from } }

    /// - Throws: ``ReplayError/no(_:)`` that says how the server's journal is another one, or an older one.
    init(_ listing: MirrorListing, _ present: Present, server: String) throws(ReplayError) {
        try Self.compareHistory(listing, present, server: server)
        var parts: [Part] = []
        for segment in listing.segments {
            let known = present.segments.first { $0.name == segment.name }
            if let known, known.byteCount > segment.byteCount {
                throw Self.stopped(
                    "\(segment.name) has \(known.byteCount) bytes in the copy and \(segment.byteCount) on \(server)")
            }
            if let known, known.byteCount < segment.byteCount, known.name != present.segments.last?.name {
                throw Self.stopped(
                    "\(segment.name) has only \(known.byteCount) of \(segment.byteCount) bytes in the copy, though a later "
                        + "one follows: check the copy with `spell-replay verify`")
            }
            let isOlder = segment.name < present.segments.first?.name ?? ""
            guard !isOlder, known?.byteCount != segment.byteCount else { continue }
            parts.append(Part(segment: segment, from: known?.byteCount ?? 0))
        }
        if let last = present.segments.last, let first = listing.segments.first,
            first.name > last.name, first.base > present.newestOffset + 1
        {
            throw Self.stopped(
                "\(server) begins with event \(first.base) now, and the copy ends with \(present.newestOffset): the events "
                    + "between are in the server's archive")
        }
        self.parts = parts
    }

    private static func compareHistory(
        _ listing: MirrorListing, _ present: Present, server: String
    ) throws(ReplayError) {
        guard listing.journal == present.journal else {
            throw stopped(
                "\(server) has another journal now, \(printable(listing.journal)); the copy is of \(present.journal). A new copy needs a "
                    + "folder of its own")
        }
        guard listing.offset >= present.newestOffset else {
            throw stopped(
                "\(server) ends with event \(listing.offset), the copy with \(present.newestOffset): the server was put back "
                    + "to an older state. The copy has what it lost")
        }
        guard let chain = listing.chainAsked, !present.segments.isEmpty else { return }
        guard chain == present.chain else {
            throw stopped(
                "\(server) has another history: its chain at event \(present.newestOffset) is \(chain.short)…, the copy's is "
                    + "\(present.chain.short)…")
        }
    }

    /// The answer is no, and nothing was done.
    static func stopped(_ reason: String) -> ReplayError { .no("\(reason). Nothing in the copy was changed.") }
}
