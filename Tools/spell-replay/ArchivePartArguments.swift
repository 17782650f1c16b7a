import ArgumentParser
import Replay

/// Which part of an archive; as for the commands that read, but that --from is the archive.
struct ArchivePartArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Of an archive: from this event on.", valueName: "moment")) var first: String?
    @Option(help: ArgumentHelp("Of an archive: up to this event.", valueName: "moment")) var through: String?
    @Option(help: ArgumentHelp("Of an archive: only events at or after this time.", valueName: "time"))
    var since: String?
    @Option(help: ArgumentHelp("Of an archive: only events up to this time.", valueName: "time")) var until: String?
    @Option(help: ArgumentHelp("Of an archive: only this session.", valueName: "number")) var session: String?
    @OptionGroup var sessions: SessionArguments

    /// Whether everything is wanted.
    var isEmpty: Bool { first == nil && through == nil && since == nil && until == nil && session == nil }

    /// What is asked for.
    func request() throws(ReplayError) -> RangeRequest {
        try RangeRequest(
            from: first, through: through, since: since, until: until, session: session,
            gap: try sessions.milliseconds())
    }
}
