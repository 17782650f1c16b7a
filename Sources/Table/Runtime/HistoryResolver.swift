import JSONDocument
import Journal

/// Makes the command that an undo, redo or restore request means, with the help of the past.
struct HistoryResolver: Sendable {
    let history: History
    let reader: JournalReader
    /// Says what is committed: a commit that is being written is no history yet.
    let limit: CommittedLimit
    /// How many events back to look for a change to undo.
    let undoReach: Int

    /// - Parameter through: The newest event that the request's sender can have meant.
    /// - Returns: A command that the ``Decider`` decides without the past; others as they are.
    func resolve(_ request: CommandRequest, through: Int64) throws(CommandError) -> Command {
        switch request.command {
        case .restoreRequest(let target):
            return try Self.reading { () throws(TableError) in
                let offset = try self.offset(of: target)
                return .tableRestore(document: try self.history.document(at: offset), to: offset)
            }
        case .undoRequest(let offset):
            return try self.undo(offset, request, through, redo: false)
        case .redoRequest(let offset):
            return try self.undo(offset, request, through, redo: true)
        default:
            return request.command
        }
    }

    private func offset(of target: RestoreTarget) throws(TableError) -> Int64 {
        switch target {
        case .offset(let offset): return offset
        case .time(let time):
            let newest = self.limit.newestOffset
            return min(newest, try tableReading { () throws(JournalError) in try self.reader.offset(at: time) })
        }
    }

    /// The undo or redo of the change that `offset` names, or of the newest of the actor's that fits.
    private func undo(
        _ offset: Int64?, _ request: CommandRequest, _ through: Int64, redo: Bool
    ) throws(CommandError) -> Command {
        let search = UndoSearch(
            reader: self.reader, newest: self.limit.newestOffset, through: through, reach: self.undoReach)
        let found = try Self.reading { () throws(TableError) -> UndoSearch.Found? in
            switch (offset, redo) {
            case (let offset?, false): try search.undo(of: offset)
            case (let offset?, true): try search.redo(of: offset)
            case (nil, false): try search.newestNotUndone(by: request.actor)
            case (nil, true): try search.newestNotRedone(by: request.actor)
            }
        }
        guard let found else { throw Self.nothing(offset, redo) }
        return try Self.reading { () throws(TableError) in
            let span = found.takesBack
            let (before, after) = try self.history.documents(before: span.first, after: span.last)
            return .tableUndo(before: before, after: after, offset: found.names, redo: found.isRedo)
        }
    }

    private static func nothing(_ offset: Int64?, _ redo: Bool) -> CommandError {
        switch (offset, redo) {
        case (let offset?, false): CommandError(.notFound, "There is no event \(offset) to undo")
        case (let offset?, true): CommandError(.notFound, "Event \(offset) is not undone, so it can't be redone")
        case (nil, false): CommandError(.notFound, "Nothing to undo")
        case (nil, true): CommandError(.notFound, "Nothing to redo")
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
