import JSONDocument
import Journal

/// What a mirroring did.
package struct MirrorReport: Sendable, Equatable {
    /// A blob that events name and that couldn't be had.
    package struct MissingBlob: Sendable, Equatable {
        package let sha256: String
        /// The first event that names it; one before the first for the document that the journal goes on from.
        package let event: Int64
        package let reason: String
    }

    package let folder: String
    package let journal: String
    /// The newest event in the copy, and D of it.
    package var offset: Int64
    package var chain: ChainDigest
    /// What was copied: events, bytes of segments, blobs and their bytes.
    package var eventCount: Int64 = 0
    package var byteCount: Int64 = 0
    package var blobCount = 0
    package var blobByteCount: Int64 = 0
    package var missingBlobs: [MissingBlob] = []
    /// Bytes of an unfinished write that were cut off the copy.
    package var tornByteCount: Int64 = 0

    /// Whether the copy has everything that the server has.
    package var isWhole: Bool { missingBlobs.isEmpty }

    /// Whether anything is new.
    package var hasNews: Bool { byteCount > 0 || blobCount > 0 || tornByteCount > 0 }

    /// The stable form for programs.
    package var json: JSONValue {
        .object([
            ("folder", .string(folder)), ("journal", .string(journal)), ("offset", .number(Int(offset))),
            ("chain", .string(chain.hex)), ("events", .number(Int(eventCount))), ("bytes", .number(Int(byteCount))),
            ("blobs", .number(blobCount)), ("blobBytes", .number(Int(blobByteCount))),
            ("tornBytes", .number(Int(tornByteCount))), ("missingBlobs", .array(missingBlobs.map(\.json))),
        ])
    }

    /// The same for people.
    package func text(_ paint: Paint) -> String {
        var lines: [String] = []
        if tornByteCount > 0 {
            lines.append("cut off \(Units.bytes(tornByteCount)) of an unfinished write, and fetched them again")
        }
        let events = "\(Units.plural(eventCount, "event")) (\(Units.bytes(byteCount)))"
        let blobs = "\(Units.plural(blobCount, "blob")) (\(Units.bytes(blobByteCount)))"
        lines.append(hasNews ? "copied \(events) and \(blobs)" : "nothing new")
        lines.append("\(printable(folder)) has everything up to event \(offset), chain \(chain.short)…")
        for blob in missingBlobs {
            lines.append(
                paint(.bad, "missing")
                    + " blob \(blob.sha256), named by event \(blob.event): \(printable(blob.reason))")
        }
        return lines.map { $0 + "\n" }.joined()
    }
}

extension MirrorReport.MissingBlob {
    fileprivate var json: JSONValue {
        .object([
            ("sha256", .string(sha256)), ("event", .number(Int(event))), ("reason", .string(reason)),
        ])
    }
}
