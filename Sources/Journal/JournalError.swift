/// Everything that can go wrong with a journal, with where it is and what an operator can do about it.
package enum JournalError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Bytes that are not what was written: nothing is skipped or cut, the journal isn't opened for writing.
    case damaged(JournalDamage)

    /// Another process writes this journal. `holder` is what it wrote into the lock: its process id.
    case locked(path: String, holder: String)

    /// The commit was not done and leaves no trace (disk full, short write); the next one may work.
    case refused(FileError)

    /// A write or sync failed such that nobody knows whether the commit is on disk. Writing has stopped until a restart.
    case outcomeUnknown(FileError)

    /// An earlier failure stopped the writing; this commit wasn't tried.
    case writingStopped(FileError)

    /// The line would be longer than the format allows; the change must be split into a group.
    case lineTooLong(byteCount: Int, limit: Int)

    /// What the caller wants appended can't stand in a line. A fault of the program.
    case invalidDraft(reason: String)

    /// The disk said no while opening or reading.
    case io(FileError)

    /// There is no journal in this folder.
    case notAJournal(folder: String)

    /// `journal.json` or a header names a format that this program doesn't know.
    case unsupportedFormat(file: String, format: Int64)

    /// No such event: asked for `offset`, where `first`…`newest` are kept.
    case offsetOutOfRange(offset: Int64, first: Int64, newest: Int64)

    /// A reader without the lock had read past what a recovery then cut off; it must begin anew.
    case cutBack(file: String, byteOffset: Int64)

    package var description: String {
        switch self {
        case .damaged(let damage): damage.description
        case .locked(let path, let holder):
            "\(path): the journal is being written by process \(holder.isEmpty ? "(unknown)" : holder); "
                + "stop that one first, or give another folder with --journal"
        case .refused(let error): "nothing was stored: \(error); free some space, then try again"
        case .outcomeUnknown(let error):
            "it isn't known whether the change was stored: \(error); changes are refused until a restart"
        case .writingStopped(let error):
            "changes are refused since an earlier failure: \(error); check the disk, then restart"
        case .lineTooLong(let byteCount, let limit): "the event takes \(byteCount) bytes, a line holds at most \(limit)"
        case .invalidDraft(let reason): "not an event: \(reason)"
        case .io(let error): "\(error)"
        case .notAJournal(let folder): "\(folder): no journal here (no \(JournalFolder.identityName)); see --journal"
        case .unsupportedFormat(let file, let format):
            "\(file): \(JournalFormat.refusal(format) ?? "format \(format)"); use the program that wrote it, or a newer one"
        case .offsetOutOfRange(let offset, let first, let newest):
            "no event \(offset): this journal holds \(first) to \(newest)"
        case .cutBack(let file, let byteOffset):
            "\(file): shorter than the \(byteOffset) bytes read before (a restart cut off an unfinished commit); read again"
        }
    }
}

/// Where a journal is damaged, and how that shows.
package struct JournalDamage: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file's path.
    package let file: String

    /// The first bad byte.
    package let byteOffset: Int64

    /// The event that was expected there, as far as known.
    package let eventOffset: Int64?

    /// What is wrong.
    package let reason: String

    /// Nothing is broken: events are missing that an archive holds which wasn't given.
    package let isElsewhere: Bool

    package init(
        file: String, byteOffset: Int64, eventOffset: Int64?, reason: String, isElsewhere: Bool = false
    ) {
        self.file = file
        self.byteOffset = byteOffset
        self.eventOffset = eventOffset
        self.reason = reason
        self.isElsewhere = isElsewhere
    }

    /// Events are missing where one folder of a journal ends and a later one begins.
    ///
    /// - Parameter segment: The first one after the gap.
    init(archived events: ClosedRange<Int64>, before segment: SegmentInfo) {
        self.init(
            file: segment.path, byteOffset: 0, eventOffset: events.lowerBound,
            reason: "the events \(events.lowerBound) to \(events.upperBound) aren't here; "
                + "give the archive that holds them with --archive, too",
            isElsewhere: true)
    }

    package var description: String {
        let event = self.eventOffset.map { ", event \($0)" } ?? ""
        guard !self.isElsewhere else { return "\(self.file)\(event): \(self.reason)" }
        return "\(self.file), byte \(self.byteOffset)\(event): \(self.reason). Nothing was changed. Look at it with "
            + "`spell-replay verify`, keep a copy of the folder, then use `spell-replay repair` or a backup"
    }
}

/// Runs `body`, telling what the disk said as ``JournalError/io(_:)``.
func journalIO<Value: ~Copyable>(_ body: () throws(FileError) -> Value) throws(JournalError) -> Value {
    do throws(FileError) {
        return try body()
    } catch {
        throw .io(error)
    }
}
