import JSONDocument
import Journal

/// The refusals that come from the table's own condition, not from a command's content.
extension CommandError {
    /// Far too many commands are waiting already.
    static let busy = CommandError(.busy, "The table is busy: too many changes are waiting. Try again in a moment.")

    /// The commit was cut off again because the disk is full.
    package static let storageFull = CommandError(
        .storageFull, "The disk is full: nothing was changed. Free some space, then try again.")

    /// The table is being closed.
    static let closing = CommandError(.readOnly, "The server is stopping; no changes are taken any more.")

    /// The command's id stands for another command.
    static func idReused(_ id: String) -> CommandError {
        CommandError(.idReused, "The command id '\(id.prefix(64))' was used before, for another command.")
    }

    /// Somebody changed the addressed thing after the client looked.
    static func changedMeanwhile(at pointer: String, by offset: Int64, after seen: Int64) -> CommandError {
        let what = pointer.isEmpty ? "The table" : "'\(pointer.prefix(256))'"
        return CommandError(.conflict, "\(what) was changed by event \(offset), after event \(seen) that you know.")
    }

    /// A decision's patch does not fit the document: our fault, so it says so.
    static let decisionFailed = CommandError(
        .conflict, "The change could not be applied to the table as it is now. Nothing was changed.")

    /// The change needs a longer line than the journal holds.
    static func tooLarge(byteCount: Int) -> CommandError {
        CommandError(.tooLarge, "The change takes \(byteCount) bytes, more than one event can hold.")
    }

    /// The change could be written but not read again.
    static func unreadable(_ error: some Error) -> CommandError {
        CommandError(.invalid, "The change can't be kept: \(error)")
    }

    /// What the waiting callers of a failed commit are told.
    static func failedCommit(_ error: JournalError) -> CommandError {
        switch error {
        case .refused(let cause) where cause.isDiskFull:
            .storageFull
        case .refused:
            CommandError(.readOnly, "The disk did not take the change: nothing was changed. Try again.")
        case .lineTooLong(let byteCount, _):
            .tooLarge(byteCount: byteCount)
        case .writingStopped:
            .writingStopped
        case .invalidDraft, .notAJournal, .unsupportedFormat, .offsetOutOfRange, .locked:
            CommandError(.conflict, "The change could not be written. Nothing was changed.")
        case .outcomeUnknown, .damaged, .io, .cutBack:
            CommandError(
                .outcomeUnknown,
                "The disk failed while the change was being written: whether it was stored is known after a restart.")
        }
    }

    /// What every change is told after a failed sync.
    static let writingStopped = CommandError(
        .readOnly,
        "The table is read-only since its disk failed or its folder went away. Check both and restart the server.")

    /// Whether it says nothing about the command: the same one may be accepted later.
    var isOfTheTable: Bool {
        [.busy, .readOnly, .outcomeUnknown, .storageFull].contains(self.code)
    }

    /// After how many seconds the same command is worth another try; `nil` where waiting alone won't help.
    package var retryAfterSeconds: Int? {
        if self.code == .busy { return 1 }
        // Whoever stops a server mostly starts it again.
        return self == .closing ? 5 : nil
    }
}
