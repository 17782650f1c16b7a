import JSONDocument
import Journal

/// The table's past: any document that it was, read from the nearest snapshot and the lines after it.
///
/// Needs no lock and no writer; blocks on files, so it belongs on a thread that may wait. Also what tools read a journal
/// with while a server writes it.
package struct History: Sendable {
    private let reader: JournalReader
    private let snapshots: SnapshotStore

    package init(reader: JournalReader, snapshots: SnapshotStore) {
        self.reader = reader
        self.snapshots = snapshots
    }

    /// The document after the event at `offset`; −1 is the document before event 0.
    ///
    /// - Parameter report: Told how many of the events are replayed.
    /// - Throws: ``TableError/offsetOutOfRange(offset:first:newest:)`` for an offset that is not in the journal.
    package func document(at offset: Int64, report: HistoryReport = { _ in }) throws(TableError) -> JSONValue {
        var fold = try self.start(atOrBelow: offset)
        try self.advance(&fold, through: offset, report)
        return fold.document
    }

    /// The documents before the event `first` and after the event `last`, in one pass.
    func documents(
        before first: Int64, after last: Int64, report: HistoryReport = { _ in }
    ) throws(TableError) -> (before: JSONValue, after: JSONValue) {
        var fold = try self.start(atOrBelow: first - 1)
        try self.advance(&fold, through: first - 1, report)
        let before = fold.document
        try self.advance(&fold, through: last, report)
        return (before, fold.document)
    }

    /// What to replay from to get to `offset`: the newest usable snapshot up to it, or the journal's first document.
    package func start(atOrBelow offset: Int64) throws(TableError) -> DocumentFold {
        if let snapshot = self.snapshot(atOrBelow: offset) { return snapshot.fold }
        return try self.reader.firstDocument(atOrBelow: offset)
    }

    /// Which events changed what, as the newest usable snapshot up to `offset` has it, and the event that stands after.
    package func changes(atOrBelow offset: Int64) -> (offset: Int64, changes: ChangeIndex)? {
        guard let restored = self.snapshot(atOrBelow: offset) else { return nil }
        do throws(JSONSyntaxError) {
            let listed = try JSONValue.parse(restored.file.changed, limits: .stored)
            return ChangeIndex(listed).map { (restored.fold.offset, $0) }
        } catch {
            // A snapshot is a cache: without it, more events are read.
            return nil
        }
    }

    /// A snapshot's document with the file that it was in.
    struct Restored {
        let fold: DocumentFold
        let file: SnapshotFile
    }

    /// The newest snapshot up to `offset` that belongs to this journal and holds a document.
    ///
    /// - Parameter ignored: Told of those that don't, and why.
    func snapshot(atOrBelow offset: Int64, ignored: (Int64, String) -> Void = { _, _ in }) -> Restored? {
        var limit = offset
        while limit >= 0 {
            let file: SnapshotFile
            do throws(JournalError) {
                guard let found = try self.snapshots.newest(atOrBelow: limit, where: self.chain(at:)) else {
                    return nil
                }
                file = found
            } catch {
                // A snapshot is a cache: where none can be read, everything is replayed.
                ignored(limit, "\(error)")
                return nil
            }
            do throws(JSONSyntaxError) {
                return Restored(fold: DocumentFold(try file.parsedDocument(), at: file.offset), file: file)
            } catch {
                ignored(file.offset, "\(error)")
                limit = file.offset - 1
            }
        }
        return nil
    }

    /// The journal's own chain digest; `nil` for an event that it doesn't hold, so a snapshot of it isn't this journal's.
    private func chain(at offset: Int64) throws(JournalError) -> String? {
        do throws(JournalError) {
            return try self.reader.chain(at: offset).hex
        } catch .offsetOutOfRange {
            return nil
        }
    }

    private func advance(
        _ fold: inout DocumentFold, through offset: Int64, _ report: HistoryReport
    ) throws(TableError) {
        if fold.offset < offset {
            let counter = ReplayCounter(after: fold.offset, through: offset)
            try self.reader.forEachLine(after: fold.offset, through: offset) { line throws(TableError) in
                try fold.advance(line)
                counter.note(fold.offset, report)
            }
        }
        guard fold.offset == offset else {
            let first = try tableReading { () throws(JournalError) in try self.reader.firstOffset() }
            throw .offsetOutOfRange(offset: offset, first: first, newest: fold.offset)
        }
    }
}
