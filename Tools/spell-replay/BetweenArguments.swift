import ArgumentParser
import Replay

/// Two moments to compare: as given, or a session's start and end.
struct BetweenArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("The moment to compare from.", valueName: "a")) var first: String?
    @Argument(help: ArgumentHelp("The moment to compare to.", valueName: "b")) var second: String?
    @Option(help: ArgumentHelp("From this session's start to its end, instead of A and B.", valueName: "number"))
    var session: String?
    @OptionGroup var sessions: SessionArguments

    func validate() throws {
        guard (session == nil) == (second != nil), session == nil || first == nil else {
            throw ValidationError("Give two moments, A and B, or a session with --session.")
        }
    }

    /// The offsets of both moments.
    func offsets(
        in source: JournalSource, _ progress: ProgressBar
    ) throws(ReplayError) -> (first: Int64, second: Int64) {
        let gap = try sessions.milliseconds()
        if let session {
            let number = try Session.parseNumber(session)
            let session = try source.session(number, gap: gap, progress: progress.show)
            return (session.firstOffset - 1, session.lastOffset)
        }
        // `validate()` saw to it that both are there.
        return (
            try source.offset(of: try moment(first ?? "start"), gap: gap, progress: progress.show),
            try source.offset(of: try moment(second ?? "now"), gap: gap, progress: progress.show)
        )
    }
}
