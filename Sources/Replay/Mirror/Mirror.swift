import Journal
import Table

/// Keeps a copy of a running server's journal and blobs.
///
/// What comes is checked before it is written, blobs are there before the events that name them, and only whole commits are
/// written: whenever it is interrupted, the copy is a valid journal, and the next run completes it. Holds the copy's lock
/// until ``close()``. Not Sendable.
package final class Mirror {
    private let source: any MirrorSource
    private let folder: String
    private let fileSystem: any FileSystem
    private let blobs: BlobCopy
    private var copy: JournalCopy?
    /// Blobs named by the copy's events that it lacks.
    private var lacking: [String: BlobMention] = [:]
    private var tornByteCount: Int64 = 0

    /// How many bytes are asked for at once: what memory it takes.
    private static let pieceByteCount: Int64 = 4 << 20
    /// How many bytes at the copy's end are compared with the server's before it is gone on.
    private static let overlapByteCount = 4096

    /// Opens the copy, if there is one.
    ///
    /// - Parameters:
    ///   - folder: The table's folder of the copy.
    ///   - makeUUID: Names for temporary files.
    /// - Throws: ``ReplayError``; also if a process writes the copy's journal.
    package init(
        _ source: any MirrorSource, into folder: String, fileSystem: any FileSystem,
        makeUUID: @escaping @Sendable () -> String, progress: ProgressSink = { _ in }
    ) throws(ReplayError) {
        self.source = source
        self.folder = folder
        self.fileSystem = fileSystem
        blobs = BlobCopy(
            source, BlobStore(folder: folder, fileSystem: fileSystem, makeUUID: makeUUID),
            pieceByteCount: Int(Self.pieceByteCount))
        copy = try Self.reading { () throws(JournalError) in
            try JournalCopy.open(folder, fileSystem: fileSystem)
        }
        guard let copy else { return }
        tornByteCount = copy.tornByteCount
        try blobs.removeLeftovers()
        lacking = try blobs.lacking(try namedBlobs(progress))
    }

    /// Gives the copy's lock back.
    package func close() {
        copy?.close()
        copy = nil
    }

    /// Copies what the server has and the copy lacks.
    ///
    /// After an error the mirror is of no use: open another one.
    ///
    /// - Throws: ``ReplayError/no(_:)`` if the server's journal isn't the copy's any more, or its bytes aren't right;
    ///   ``ReplayError/usage(_:hint:)`` if there is no copy yet and its folder holds something else;
    ///   ``ReplayError/unreadable(_:hint:)`` if it can't be reached or the disk refuses.
    package func bringUpToDate(progress: ProgressSink) async throws(ReplayError) -> MirrorReport {
        let listing = try await source.listing(chainAt: copy?.newestOffset)
        let copy: JournalCopy
        if let present = self.copy { copy = present } else { copy = try await begin(listing) }
        self.copy = copy
        let plan = try MirrorPlan(listing, try present(copy), server: source.name)
        var report = MirrorReport(
            folder: folder, journal: copy.identity.uuid, offset: copy.newestOffset, chain: copy.chain,
            tornByteCount: tornByteCount)
        tornByteCount = 0
        try await fetchBlobs(lacking, &report, progress)
        let before = copy.newestOffset
        for part in plan.parts {
            try await fetch(part, of: plan, copy, listing, &report, progress)
        }
        try compareEnd(copy, listing)
        report.offset = copy.newestOffset
        report.chain = copy.chain
        report.eventCount = copy.newestOffset - before
        return report
    }

    // MARK: Beginning

    private func begin(_ listing: MirrorListing) async throws(ReplayError) -> JournalCopy {
        try MirrorPlace(folder: folder, fileSystem: fileSystem).check()
        let identityBytes = try await source.file(JournalFolder.identityName, nil)
        let identity = try Self.checking(source.name) { () throws(JournalError) in
            try JournalIdentity(encoded: identityBytes, file: JournalFolder.identityName)
        }
        guard identity.uuid == listing.journal else {
            throw MirrorPlan.stopped(
                "\(source.name) says that it is journal \(printable(listing.journal)) and \(identity.uuid)")
        }
        var start: [UInt8]?
        if let name = identity.start?.document {
            start = try await source.file(name, nil)
        }
        let (folder, fileSystem) = (folder, fileSystem)
        let copy = try Self.checking(source.name) { () throws(JournalError) in
            try JournalCopy.create(folder, identity: identityBytes, start: start, fileSystem: fileSystem)
        }
        self.copy = copy
        lacking = try blobs.lacking(try namedBlobs { _ in })
        return copy
    }

    /// The blobs that the copy's events and its first document name.
    private func namedBlobs(_ progress: ProgressSink) throws(ReplayError) -> [String: BlobMention] {
        let source = try JournalSource(path: folder, fileSystem: fileSystem)
        var named: [String: BlobMention] = [:]
        let beginning = try source.beginning()
        try Self.reading { () throws(JournalError) in
            if let start = try source.reader.startDocument() {
                BlobMention.gather(start.document.span, event: start.offset, into: &named)
            }
        }
        let total = try source.newest() - beginning
        var cursor = source.reader.cursor(from: beginning + 1)
        while let chunk = try Self.reading({ () throws(JournalError) in try cursor.next() }) {
            chunk.forEachLine { BlobMention.gather($1, event: $0, into: &named) }
            progress(
                ProgressStep(
                    title: "Looking through the copy", done: chunk.lastOffset - beginning, total: total, unit: .events))
        }
        return named
    }

    private func present(_ copy: JournalCopy) throws(ReplayError) -> MirrorPlan.Present {
        var segments = try Self.reading { () throws(JournalError) in try copy.segments() }
            .map { (name: $0.name, byteCount: $0.byteCount) }
        if let place = copy.place {
            segments.removeAll { $0.name >= place.segment }
            segments.append((place.segment, place.byteCount))
        }
        return MirrorPlan.Present(
            journal: copy.identity.uuid, newestOffset: copy.newestOffset, chain: copy.chain, segments: segments)
    }

    // MARK: Events

    private func fetch(
        _ part: MirrorPlan.Part, of plan: MirrorPlan, _ copy: JournalCopy, _ listing: MirrorListing,
        _ report: inout MirrorReport, _ progress: ProgressSink
    ) async throws(ReplayError) {
        let (name, end) = (part.segment.name, part.segment.byteCount)
        if copy.place?.segment != name {
            try Self.checking(source.name) { () throws(JournalError) in
                try copy.beginSegment(base: part.segment.base)
            }
        } else {
            try await compareTail(part, copy)
        }
        var position = part.from
        while position < end {
            let bytes = try await source.file(name, position..<min(end, position + Self.pieceByteCount))
            position += Int64(bytes.count)
            try await take(bytes, isAll: position == end, copy, listing, &report, progress)
            progress(
                ProgressStep(
                    title: "Copying events", done: report.byteCount + copy.passedByteCount, total: plan.byteCount,
                    unit: .bytes))
        }
    }

    /// Checks a piece, has its blobs fetched, and only then stores it.
    private func take(
        _ bytes: [UInt8], isAll: Bool, _ copy: JournalCopy, _ listing: MirrorListing, _ report: inout MirrorReport,
        _ progress: ProgressSink
    ) async throws(ReplayError) {
        var named: [String: BlobMention] = [:]
        try Self.checking(source.name) { () throws(JournalError) in
            try copy.receive(bytes, isAll: isAll) { BlobMention.gather($1, event: $0, into: &named) }
        }
        if copy.passedOffset == listing.offset, copy.passedChain != listing.chain {
            throw MirrorPlan.stopped(
                "\(source.name) says that the chain at event \(listing.offset) is \(listing.chain.short)…, and the events "
                    + "that it sent give another")
        }
        try await fetchBlobs(try blobs.lacking(named), &report, progress)
        report.byteCount += try Self.reading { () throws(JournalError) in try copy.store() }
    }

    /// Whoever wrote into the copy meanwhile, or rewrote the server's file, left other bytes at its end.
    private func compareTail(_ part: MirrorPlan.Part, _ copy: JournalCopy) async throws(ReplayError) {
        let tail = try Self.reading { () throws(JournalError) in try copy.tail(Self.overlapByteCount) }
        guard !tail.isEmpty else { return }
        let same = try await source.file(part.segment.name, part.from - Int64(tail.count)..<part.from)
        guard same == tail else {
            throw MirrorPlan.stopped(
                "\(part.segment.name) isn't the same on \(source.name) before byte \(part.from): one of the two was "
                    + "rewritten, or the copy was served and went its own way")
        }
    }

    /// The copy must reach to where the list says, with the chain that it says.
    private func compareEnd(_ copy: JournalCopy, _ listing: MirrorListing) throws(ReplayError) {
        guard copy.newestOffset >= listing.offset else {
            throw .no(
                "\(source.name) says that its newest event is \(listing.offset), and its segments end with "
                    + "\(copy.newestOffset)")
        }
        let reader = try JournalSource(path: folder, fileSystem: fileSystem).reader
        let chain = try Self.reading { () throws(JournalError) in try reader.chain(at: listing.offset) }
        guard chain == listing.chain else {
            throw .no(
                "the chain at event \(listing.offset) is \(listing.chain.short)… on \(source.name) and \(chain.short)… in "
                    + "the copy: compare both with `spell-replay verify`")
        }
    }

    // MARK: Blobs

    private func fetchBlobs(
        _ wanted: [String: BlobMention], _ report: inout MirrorReport, _ progress: ProgressSink
    ) async throws(ReplayError) {
        for (sha256, mention) in wanted.sorted(by: { ($0.value.event, $0.key) < ($1.value.event, $1.key) }) {
            let result = try await blobs.fetch(sha256) { done, size in
                progress(ProgressStep(title: "Copying blobs", done: done, total: size, unit: .bytes))
            }
            switch result {
            case .copied(let byteCount):
                report.blobCount += 1
                report.blobByteCount += byteCount
                lacking[sha256] = nil
            case .missing(let reason):
                report.missingBlobs.append(.init(sha256: sha256, event: mention.event, reason: reason))
                lacking[sha256] = mention
            }
        }
    }

    // MARK: Errors

    private static func reading<Value: ~Copyable>(_ body: () throws(JournalError) -> Value) throws(ReplayError) -> Value
    {
        do throws(JournalError) {
            return try body()
        } catch {
            throw ReplayError(error)
        }
    }

    /// Names what came from the server and isn't right.
    private static func checking<Value>(
        _ server: String, _ body: () throws(JournalError) -> Value
    ) throws(ReplayError) -> Value {
        do throws(JournalError) {
            return try body()
        } catch .damaged(let damage) {
            let event = damage.eventOffset.map { ", event \($0)" } ?? ""
            throw .no(
                "what came from \(server) isn't right: \(lastPathComponent(of: damage.file)), byte "
                    + "\(damage.byteOffset)\(event): \(printable(damage.reason)). Nothing of it was written; the copy is whole up to there. "
                    + "Run it again; if it says the same, run `spell-replay verify` on the server")
        } catch {
            throw ReplayError(error)
        }
    }
}
