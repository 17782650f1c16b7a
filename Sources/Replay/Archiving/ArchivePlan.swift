import JSONDocument
import Journal
import Table

/// What `archive` moves out of a journal's folder, and where to.
package struct ArchivePlan: Sendable {
    /// A segment that is moved, with its last event.
    package struct Segment: Sendable, Equatable {
        package let info: SegmentInfo
        package let lastOffset: Int64
    }

    /// The journal's folder and its uuid.
    package let folder: String
    package let journal: String
    /// The folder that the segments go to.
    package let target: String
    /// The whole segments before the moment, oldest first.
    package let segments: [Segment]
    /// The event after which the journal goes on: the last one that is moved.
    package let offset: Int64
    /// The newest event, which stays.
    package let newest: Int64
    /// Blobs that the moved events name, which the archive gets too.
    package let blobCount: Int
    package let blobByteCount: Int64
    /// Where nothing is moved: why.
    package let reason: String?

    /// Nothing is moved.
    package var isEmpty: Bool { segments.isEmpty }
    /// Events that are moved.
    package var eventCount: Int64 { segments.reduce(0) { $0 + $1.lastOffset - $1.info.baseOffset + 1 } }
    /// Bytes of segments that are moved.
    package var byteCount: Int64 { segments.reduce(0) { $0 + $1.info.byteCount } }
}

extension ArchivePlan {
    /// The stable form for programs.
    package var json: JSONValue {
        .object([
            (key: "folder", value: .string(folder)), (key: "journal", value: .string(journal)),
            (key: "to", value: .string(target)),
            (
                key: "segments",
                value: .array(
                    segments.map { segment in
                        .object([
                            (key: "name", value: .string(segment.info.name)),
                            (key: "first", value: .number(Int(segment.info.baseOffset))),
                            (key: "last", value: .number(Int(segment.lastOffset))),
                            (key: "bytes", value: .number(Int(segment.info.byteCount))),
                        ])
                    })
            ),
            (key: "offset", value: .number(Int(offset))), (key: "newest", value: .number(Int(newest))),
            (key: "events", value: .number(Int(eventCount))), (key: "bytes", value: .number(Int(byteCount))),
            (key: "blobs", value: .number(blobCount)), (key: "blobBytes", value: .number(Int(blobByteCount))),
        ])
    }

    /// The same for people.
    package var text: String {
        if let reason { return reason + "\n" }
        let first = segments.first?.info.baseOffset ?? 0
        return """
            archive   \(Units.plural(segments.count, "segment")), \(Units.bytes(byteCount)): events \(first) to \(offset)
            to        \(printable(target))
            blobs     \(Units.count(blobCount)), \(Units.bytes(blobByteCount)), stay here and come along too
            journal   goes on from event \(offset); newest is \(newest)

            """
    }
}
