import JSONDocument
import Journal

/// What a mirroring would copy now.
package struct MirrorPreview: Sendable, Equatable {
    package let folder: String
    package let journal: String
    /// The newest event in the copy; one before the first if there is no copy.
    package let newestOffset: Int64
    /// The server's newest event.
    package let offset: Int64
    /// Bytes of segments to copy; the blobs that the events name come on top.
    package let byteCount: Int64

    /// Compares a server with a copy, reading only.
    ///
    /// - Throws: As ``Mirror/bringUpToDate(progress:)`` where the server's journal isn't the copy's.
    package static func make(
        of source: any MirrorSource, in folder: String, fileSystem: any FileSystem
    ) async throws(ReplayError) -> MirrorPreview {
        let standing: JournalStanding?
        do throws(JournalError) {
            standing = try JournalStanding.read(folder, fileSystem: fileSystem)
        } catch {
            throw ReplayError(error)
        }
        if standing == nil { try MirrorPlace(folder: folder, fileSystem: fileSystem).check() }
        let listing = try await source.listing(chainAt: standing?.newestOffset)
        let present = MirrorPlan.Present(
            journal: standing?.identity.uuid ?? listing.journal,
            newestOffset: standing?.newestOffset ?? (listing.segments.first?.base ?? listing.offset + 1) - 1,
            chain: standing?.chain ?? listing.chain,
            segments: standing?.segments.map { ($0.name, $0.byteCount) } ?? [])
        let plan = try MirrorPlan(listing, present, server: source.name)
        return MirrorPreview(
            folder: folder, journal: present.journal, newestOffset: present.newestOffset, offset: listing.offset,
            byteCount: plan.byteCount)
    }

    /// The stable form for programs.
    package var json: JSONValue {
        .object([
            ("folder", .string(folder)), ("journal", .string(journal)), ("newest", .number(Int(newestOffset))),
            ("offset", .number(Int(offset))), ("events", .number(Int(offset - newestOffset))),
            ("bytes", .number(Int(byteCount))), ("dryRun", true),
        ])
    }

    /// The same for people.
    package var text: String {
        let folder = printable(folder)
        guard byteCount > 0 else { return "nothing to copy: \(folder) has everything up to event \(newestOffset)\n" }
        return "would copy \(Units.plural(offset - newestOffset, "event")) (\(Units.bytes(byteCount))) up to event "
            + "\(offset), and the blobs that they name, into \(folder)\n"
    }
}
