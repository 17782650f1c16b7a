import JSONDocument
import Journal

/// Finds what an undo or a redo means, walking back from the newest event.
///
/// Whether a change is undone is written in the journal: each `table.undone` and `table.redone` names the change in its
/// `data` (`offset`), and the newest of them that names it says how it stands. Walking back, that one is met first.
struct UndoSearch {
    /// A change, by its first and last event (the same, unless it is a group).
    struct Change: Equatable {
        let first: Int64
        let last: Int64
    }

    /// What is to be taken back.
    struct Found: Equatable {
        /// The events whose work is taken back: the change itself, or the undo of it.
        let takesBack: Change
        /// The change that the new event names.
        let names: Int64
        /// Whether taking it back brings a change back.
        let isRedo: Bool
    }

    private static let blockCount: Int64 = 512

    let reader: JournalReader
    /// The newest event that is looked at: the newest committed one.
    let newest: Int64
    /// Changes after this one are not meant: they were made after the undo was asked for.
    let through: Int64
    /// How many events back to look.
    let reach: Int

    /// The newest change of `actor` that is not undone.
    func newestNotUndone(by actor: String) throws(TableError) -> Found? {
        var isUndone: [Int64: Bool] = [:]
        return try self.walkBack { event in
            if let mark = event.mark {
                isUndone[mark.target] = isUndone[mark.target] ?? mark.isUndo
                return nil
            }
            guard event.actor == actor, event.offset <= self.through, !event.isWithoutEffect,
                isUndone[event.change.last] != true
            else { return nil }
            return Found(takesBack: event.change, names: event.change.last, isRedo: false)
        }
    }

    /// The newest undo by `actor` of a change that is still undone.
    func newestNotRedone(by actor: String) throws(TableError) -> Found? {
        var known: Set<Int64> = []
        return try self.walkBack { event in
            guard let mark = event.mark, known.insert(mark.target).inserted, mark.isUndo, event.actor == actor,
                event.offset <= self.through
            else { return nil }
            return Found(takesBack: event.change, names: mark.target, isRedo: true)
        }
    }

    /// The undo of the change that the event at `offset` is part of; where that is an undo itself, its redo.
    func undo(of offset: Int64) throws(TableError) -> Found? {
        guard let event = try self.event(at: offset) else { return nil }
        return Found(
            takesBack: event.change, names: event.mark?.target ?? event.change.last,
            isRedo: event.mark?.isUndo ?? false)
    }

    /// The redo of the change that the event at `offset` is part of, or that the undo at `offset` took back; `nil` if it
    /// isn't undone.
    func redo(of offset: Int64) throws(TableError) -> Found? {
        guard let event = try self.event(at: offset) else { return nil }
        let target = event.mark?.target ?? event.change.last
        var isDecided = false
        return try self.walkBack { event in
            guard let mark = event.mark, mark.target == target, !isDecided else { return nil }
            isDecided = true
            return mark.isUndo ? Found(takesBack: event.change, names: target, isRedo: true) : nil
        }
    }

    /// The events that can be looked at.
    private func kept() throws(TableError) -> Range<Int64> {
        let first = try tableReading { () throws(JournalError) in try self.reader.firstOffset() }
        return first..<max(first, self.newest + 1)
    }

    private func event(at offset: Int64) throws(TableError) -> Event? {
        guard try self.kept().contains(offset) else { return nil }
        var found: Event?
        try self.reader.forEachLine(after: offset - 1, through: offset) { line throws(TableError) in
            found = try Event(line)
        }
        return found
    }

    /// Calls `body` with each event from the newest back, until it answers something or `reach` is exhausted.
    private func walkBack(_ body: (Event) -> Found?) throws(TableError) -> Found? {
        let kept = try self.kept()
        let oldest = max(kept.lowerBound, kept.upperBound - Int64(self.reach))
        var end = kept.upperBound - 1
        while end >= oldest {
            let begin = max(oldest, end - Self.blockCount + 1)
            var events: [Event] = []
            try self.reader.forEachLine(after: begin - 1, through: end) { line throws(TableError) in
                events.append(try Event(line))
            }
            for event in events.reversed() {
                if let found = body(event) { return found }
            }
            end = begin - 1
        }
        return nil
    }
}

extension UndoSearch {
    /// What the search must know of an event.
    fileprivate struct Event {
        /// Says that a change was undone, or redone.
        struct Mark {
            let target: Int64
            let isUndo: Bool
        }

        let offset: Int64
        let actor: String?
        let change: Change
        let mark: Mark?
        /// Whether it leaves the document as it was.
        let isWithoutEffect: Bool

        init(_ line: Span<UInt8>) throws(TableError) {
            let envelope = try EventEnvelope(line: line)
            self.offset = envelope.offset
            self.actor = envelope.actor
            let group = envelope.group ?? EventGroup(first: envelope.offset, count: 1)
            self.change = Change(first: group.first, last: group.first + group.count - 1)
            self.isWithoutEffect = envelope.patch.count <= "[]".utf8.count
            let isUndo = envelope.type == "table.undone"
            let target = isUndo || envelope.type == "table.redone" ? Self.target(in: line, envelope.data) : nil
            self.mark = target.map { Mark(target: $0, isUndo: isUndo) }
        }

        private static func target(in line: Span<UInt8>, _ data: Range<Int>) -> Int64? {
            // A foreign tool's event may hold anything; one that names no offset undid nothing that we know of.
            let offset = (try? JSONValue.parse(line.extracting(data)))?["offset"]?.intValue
            return offset.map(Int64.init)
        }
    }
}
