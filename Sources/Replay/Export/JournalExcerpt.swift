import JSONDocument
import Journal
import Table

/// A range of a journal, written out as a journal of its own: the same uuid, lines and chain, packed anew.
struct JournalExcerpt {
    let identity: JournalIdentity
    /// D after the last event.
    let chain: String
    /// The last event's time.
    let time: JournalTime
    /// What its events, and the document that it goes on from, name.
    let blobs: NamedBlobs

    /// Writes it.
    ///
    /// - Parameters:
    ///   - range: Cuts through no change of several events.
    ///   - folder: An empty folder, or one that holds nothing but blobs; a journal once this returns.
    static func write(
        _ range: ExportRange, of source: JournalSource, into folder: String, useSnapshots: Bool,
        _ progress: ProgressSink
    ) throws -> JournalExcerpt {
        let own = source.reader.identity
        let start = try startDocument(of: source, before: range.first, useSnapshots: useSnapshots, progress)
        let chain = try source.reader.chain(at: range.first - 1)
        let identity = JournalIdentity(
            uuid: own.uuid, created: own.created,
            start: start.map { _ in
                JournalStart(offset: range.first - 1, chain: chain, ancestor: own.start?.ancestor)
            })
        let rewriter = JournalRewriter(folder: folder, fileSystem: source.fileSystem, identity: identity)
        var (blobs, time, changes) = (NamedBlobs(), JournalTime.epoch, WholeChanges())
        if let start { blobs.add(start.document.span, event: start.offset) }
        try source.forEachChunk(range, title: "Reading events", progress: progress) { chunk in
            try chunk.forEachLine { offset, line in
                blobs.add(line, event: offset)
                let event = try EventEnvelope.parse(line)
                time = event.time
                if let whole = changes.add(line, event) { try rewriter.append(whole) }
            }
        }
        guard try rewriter.chain == source.reader.chain(at: range.last), rewriter.nextOffset == range.last + 1 else {
            throw ReplayError.unreadable(
                "the events that were read don't give the journal's chain", hint: ReplayError.verifyHint)
        }
        try rewriter.finish(start)
        return JournalExcerpt(identity: identity, chain: rewriter.chain.hex, time: time, blobs: blobs)
    }

    /// nil where it begins where the journal begins, with the empty document.
    private static func startDocument(
        of source: JournalSource, before first: Int64, useSnapshots: Bool, _ progress: ProgressSink
    ) throws(ReplayError) -> SnapshotFile? {
        guard first > 0 || source.reader.identity.start != nil else { return nil }
        return try StartDocument(of: source, at: first - 1, useSnapshots: useSnapshots, progress: progress).file
    }
}

/// Gathers lines until a change is whole: one event, or all of a group.
struct WholeChanges {
    private var pending: [UInt8] = []

    /// Takes the next line.
    ///
    /// - Returns: The change that it completes, each line ended by a line feed; nil within a group.
    mutating func add(_ line: Span<UInt8>, _ event: EventEnvelope) -> [UInt8]? {
        for index in line.indices { pending.append(line[index]) }
        pending.append(UInt8(ascii: "\n"))
        if let group = event.group, event.offset + 1 < group.first + group.count { return nil }
        defer { pending = [] }
        return pending
    }
}
