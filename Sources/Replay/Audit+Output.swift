import JSONDocument
import Journal

extension Audit.Report {
    /// The stable form for programs.
    package var json: JSONValue {
        .object([
            ("clean", .bool(isClean)), ("journal", .string(journal.journal)),
            ("first", .number(Int(journal.firstOffset))), ("newest", .number(Int(journal.newestOffset))),
            ("events", .number(Int(journal.eventCount))), ("segments", .number(journal.segmentCount)),
            ("frames", .number(journal.frameCount)), ("bytes", .number(Int(journal.fileByteCount))),
            ("lineBytes", .number(Int(journal.lineByteCount))), ("snapshots", .number(snapshotCount)),
            ("blobs", .number(blobCount)), ("chain", .string(journal.chain.hex)),
            ("digest", digest.map { .string($0) } ?? .null), ("notes", .array(journal.notes.map { .string($0) })),
            ("findings", .array(findings.map(\.json))),
        ])
    }

    /// The same for people; findings first, as they are what matters.
    package func text(_ paint: Paint) -> String {
        var lines = findings.map { "\(paint(.bad, "damaged"))  \(printable($0.text))" }
        lines += journal.notes.map { "\(paint(.changed, "note"))     \(printable($0))" }
        let extent = journal.eventCount == 0 ? "" : " (\(journal.firstOffset) to \(journal.newestOffset))"
        lines.append(
            "\(Units.plural(journal.eventCount, "event"))\(extent) in \(Units.plural(journal.segmentCount, "segment")), "
                + "\(Units.plural(journal.frameCount, "frame")), \(Units.bytes(journal.fileByteCount))")
        lines.append(
            "\(Units.plural(snapshotCount, "snapshot")), \(Units.plural(blobCount, "blob")) of "
                + "\(Units.bytes(blobByteCount))")
        lines.append("chain   \(journal.chain.hex)")
        if let digest { lines.append("digest  \(digest)") }
        lines.append(
            isClean
                ? paint(.good, "clean: every checksum, the chain, every patch, snapshots and blobs agree")
                : paint(.bad, "\(Units.plural(findings.count, "finding")): this journal is damaged"))
        return lines.joined(separator: "\n") + "\n"
    }
}
