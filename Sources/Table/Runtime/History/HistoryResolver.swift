import JSONDocument
import Journal

/// Makes the command that an undo, redo or restore request means, with the help of the past.
package struct HistoryResolver: Sendable {
    /// The table as it is now.
    package struct Present: Sendable {
        package let offset: Int64
        package let document: JSONValue

        package init(offset: Int64, document: JSONValue) {
            self.offset = offset
            self.document = document
        }
    }

    let history: History
    let reader: JournalReader
    private let blobs: BlobStore
    /// How many events back to look for a change to undo.
    private let undoReach: Int

    /// - Parameters:
    ///   - history: Reads the documents of the past.
    ///   - reader: The same journal.
    ///   - blobs: The table's files, which a restore needs.
    ///   - undoReach: How many events back an undo without an offset looks.
    package init(
        history: History, reader: JournalReader, blobs: BlobStore, undoReach: Int = TableOptions().undoReach
    ) {
        self.history = history
        self.reader = reader
        self.blobs = blobs
        self.undoReach = undoReach
    }

    /// - Parameters:
    ///   - present: What is committed: a commit that is being written is no history yet.
    ///   - through: The newest event that the request's sender can have meant.
    ///   - report: Told of every look into the past.
    /// - Returns: A command that the ``Decider`` decides without the past; others as they are.
    func resolve(
        _ request: CommandRequest, present: Present, through: Int64, report: HistoryReport = { _ in }
    ) throws(CommandError) -> Command {
        switch request.command {
        case .restoreRequest(let restore):
            return .tableRestore(try self.restore(restore, present, report))
        case .undoRequest(let undo):
            var plan = try self.undo(undo, .undo, request.actor, present, through, report)
            plan.ifChange = undo.ifChange
            return .tableUndo(plan)
        case .redoRequest(let redo):
            var plan = try self.undo(redo, .redo, request.actor, present, through, report)
            plan.ifChange = redo.ifChange
            return .tableUndo(plan)
        default:
            return request.command
        }
    }

    /// The same for what was asked for just now.
    package func resolve(
        _ request: CommandRequest, present: Present, report: HistoryReport = { _ in }
    ) throws(CommandError) -> Command {
        try self.resolve(request, present: present, through: present.offset, report: report)
    }

    /// What a request would do now, without doing it.
    package func rehearse(
        _ request: CommandRequest, present: Present, context: DecisionContext, report: HistoryReport = { _ in }
    ) throws(CommandError) -> HistoryRehearsal {
        let command = try self.resolve(request, present: present, report: report)
        let decision = try Decider.decide(command, document: present.document, context: context)
        return HistoryRehearsal(
            offset: present.offset, decision: decision,
            change: try ChangeDigest.of(decision, on: present.document))
    }

    // MARK: Restoring

    private func restore(
        _ request: RestoreRequest, _ present: Present, _ report: HistoryReport
    ) throws(CommandError) -> RestorePlan {
        let plan = try Self.reading { () throws(TableError) in
            let offset = try self.offset(of: request.target, present)
            return RestorePlan(
                document: try self.history.document(at: offset, report: report), offset: offset,
                paths: request.paths, ifChange: request.ifChange)
        }
        return try self.blobs.checked(plan, present.document, leaveOutMissing: request.withoutMissingFiles)
    }

    private func offset(of target: RestoreTarget, _ present: Present) throws(TableError) -> Int64 {
        switch target {
        case .offset(let offset) where offset > present.offset:
            throw .offsetOutOfRange(offset: offset, first: self.reader.identity.firstOffset, newest: present.offset)
        case .offset(let offset): offset
        case .time(let time):
            min(present.offset, try tableReading { () throws(JournalError) in try self.reader.offset(at: time) })
        }
    }

    // MARK: Undoing

    /// How many steps of which nothing is left an undo or a redo passes over before it gives up.
    private static let passedOverMax = 32

    private func undo(
        _ request: UndoRequest, _ goal: UndoWalk.Goal, _ actor: String, _ present: Present, _ through: Int64,
        _ report: HistoryReport
    ) throws(CommandError) -> UndoPlan {
        let search = UndoSearch(reader: self.reader, newest: present.offset, reach: self.undoReach)
        guard let offset = request.offset else {
            return try self.newest(goal, request, actor, search, present, through, report)
        }
        let found =
            try goal == .undo ? Self.undo(of: offset, search, report) : Self.redo(of: offset, search, report)
        let plan = try self.plan(found, report)
        try self.check(plan, try UndoOutcome.of(plan, on: present.document), present, search, report)
        return plan
    }

    /// The newest step of which something is left to take back.
    ///
    /// One of which nothing is left (what it changed is gone by now) would otherwise stand in the way of all before it.
    private func newest(
        _ goal: UndoWalk.Goal, _ request: UndoRequest, _ actor: String, _ search: UndoSearch, _ present: Present,
        _ through: Int64, _ report: HistoryReport
    ) throws(CommandError) -> UndoPlan {
        let scope = request.scope == .table ? UndoScope.table : .actor(actor)
        var passedOver = RangeSet<Int64>()
        for _ in 0..<Self.passedOverMax {
            let walk = UndoWalk(
                goal, scope: scope, through: through, before: request.before, passingOver: passedOver)
            let found = try Self.reading { () throws(TableError) in try search.find(walk, report) }
            guard let found else { break }
            let plan = try self.plan(found, report)
            let outcome = try UndoOutcome.of(plan, on: present.document)
            if outcome.isNothing {
                passedOver.formUnion(found.events)
                continue
            }
            try self.check(plan, outcome, present, search, report)
            return plan
        }
        throw CommandError(.notFound, goal == .undo ? "Nothing to undo" : "Nothing to redo")
    }

    /// The undo of the change that the event at `offset` is part of; where that is an undo itself, its redo.
    private static func undo(
        of offset: Int64, _ search: UndoSearch, _ report: HistoryReport
    ) throws(CommandError) -> UndoSearch.Found {
        try self.found { () throws(TableError) in
            guard let event = try search.event(at: offset) else {
                return .failure(CommandError(.notFound, "There is no event \(offset) to undo"))
            }
            if event.isWithoutEffect {
                return .failure(CommandError(.notFound, "Event \(offset) changed nothing, so it can't be undone"))
            }
            let last = event.change.last
            if event.mark == nil, let newer = try search.newestMark(of: last, report), newer.mark?.isUndo == true {
                return .failure(
                    CommandError(
                        .conflict, "Event \(offset) is undone already, by event \(newer.offset)",
                        details: ["offset": .number(Int(offset)), "conflicts": .array([])]))
            }
            return .success(
                UndoSearch.Found(
                    takesBack: event.change, step: event.mark?.step ?? UndoStepName(offset: last), parts: nil,
                    isRedo: event.mark?.isUndo ?? false))
        }
    }

    /// The redo of the step that the event at `offset` is part of, or that the undo at `offset` took back.
    private static func redo(
        of offset: Int64, _ search: UndoSearch, _ report: HistoryReport
    ) throws(CommandError) -> UndoSearch.Found {
        try self.found { () throws(TableError) in
            let event = try search.event(at: offset)
            let target = event.map { $0.mark?.step.offset ?? $0.change.last } ?? offset
            guard let undo = try search.newestMark(of: target, report), let mark = undo.mark, mark.isUndo else {
                return .failure(CommandError(.notFound, "Event \(offset) is not undone, so it can't be redone"))
            }
            return .success(
                UndoSearch.Found(takesBack: undo.change, step: mark.step, parts: nil, isRedo: true))
        }
    }

    private static func found(
        _ body: () throws(TableError) -> Result<UndoSearch.Found, CommandError>
    ) throws(CommandError) -> UndoSearch.Found {
        try self.reading(body).get()
    }

    private func plan(_ found: UndoSearch.Found, _ report: HistoryReport) throws(CommandError) -> UndoPlan {
        let (before, after) = try Self.reading { () throws(TableError) in
            try self.history.documents(
                before: found.takesBack.first, after: found.takesBack.last, report: report)
        }
        let own = try found.parts.map { parts throws(CommandError) in try after.with(parts, from: before) }
        return UndoPlan(before: own ?? before, after: after, step: found.step, isRedo: found.isRedo)
    }

    /// Refuses here what the decision would refuse, as more can be said here: who is in the way, which files are gone.
    private func check(
        _ plan: UndoPlan, _ outcome: UndoOutcome, _ present: Present, _ search: UndoSearch, _ report: HistoryReport
    ) throws(CommandError) {
        switch outcome {
        case .conflicts(let conflicts):
            let authors = try Self.reading { () throws(TableError) in
                try search.authors(
                    of: conflicts.map(\.path), in: present.document, after: plan.step.offset, report)
            }
            throw .undoConflict(plan, conflicts, authors: authors)
        case .changes(let target):
            let missing = try self.blobs.missing(in: target, besides: present.document)
            guard missing.isEmpty else { throw .missingFiles(missing) }
        case .nothingLeft, .changedNothing: break
        }
    }

    private static func reading<Value>(_ body: () throws(TableError) -> Value) throws(CommandError) -> Value {
        do throws(TableError) {
            return try body()
        } catch .offsetOutOfRange, .journal(.offsetOutOfRange) {
            throw CommandError(.notFound, "There is no such event in this table's history")
        } catch {
            throw CommandError(.conflict, "The table's history could not be read: \(error)")
        }
    }
}

extension UndoSearch.Found {
    /// The offsets of the step's events; of a redo, those that the undo names.
    fileprivate var events: RangeSet<Int64> {
        guard !self.isRedo, self.step.runs.isEmpty else { return self.step.events }
        return UndoStepName(offset: self.takesBack.last, runs: [self.takesBack.first...self.takesBack.last]).events
    }
}

extension JSONValue {
    /// The same document with some places, none within another, as they are in another one.
    ///
    /// - Throws: ``CommandError/Code/conflict`` if a place can't be put there.
    fileprivate func with(_ places: [JSONPointer], from other: JSONValue) throws(CommandError) -> JSONValue {
        let operations = places.compactMap { place -> JSONPatchOperation? in
            switch (self.value(at: place), other.value(at: place)) {
            case (.some, let value?): .replace(place, value)
            case (nil, let value?): .add(place, value)
            case (.some, nil): .remove(place)
            case (nil, nil): nil
            }
        }
        var result = self
        do {
            try result.apply(JSONPatch(operations))
        } catch {
            throw CommandError(.conflict, "What the step changed can't be told from what others did: \(error)")
        }
        return result
    }
}
