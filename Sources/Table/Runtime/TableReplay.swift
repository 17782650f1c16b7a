import JSONDocument
import Journal

/// Builds everything that a table keeps of its events, line by line: the document, the window and the index.
struct TableReplay {
    private(set) var fold: DocumentFold
    private var changes: ChangeReplay
    private(set) var window: CommandWindow

    /// Begins with the journal's first document.
    init(fold: DocumentFold, window limits: CommandWindow.Limits) {
        self.fold = fold
        self.changes = ChangeReplay(ChangeIndex(floor: fold.offset))
        self.window = CommandWindow(limits: limits)
    }

    /// Begins with a snapshot; `nil` if its window or its index can't be read.
    init?(_ restored: History.Restored, window limits: CommandWindow.Limits) {
        guard let commands = try? JSONValue.parse(restored.file.commands, limits: .stored),
            let window = CommandWindow(commands, limits: limits),
            let changed = try? JSONValue.parse(restored.file.changed, limits: .stored),
            let changes = ChangeIndex(changed)
        else { return nil }
        self.fold = restored.fold
        self.changes = ChangeReplay(changes)
        self.window = window
    }

    /// Applies one line, given without its line feed.
    mutating func apply(_ line: Span<UInt8>) throws(TableError) {
        let event = try self.fold.advance(line)
        self.changes.record(line.extracting(event.patch), at: event.offset)
        guard let command = event.commandText(line) else { return }
        let record = CommandRecord(data: line.extracting(event.data))
        self.window.record(
            command,
            CommandWindow.Entry(
                offset: event.offset, time: event.time, request: record.request, answer: record.answer))
    }

    /// What all applied lines add up to.
    ///
    /// - Parameters:
    ///   - chain: The journal's chain digest at the newest event.
    ///   - time: The newest event's time.
    consuming func content(chain: ChainDigest, time: JournalTime) -> TableContent {
        let state = CommittedState(
            document: self.fold.document, offset: self.fold.offset, chain: chain, time: time, digests: DocumentDigest())
        return TableContent(state: state, changes: self.changes.finish(), window: self.window)
    }
}
