import JSONDocument
import Journal

extension Table {
    /// Opens a table: locks and recovers its journal (creating an empty one where there is none), brings the document up
    /// to date from the newest snapshot and the events after it, and starts the writer.
    ///
    /// Waits for the disk. What recovery did stands in ``recovery``.
    ///
    /// - Parameter report: Told how many of the events are replayed.
    /// - Throws: ``TableError``; the journal is then closed again and unchanged but for its recovery.
    package static func open(
        _ configuration: TableConfiguration, report: HistoryReport = { _ in }
    ) throws(TableError) -> Table {
        let journal = try tableReading { () throws(JournalError) in
            try JournalWriter.open(
                folder: configuration.folder, fileSystem: configuration.fileSystem, clock: configuration.clock,
                identity: configuration.makeUUID, options: configuration.options.journal)
        }
        let reader = try tableReading { () throws(JournalError) in
            try JournalReader(folder: configuration.folder, fileSystem: configuration.fileSystem)
        }
        return try TableOpening(configuration: configuration, reader: reader).table(journal, report)
    }
}

/// The steps between an open journal and a running table.
private struct TableOpening {
    let configuration: TableConfiguration
    let reader: JournalReader
    let snapshots: SnapshotStore
    let history: History
    let blobs: BlobStore

    init(configuration: TableConfiguration, reader: JournalReader) {
        self.configuration = configuration
        self.reader = reader
        self.snapshots = SnapshotStore(folder: configuration.folder, fileSystem: configuration.fileSystem)
        self.history = History(reader: reader, snapshots: self.snapshots)
        self.blobs = BlobStore(
            folder: configuration.folder, fileSystem: configuration.fileSystem, makeUUID: configuration.makeUUID)
    }

    func table(_ journal: sending JournalWriter, _ report: HistoryReport) throws(TableError) -> Table {
        let (recovery, preparedByteCount) = (journal.recovery, journal.preparedByteCount)
        let newest = journal.newestOffset
        let identity = journal.identity
        let end = journal.committedEnd
        let (content, replayed) = try self.content(
            through: journal.newestOffset, chain: journal.chain, time: journal.newestTime, report)
        let removed = try self.removeLeftovers()
        let publication = Publication(content.state, end: end)
        let writer = TableWriter(
            journal: journal, content: content, replayedEvents: replayed.events, publication: publication,
            snapshots: SnapshotScheduler(
                store: self.snapshots, journal: identity.uuid,
                check: self.check(startedFrom: replayed.snapshot, publication),
                observer: self.configuration.observer),
            configuration: self.configuration)
        let resolver = HistoryResolver(
            history: self.history, reader: self.reader, blobs: self.blobs,
            undoReach: self.configuration.options.undoReach)
        return Table(
            identity: identity, blobs: self.blobs, reader: self.reader,
            recovery: TableRecovery(
                journal: recovery, preparedByteCount: preparedByteCount,
                snapshotAhead: try self.newestSnapshotOffset().flatMap { $0 > newest ? $0 : nil },
                snapshotOffset: replayed.snapshot, replayedEvents: replayed.events,
                removedUploads: removed),
            resolver: resolver, publication: publication,
            gate: AdmissionGate(limit: self.configuration.options.queueLimit),
            commands: TableThreads(
                writer: writer, resolver: resolver, publication: publication, configuration: self.configuration))
    }

    private func check(startedFrom snapshot: Int64?, _ publication: Publication) -> SnapshotCheck {
        SnapshotCheck(
            store: self.snapshots, reader: self.reader, limit: publication.limit, startedFrom: snapshot,
            configuration: self.configuration, count: { publication.count($0) })
    }

    /// Everything that the events add up to.
    private func content(
        through newest: Int64, chain: ChainDigest, time: JournalTime, _ report: HistoryReport
    ) throws(TableError) -> (TableContent, replayed: (snapshot: Int64?, events: Int)) {
        var replay = try self.beginning(newest)
        let begin = replay.fold.offset
        let isFromSnapshot = begin >= self.reader.identity.firstOffset
        let counter = ReplayCounter(after: begin, through: newest)
        try self.reader.forEachLine(after: begin, through: newest) { line throws(TableError) in
            try replay.apply(line)
            counter.note(replay.fold.offset, report)
        }
        guard replay.fold.offset == newest else {
            throw .badEvent(offset: replay.fold.offset + 1, reason: "it is missing")
        }
        return (
            replay.content(chain: chain, time: time), (isFromSnapshot ? begin : nil, Int(newest - begin))
        )
    }

    /// What to replay from.
    private func beginning(_ newest: Int64) throws(TableError) -> TableReplay {
        if let snapshot = self.newestSnapshot(newest) { return snapshot }
        return TableReplay(
            fold: try self.reader.firstDocument(), window: self.configuration.options.commandWindow)
    }

    private func newestSnapshotOffset() throws(TableError) -> Int64? {
        try tableReading { () throws(JournalError) in try self.snapshots.list().last }
    }

    /// The newest snapshot that is whole: its document, window and index.
    private func newestSnapshot(_ newest: Int64) -> TableReplay? {
        var limit = newest
        while let restored = self.history.snapshot(atOrBelow: limit, ignored: self.reportIgnored) {
            if let replay = TableReplay(restored, window: self.configuration.options.commandWindow) { return replay }
            self.reportIgnored(restored.file.offset, "its command window or its index can't be read")
            limit = restored.file.offset - 1
        }
        return nil
    }

    private func reportIgnored(_ offset: Int64, _ reason: String) {
        self.configuration.observer(.snapshotIgnored(offset: offset, reason: reason))
    }

    private func removeLeftovers() throws(TableError) -> Int {
        do throws(FileError) {
            return try self.blobs.removeLeftovers()
        } catch {
            throw .journal(.io(error))
        }
    }
}
