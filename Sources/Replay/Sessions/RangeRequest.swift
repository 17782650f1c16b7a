import Journal

/// A part of a journal as a person asks for it; every condition that is given must hold.
package struct RangeRequest: Sendable, Equatable {
    /// From this event on.
    ///
    /// Of a session: from its first event on; of a time: from the first event at or after it.
    package var from: Moment?
    /// Up to this event.
    package var through: Moment?
    /// From this time on.
    package var since: Moment?
    /// Up to this time.
    package var until: Moment?
    /// A session's number: 1 is the first, −1 the last.
    package var session: Int?
    /// The longest pause within a session, in milliseconds.
    package var gap = Session.defaultGap

    /// Everything, unless told otherwise.
    package init() {}

    /// The offsets that are meant.
    ///
    /// - Parameter progress: Told how much of the journal was looked through for sessions.
    /// - Throws: ``ReplayError/no(_:)`` for an event or a session that the journal doesn't hold.
    package func resolve(
        in source: JournalSource, progress: ProgressSink = { _ in }
    ) throws(ReplayError) -> EventLog.Range {
        var range = EventLog.Range()
        for moment in [from, since] {
            if let moment { range.from = max(range.from ?? .min, try first(moment, in: source, progress)) }
        }
        for moment in [through, until] {
            guard let moment else { continue }
            range.through = min(range.through ?? .max, try source.offset(of: moment, gap: gap, progress: progress))
        }
        if let session {
            let session = try source.session(session, gap: gap, progress: progress)
            range.from = max(range.from ?? .min, session.firstOffset)
            range.through = min(range.through ?? .max, session.lastOffset)
        }
        return range
    }

    /// The first event of a range that begins at a moment.
    private func first(
        _ moment: Moment, in source: JournalSource, _ progress: ProgressSink
    ) throws(ReplayError) -> Int64 {
        switch moment {
        case .time(let time):
            try source.offset(of: .time(JournalTime(milliseconds: time.milliseconds - 1))) + 1
        case .beginning, .newest: try source.offset(of: moment) + 1
        case .session(let number, let edge):
            // Who begins with an evening means all of it.
            try source.offset(of: .session(number, edge ?? .start), gap: gap, progress: progress) + 1
        case .offset, .fromEnd: try source.offset(of: moment)
        }
    }
}
