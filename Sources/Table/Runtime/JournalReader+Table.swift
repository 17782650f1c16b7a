import JSONDocument
import Journal

/// What the table reads a journal for, with its own errors.
extension JournalReader {
    /// Calls `body` with each line after `offset` up to `newest`, without its line feed, as far as they are there.
    ///
    /// Memory is bounded by one chunk.
    func forEachLine(
        after offset: Int64, through newest: Int64, _ body: (Span<UInt8>) throws(TableError) -> Void
    ) throws(TableError) {
        guard offset < newest else { return }
        var cursor = self.cursor(from: offset + 1, through: CommittedLimit(newestOffset: newest))
        while cursor.nextOffset <= newest,
            let chunk = try tableReading({ () throws(JournalError) in try cursor.next() })
        {
            try chunk.forEachLine { (_, line) throws(TableError) in try body(line) }
        }
    }

    /// What the journal begins with: the frozen empty document, or the one that `journal.json` names (`start`).
    ///
    /// - Parameter offset: Where archives are read along, the newest such document that isn't after this event.
    /// - Throws: ``TableError/badStart(reason:)``.
    package func firstDocument(atOrBelow offset: Int64? = nil) throws(TableError) -> DocumentFold {
        let (start, document) = try self.parsedStart(atOrBelow: offset)
        guard let start else { return DocumentFold(TableDocument.empty, at: -1) }
        // The file's checksum holds for whatever was written into it; the digest says that it is the table's document.
        guard DocumentDigest.compute(document) == start.digest else {
            throw .badStart(reason: "the document after event \(start.offset) isn't the one that its digest names")
        }
        return DocumentFold(document, at: start.offset)
    }

    private func parsedStart(atOrBelow offset: Int64?) throws(TableError) -> (SnapshotFile?, JSONValue) {
        do {
            guard let start = try self.startDocument(atOrBelow: offset) else { return (nil, TableDocument.empty) }
            return (start, try start.parsedDocument())
        } catch {
            throw .badStart(reason: "\(error)")
        }
    }
}

extension EventLayout {
    /// Reads a line that the journal handed out.
    init(line: Span<UInt8>) throws(TableError) {
        do throws(JournalError) {
            self = try EventLayout.parse(line)
        } catch {
            throw .journal(error)
        }
    }
}

/// Runs `body`, telling what the journal said as ``TableError/journal(_:)``.
func tableReading<Value: ~Copyable>(_ body: () throws(JournalError) -> Value) throws(TableError) -> Value {
    do throws(JournalError) {
        return try body()
    } catch {
        throw .journal(error)
    }
}
