import ArgumentParser
import JSONDocument
import Replay
import Table

/// How a command that changes the past is told to go about it; the same for restore, undo and redo.
struct ChangeArguments: ParsableArguments {
    @OptionGroup var consent: ConsentArguments
    @Option(help: ArgumentHelp("Go through this running server, such as http://localhost:8010.", valueName: "url"))
    var server: String?
}

/// Shows a change, asks, and does it: on the journal itself or through a server.
struct HistoryDesk {
    let arguments: ChangeArguments
    let journal: JournalArguments

    /// - Parameters:
    ///   - question: What is asked before it is done: `Bring the table back to 17?`
    ///   - done: What is told after it: `restored to 17`.
    func carryOut(
        _ change: HistoryChange, _ preview: ChangePreview, question: String, done: String
    ) async throws {
        try show(preview)
        let isWanted = try consent.isGiven("\(question) \(Units.plural(preview.changes.count, "change")).")
        let event = isWanted ? try await run(change, preview) : nil
        if consent.json {
            try Output.shared.write(preview.json(change, event: event).serialized() + [UInt8(ascii: "\n")])
        }
        guard isWanted, !consent.json else { return }
        if let event {
            Output.tell("\(done) by event \(event)")
        } else {
            Output.tell("somebody else did the same meanwhile; nothing was changed")
        }
    }

    /// Does what was shown; where it was asked about and would be something else by now, nothing.
    ///
    /// - Returns: The event that was made; nil if there was nothing to change.
    private func run(_ change: HistoryChange, _ shown: ChangePreview) async throws -> Int64? {
        if let server = arguments.server {
            // A table that is played on has newer events all the time: what counts is what this change would do.
            let wanted = try consent.isAsking ? change.only(as: shown) : change
            return try await ServerConnection(server).run(wanted)
        }
        let progress = ProgressBar()
        defer { progress.clear() }
        let table = try journal.table(progress)
        defer { table.close() }
        if consent.isAsking, table.committed.offset != shown.newest { throw Self.changedMeanwhile }
        let done = try await change.run(
            on: table, past: try journal.source(), actor: SystemClock.actor, progress: progress.show)
        progress.clear()
        if done.broughtCount > 0 {
            let files = Units.plural(done.broughtCount, "file")
            Output.tell("\(files), \(Units.bytes(done.broughtByteCount)), came back from the archive")
        }
        return done.event
    }

    private var consent: ConsentArguments { arguments.consent }

    private static let changedMeanwhile = ReplayError.no(
        "the table was changed since this was shown, and nothing was done; run it again to see what it would be")

    private func show(_ preview: ChangePreview) throws {
        guard !consent.json else { return }
        for change in preview.changes { try Output.shared.write(change.line(Terminal.paint) + "\n") }
        if !preview.also.isEmpty {
            let along = preview.also.map { printable($0.text) }.joined(separator: ", ")
            try Output.shared.write("also touched: \(along)\n")
        }
    }
}
