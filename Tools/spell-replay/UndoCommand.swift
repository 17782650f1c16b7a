import ArgumentParser
import Replay

/// The command `spell-replay undo`.
struct UndoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Take back one event and keep everything since.",
        discussion: """
            Appends one table.undone event that takes back what the event did, and nothing else. Where it changed \
            something that was changed again since, it refuses and says of each place what it was, what the event made \
            of it, what it is now, and which event changed it. Undoing an event that undid another brings that back.

            It shows what will change and asks, unless --yes is given. Works on the journal itself when no server \
            writes it; with --server through the running server, whose clients then follow at once. What was archived is \
            read with --archive, as for restore. What was confirmed is what is done, or nothing.

            EXAMPLES
              spell-replay undo 1204 --dry-run
              spell-replay undo -1
              spell-replay undo 1204 --yes --server http://localhost:8010

            Exit code 1 if there is no such event, it can't be undone, or the answer to the question was no.
            """)

    @Argument(help: ArgumentHelp("The event: its offset, or -1 for the newest.", valueName: "offset"))
    var offset: String
    @OptionGroup var journal: JournalArguments
    @OptionGroup var change: ChangeArguments

    func validate() throws { try journal.refuseArchives(through: change.server) }

    func run() async throws {
        try await EventChange(journal: journal, arguments: change).run(
            offset, HistoryChange.undo, question: "Undo", done: "undone")
    }
}

/// The command `spell-replay redo`.
struct RedoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redo",
        abstract: "Bring back an event that was undone.",
        discussion: """
            Appends one table.redone event that takes back the newest undo of the event. Like undo it keeps what came \
            since, refuses where the undo's work was changed again, and takes --archive.

            EXAMPLES
              spell-replay redo 1204 --dry-run
              spell-replay redo 1204 --yes --server http://localhost:8010

            Exit code 1 if the event isn't undone, it can't be brought back, or the answer to the question was no.
            """)

    @Argument(help: ArgumentHelp("The event that was undone, or its undo.", valueName: "offset")) var offset: String
    @OptionGroup var journal: JournalArguments
    @OptionGroup var change: ChangeArguments

    func validate() throws { try journal.refuseArchives(through: change.server) }

    func run() async throws {
        try await EventChange(journal: journal, arguments: change).run(
            offset, HistoryChange.redo, question: "Redo", done: "redone")
    }
}

/// Undoes or redoes the one event that a person names.
struct EventChange {
    let journal: JournalArguments
    let arguments: ChangeArguments

    /// - Parameters:
    ///   - typed: The event, as typed.
    ///   - make: Makes the change of its offset.
    func run(_ typed: String, _ make: (Int64) -> HistoryChange, question: String, done: String) async throws {
        let event = try moment(typed)
        switch event {
        case .offset, .fromEnd, .newest: break
        default:
            throw ReplayError.usage("'\(typed)' is no event", hint: "Give an offset (17), or -1 for the newest event.")
        }
        let offset: Int64
        let preview: ChangePreview
        if let address = arguments.server {
            let server = try ServerConnection(address)
            offset = try await server.target(of: event)
            preview = try await server.preview(make(offset))
        } else {
            let source = try journal.source()
            offset = try source.offset(of: event)
            let progress = ProgressBar()
            defer { progress.clear() }
            preview = try TableUndo(source).preview(
                make(offset), actor: SystemClock.actor, progress: progress.show)
        }
        guard !preview.changes.isEmpty else {
            throw ReplayError.no("event \(offset) can't be \(done): it changed nothing")
        }
        try await HistoryDesk(arguments: arguments, journal: journal).carryOut(
            make(offset), preview, question: "\(question) event \(offset)?", done: "event \(offset) \(done)")
    }
}
