import JSONDocument
import Journal
import Table

/// A table's journal opened for reading: needs no lock, also while a server writes it.
package struct JournalSource: Sendable {
    /// The table's own folder.
    package let folder: String
    /// Folders that hold older segments of the same journal.
    package let archives: [String]
    package let fileSystem: any FileSystem
    package let reader: JournalReader
    /// The past, with the snapshots of the table's own folder.
    let history: History

    /// Opens a journal.
    ///
    /// - Parameters:
    ///   - path: The table's folder or the folder of all tables, as given to `--journal`.
    ///   - archives: Folders that `archive` moved older segments of it to; read with it as one journal.
    package init(path: String, archives: [String] = [], fileSystem: any FileSystem) throws(ReplayError) {
        self.fileSystem = fileSystem
        self.archives = archives
        do throws(JournalError) {
            folder = try JournalFolder.resolve(path, fileSystem: fileSystem)
            reader = try JournalReader(folder: folder, archives: archives, fileSystem: fileSystem)
        } catch {
            throw ReplayError(error)
        }
        history = History(reader: reader, snapshots: SnapshotStore(folder: folder, fileSystem: fileSystem))
    }

    /// The offset before the first event that is kept.
    package func beginning() throws(ReplayError) -> Int64 {
        do throws(JournalError) {
            // An archiving that was cut short leaves segments from before the first document, which are of no use here.
            return max(try reader.firstOffset(), reader.identity.firstOffset) - 1
        } catch {
            throw ReplayError(error)
        }
    }

    /// The newest event on disk.
    package func newest() throws(ReplayError) -> Int64 {
        do throws(JournalError) {
            return try reader.newestOffset()
        } catch {
            throw ReplayError(error)
        }
    }

    /// The offset that a moment means: the last event that had happened by then.
    ///
    /// - Parameters:
    ///   - gap: The longest pause within a session, in milliseconds; for moments that name a session.
    ///   - progress: Told how much of the journal was looked through for the session.
    /// - Throws: ``ReplayError/no(_:)`` if the journal doesn't reach there.
    package func offset(
        of moment: Moment, gap: Int64 = Session.defaultGap, progress: ProgressSink = { _ in }
    ) throws(ReplayError) -> Int64 {
        let (first, newest) = (try beginning(), try newest())
        let offset: Int64
        switch moment {
        case .session(let number, let edge):
            let session = try session(number, gap: gap, progress: progress)
            return edge == .start ? session.firstOffset - 1 : session.lastOffset
        case .newest: return newest
        case .beginning: return first
        case .offset(let given): offset = given
        case .fromEnd(let count):
            return try Moment.offset(fromEnd: count, first: first + 1, newest: newest)
        case .time(let time):
            do throws(JournalError) {
                return try reader.offset(at: time)
            } catch {
                throw ReplayError(error)
            }
        }
        guard offset >= first, offset <= newest else { throw .noEvent(offset, first: first + 1, newest: newest) }
        return offset
    }

    /// The past near an event, with the snapshots of the folder that the event belongs into.
    func history(of offset: Int64) -> History {
        let part = reader.folder(holding: offset)
        guard part != folder else { return history }
        return History(reader: reader, snapshots: SnapshotStore(folder: part, fileSystem: fileSystem))
    }

    /// The document after the event at `offset`.
    ///
    /// - Parameters:
    ///   - useSnapshots: Whether to begin at the newest snapshot that fits; otherwise from the journal's start.
    ///   - progress: Told how many of the events are replayed.
    package func document(
        at offset: Int64, useSnapshots: Bool = true, progress: ProgressSink = { _ in }
    ) throws(ReplayError) -> JSONValue {
        var fold: DocumentFold
        do throws(TableError) {
            fold = try useSnapshots ? history(of: offset).start(atOrBelow: offset) : reader.firstDocument()
        } catch {
            throw ReplayError(error)
        }
        let start = fold.offset
        try advance(&fold, through: offset) { done in
            progress(ProgressStep(title: "Replaying", done: done - start, total: offset - start, unit: .events))
        }
        return fold.document
    }

    /// The documents after several events, in one pass that takes snapshots on its way where they save much.
    ///
    /// - Parameters:
    ///   - offsets: In order.
    ///   - first: What to go on from; the newest snapshot that fits, or the journal's first document, if not given.
    func forEachDocument(
        after offsets: [Int64], from first: DocumentFold? = nil, useSnapshots: Bool = true,
        progress: ProgressSink = { _ in }, _ body: (DocumentFold) throws(ReplayError) -> Void
    ) throws(ReplayError) {
        guard let oldest = offsets.first, let last = offsets.last else { return }
        var fold: DocumentFold
        if let first { fold = first } else { fold = try self.fold(atOrBelow: oldest, useSnapshots: useSnapshots) }
        let begin = fold.offset
        for offset in offsets {
            if useSnapshots, offset - fold.offset > Self.worthSnapshot {
                let snapshot = try self.fold(atOrBelow: offset, useSnapshots: true)
                if snapshot.offset > fold.offset { fold = snapshot }
            }
            try advance(&fold, through: offset) { done in
                progress(
                    ProgressStep(title: "Replaying", done: done - begin, total: last - begin, unit: .events))
            }
            try body(fold)
        }
    }

    /// How many events cost more to replay than a snapshot to read, as a rule.
    private static let worthSnapshot: Int64 = 5_000

    /// Folds on up to an offset; `report` is told the newest event in it now and then.
    func advance(
        _ fold: inout DocumentFold, through offset: Int64, report: (Int64) -> Void
    ) throws(ReplayError) {
        do throws(TableError) {
            var cursor = reader.cursor(from: fold.offset + 1, through: CommittedLimit(newestOffset: offset))
            while fold.offset < offset {
                guard let chunk = try Self.next(&cursor) else { break }
                try chunk.forEachLine { (_, line) throws(TableError) in _ = try fold.apply(line) }
                report(fold.offset)
            }
        } catch {
            throw ReplayError(error)
        }
        guard fold.offset == offset else {
            throw .no("there is no event \(offset): this journal ends with \(fold.offset)")
        }
    }

    private static func next(_ cursor: inout JournalCursor) throws(TableError) -> LineChunk? {
        do throws(JournalError) {
            return try cursor.next()
        } catch {
            throw .journal(error)
        }
    }

    /// Finds out what an undo or redo means.
    ///
    /// Files that only an archive has are there for it: who makes the change brings them (``ArchivedBlobs``).
    package var resolver: HistoryResolver {
        HistoryResolver(history: history, reader: reader, blobs: allBlobs)
    }

    /// The table's blobs, for reading.
    package var blobs: BlobStore {
        BlobStore(folder: folder, fileSystem: fileSystem, makeUUID: { "" })
    }

    /// The same with those in the archives, which alone may have what only archived events name.
    package var allBlobs: BlobStore {
        BlobStore(folder: folder, archives: archives, fileSystem: fileSystem, makeUUID: { "" })
    }
}
