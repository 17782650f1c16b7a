import JSONDocument
import Journal

/// Reads the journal backwards for what an undo or a redo means.
struct UndoSearch {
    /// What is to be taken back.
    struct Found: Equatable {
        /// The events whose work is taken back: the step itself, or the undo of it.
        let takesBack: JournaledChange
        /// The step that the new event names.
        let step: UndoStepName
        /// The places in which alone it is taken back; nil: everywhere.
        let parts: [JSONPointer]?
        /// Whether taking it back brings a step back.
        let isRedo: Bool
    }

    private static let blockCount: Int64 = 512

    let reader: JournalReader
    /// The newest event that is looked at: the newest committed one.
    let newest: Int64
    /// How many events back to look.
    let reach: Int

    /// Walks back until the walk knows.
    func find(_ walk: UndoWalk, _ report: HistoryReport) throws(TableError) -> Found? {
        var walk = walk
        var answer = UndoWalk.Progress.goOn
        try self.walkBack(report) { event in
            answer = walk.take(event)
            return answer == .goOn
        }
        if answer == .goOn { answer = walk.end }
        if case .found(let found) = answer { return found }
        return nil
    }

    /// The newest event that says of another that it was undone or redone.
    func newestMark(of offset: Int64, _ report: HistoryReport) throws(TableError) -> UndoEvent? {
        var found: UndoEvent?
        try self.walkBack(report) { event in
            guard event.offset > offset else { return false }
            if let mark = event.mark, mark.step.names(offset) { found = event }
            return found == nil
        }
        return found
    }

    /// Who changed places last, after an event.
    ///
    /// - Parameters:
    ///   - places: In the newest document. Those are left out whose author can't be told, as what an event did can't be said.
    ///   - document: The newest.
    func authors(
        of places: [JSONPointer], in document: JSONValue, after offset: Int64, _ report: HistoryReport
    ) throws(TableError) -> [JSONPointer: ChangeAuthor] {
        var left = Set(places).map { (place: $0, carried: CarriedPlace($0, in: document)) }
        var authors: [JSONPointer: ChangeAuthor] = [:]
        try self.walkBack(report) { event in
            guard event.offset > offset, !left.isEmpty else { return false }
            if event.isWithoutEffect { return true }
            // What it did can't be said, so that anything may have been its work.
            guard let operations = event.operations else { return false }
            for operation in operations.reversed() {
                for index in left.indices.reversed() where left[index].carried.undo(operation) {
                    authors[left.remove(at: index).place] = ChangeAuthor(
                        offset: event.offset, type: event.type, actor: event.actor, time: event.time.rfc3339)
                }
            }
            return true
        }
        return authors
    }

    /// One event; nil if it isn't kept.
    func event(at offset: Int64) throws(TableError) -> UndoEvent? {
        guard try self.kept().contains(offset) else { return nil }
        var found: UndoEvent?
        try self.reader.forEachLine(after: offset - 1, through: offset) { line throws(TableError) in
            found = try UndoEvent(line)
        }
        return found
    }

    /// The events that can be looked at.
    private func kept() throws(TableError) -> Range<Int64> {
        let first = try tableReading { () throws(JournalError) in try self.reader.firstOffset() }
        return first..<max(first, self.newest + 1)
    }

    /// Calls `body` with each event from the newest back, until it answers false or `reach` is exhausted.
    private func walkBack(_ report: HistoryReport, _ body: (UndoEvent) -> Bool) throws(TableError) {
        let kept = try self.kept()
        let oldest = max(kept.lowerBound, kept.upperBound - Int64(self.reach))
        var end = kept.upperBound - 1
        while end >= oldest {
            let begin = max(oldest, end - Self.blockCount + 1)
            var events: [UndoEvent] = []
            try self.reader.forEachLine(after: begin - 1, through: end) { line throws(TableError) in
                events.append(try UndoEvent(line))
            }
            for event in events.reversed() {
                guard body(event) else { return }
            }
            end = begin - 1
            report(HistoryPass(kind: .lookingBack, done: kept.upperBound - begin, total: kept.upperBound - oldest))
        }
    }
}

extension UndoStepName {
    /// Whether an event belongs to the step.
    func names(_ offset: Int64) -> Bool {
        self.offset == offset || self.runs.contains { $0.contains(offset) }
    }
}
