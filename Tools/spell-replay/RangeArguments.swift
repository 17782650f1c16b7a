import ArgumentParser
import Replay

/// Which part of the journal; the same for every command that takes a range.
struct RangeArguments: ParsableArguments {
    @Option(help: ArgumentHelp("From this event on.", valueName: "moment")) var from: String?
    @Option(help: ArgumentHelp("Up to this event.", valueName: "moment")) var through: String?
    @Option(help: ArgumentHelp("Only events at or after this time.", valueName: "time")) var since: String?
    @Option(help: ArgumentHelp("Only events up to this time.", valueName: "time")) var until: String?
    @Option(help: ArgumentHelp("Only this session: 1 is the first, -1 the last.", valueName: "number"))
    var session: String?
    @OptionGroup var sessions: SessionArguments

    /// Whether everything is wanted.
    var isEmpty: Bool { from == nil && through == nil && since == nil && until == nil && session == nil }

    /// Whether something says where the range ends.
    var hasEnd: Bool { through != nil || until != nil || session != nil }

    /// The offsets that are meant.
    ///
    /// - Throws: ``ReplayError/usage(_:hint:)`` for what can't be read, ``ReplayError/no(_:)`` for events or sessions
    ///   that the journal doesn't hold.
    func range(in source: JournalSource, _ progress: ProgressBar) throws(ReplayError) -> EventLog.Range {
        try request().resolve(in: source, progress: progress.show)
    }

    private func request() throws(ReplayError) -> RangeRequest {
        try RangeRequest(
            from: from, through: through, since: since, until: until, session: session,
            gap: try sessions.milliseconds())
    }
}

extension RangeRequest {
    /// Reads what was typed; `from` is called `first` where an archive is read.
    ///
    /// - Throws: ``ReplayError/usage(_:hint:)`` for what can't be read.
    init(
        from: String?, through: String?, since: String?, until: String?, session: String?, gap: Int64
    ) throws(ReplayError) {
        self.init()
        if let from { self.from = try moment(from) }
        if let through { self.through = try moment(through) }
        if let since { self.since = try moment(since) }
        if let until { self.until = try moment(until) }
        if let session { self.session = try Session.parseNumber(session) }
        self.gap = gap
    }
}

/// What ends a session.
struct SessionArguments: ParsableArguments {
    private static let defaultGap = "2h"

    @Option(help: ArgumentHelp("A longer pause than this ends a session.", valueName: "length")) var gap = defaultGap

    /// Whether nothing else was asked for.
    var isDefault: Bool { gap == Self.defaultGap }

    /// The longest pause within a session.
    func milliseconds() throws(ReplayError) -> Int64 { try Session.parseGap(gap) }
}
