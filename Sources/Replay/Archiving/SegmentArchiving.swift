import JSONDocument
import Journal
import Table

/// Moves a journal's older segments into another folder and lets the journal go on from the document after them.
///
/// In this order, so that it may be cut short anywhere: the archive's folder is made, the journal notes the event; the archive gets the segments and the blobs they name, whole and synced; the
/// start document is written and synced; `journal.json` is replaced; only then the segments go. Until `journal.json` names the
/// new beginning, the journal is what it was; from then on what is left of the segments is of no use, and the next run removes it.
package struct SegmentArchiving: Sendable {
    private let folder: String
    private let target: String
    private let fileSystem: any FileSystem
    private let clock: JournalClock
    private let actor: String

    /// - Parameters:
    ///   - path: The table's folder or the folder of all tables, as given to `--journal`.
    ///   - target: The archive's folder; nil for `NAME.archive` beside the table's.
    ///   - actor: Who the event `journal.archived` is from.
    package init(
        path: String, target: String?, fileSystem: any FileSystem, clock: @escaping JournalClock, actor: String
    ) throws(ReplayError) {
        self.fileSystem = fileSystem
        self.clock = clock
        self.actor = actor
        folder = try replayReading { () throws(JournalError) in
            try JournalFolder.resolve(path, fileSystem: fileSystem)
        }
        self.target = target ?? folder + ".archive"
    }

    // MARK: Looking

    /// What would be moved; needs no lock and writes nothing.
    ///
    /// - Parameter moment: Only segments whose events had all happened by then.
    /// - Throws: ``ReplayError/usage(_:hint:)`` for a target that can't be this journal's archive.
    package func examine(before moment: Moment, progress: @escaping ProgressSink) throws(ReplayError) -> ArchivePlan {
        let source = try source()
        let plan = try plan(source, before: moment, progress: progress).plan
        try place.check(plan, source)
        return plan
    }

    private var place: ArchivePlace {
        ArchivePlace(folder: folder, target: target, disk: FolderDisk(fileSystem: fileSystem))
    }

    private func source() throws(ReplayError) -> JournalSource {
        try JournalSource(path: folder, fileSystem: fileSystem)
    }

    private func plan(
        _ source: JournalSource, before moment: Moment, progress: @escaping ProgressSink
    ) throws(ReplayError) -> (plan: ArchivePlan, blobs: NamedBlobs) {
        let segments = try replayReading { () throws(JournalError) in try source.reader.segments() }
        let (newest, limit) = (try source.newest(), try source.offset(of: moment, progress: progress))
        var moved: [ArchivePlan.Segment] = []
        for (index, info) in segments.enumerated() {
            let last = index + 1 < segments.count ? segments[index + 1].baseOffset - 1 : newest
            guard last <= limit, last >= info.baseOffset else { break }
            moved.append(ArchivePlan.Segment(info: info, lastOffset: last))
        }
        let beginning = try source.beginning()
        let offset = moved.last?.lastOffset ?? beginning
        let blobs = try checkedBlobs(of: source, through: moved.isEmpty ? nil : offset, progress)
        let present = try blobs.present(in: source.allBlobs)
        let plan = ArchivePlan(
            folder: folder, journal: source.reader.identity.uuid, target: target, segments: moved, offset: offset,
            newest: newest, blobCount: present.count, blobByteCount: present.reduce(0) { $0 + $1.byteCount },
            reason: moved.isEmpty ? Self.reason(segments, limit: limit, newest: newest) : nil)
        return (plan, blobs)
    }

    private static func reason(_ segments: [SegmentInfo], limit: Int64, newest: Int64) -> String {
        guard let first = segments.first else { return "there are no events to archive" }
        let last = segments.count > 1 ? segments[1].baseOffset - 1 : newest
        return
            "nothing to archive: the oldest segment holds the events \(first.baseOffset) to \(last), the last before that "
            + "moment is \(limit), and only whole segments are moved"
    }

    /// Reads the whole journal, as nothing is moved out of a damaged one.
    ///
    /// - Returns: The blobs that the events up to `last`, and the document before them, name.
    private func checkedBlobs(
        of source: JournalSource, through last: Int64?, _ progress: @escaping ProgressSink
    ) throws(ReplayError) -> NamedBlobs {
        var blobs = NamedBlobs()
        guard let last else { return blobs }
        let report = try replayReading { () throws(JournalError) in
            if let start = try source.reader.startDocument() { blobs.add(start.document.span, event: start.offset) }
            return try JournalVerifier.verify(
                source.reader,
                onLine: { offset, line in if offset <= last { blobs.add(line, event: offset) } },
                progress: {
                    progress(
                        ProgressStep(title: "Verifying", done: $0.byteCount, total: $0.totalByteCount, unit: .bytes))
                })
        }
        guard let damage = report.damages.first else { return blobs }
        throw .unreadable("\(damage)", hint: "A damaged journal isn't archived; see `spell-replay repair`.")
    }

    // MARK: Doing

    /// Moves the segments.
    ///
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` also while another process writes the journal. After an error the journal is
    ///   whole, with its old beginning or with the new one.
    package func run(before moment: Moment, progress: @escaping ProgressSink) throws(ReplayError) -> ArchivePlan {
        _ = try source()  // a journal has to be there: opening it for writing would make one
        let writer = try replayReading { () throws(JournalError) in
            try JournalWriter.open(
                folder: folder, fileSystem: fileSystem, clock: clock, identity: { "" },
                // The event begins another segment: the last one may be among those that are moved, and a journal needs
                // one event to know its newest time by.
                options: JournalOptions(segmentByteCount: 1))
        }
        do throws(ReplayError) {
            let plan = try run(writer, before: moment, progress)
            try replayReading { () throws(JournalError) in try writer.close() }
            return plan
        } catch {
            // The error that led here is the one to tell.
            try? writer.close()
            throw error
        }
    }

    private func run(
        _ writer: JournalWriter, before moment: Moment, _ progress: @escaping ProgressSink
    ) throws(ReplayError) -> ArchivePlan {
        let source = try source()
        try place.removeLeftovers(source.reader.identity)
        let (plan, blobs) = try plan(source, before: moment, progress: progress)
        guard !plan.isEmpty else { return plan }
        try place.check(plan, source)
        let document = try StartDocument(of: source, at: plan.offset, useSnapshots: true, progress: progress).file
        let names = try blobs.present(in: source.allBlobs).map(\.sha256)
        try place.begin(plan, source)
        try replayReading { () throws(JournalError) in
            _ = try writer.commit([[record(plan, document)]])
        }
        try place.fill(plan, source, blobs: names, progress)
        try place.release(plan, source, document)
        return plan
    }

    /// The event that says so; it changes nothing.
    private func record(_ plan: ArchivePlan, _ document: SnapshotFile) -> EventDraft {
        let data = JSONValue.object([
            (key: "offset", value: .number(Int(plan.offset))), (key: "chain", value: .string(document.chain)),
            (key: "segments", value: .number(plan.segments.count)),
        ])
        return EventDraft(
            type: "journal.archived", actor: actor, data: data.serialized(), patch: Array("[]".utf8))
    }
}
