import Journal

extension JournalSource {
    /// The journal's sessions, oldest first.
    ///
    /// Times never go back, so a frame that the next one follows within the gap holds no pause: only the frames
    /// around pauses, and the last one, are unpacked.
    /// - Parameter gap: The longest pause within a session, in milliseconds.
    package func sessions(
        gap: Int64 = Session.defaultGap, progress: ProgressSink = { _ in }
    ) throws(ReplayError) -> [Session] {
        do throws(JournalError) {
            return try findSessions(gap, progress)
        } catch {
            throw ReplayError(error)
        }
    }

    private func findSessions(_ gap: Int64, _ progress: ProgressSink) throws(JournalError) -> [Session] {
        let frames = try reader.frames()
        var splitter = SessionSplitter(gap: gap)
        var sessions: [Session] = []
        let total = frames.reduce(0) { $0 + $1.storedByteCount }
        var done: Int64 = 0
        for (index, frame) in frames.enumerated() {
            let following = index + 1 < frames.count ? frames[index + 1] : nil
            if let following, following.time.milliseconds - frame.time.milliseconds <= gap {
                if let ended = splitter.take(frame.offset, at: frame.time) { sessions.append(ended) }
            } else {
                let end = following.map { $0.offset - 1 } ?? .max
                try forEachTime(from: frame.offset, through: end) { offset, time in
                    if let ended = splitter.take(offset, at: time) { sessions.append(ended) }
                }
            }
            done += frame.storedByteCount
            progress(ProgressStep(title: "Finding sessions", done: done, total: total, unit: .bytes))
        }
        if let ended = splitter.finish() { sessions.append(ended) }
        return sessions
    }

    private func forEachTime(
        from first: Int64, through last: Int64, _ body: (Int64, JournalTime) -> Void
    ) throws(JournalError) {
        var cursor = reader.cursor(from: first, through: CommittedLimit(newestOffset: last))
        while let chunk = try cursor.next() {
            try chunk.forEachLine { offset, line throws(JournalError) in
                body(offset, try EventEnvelope.parse(line).time)
            }
        }
    }

    /// One session by its number: 1 is the first, −1 the last.
    ///
    /// - Throws: ``ReplayError/no(_:)`` if there is none of that number.
    package func session(
        _ number: Int, gap: Int64 = Session.defaultGap, progress: ProgressSink = { _ in }
    ) throws(ReplayError) -> Session {
        try Session.pick(number, of: try sessions(gap: gap, progress: progress))
    }

    /// The sessions that have an event in a range, cut to it: they begin and end with events of the range.
    func sessions(
        gap: Int64, progress: ProgressSink, within range: ClosedRange<Int64>
    ) throws(ReplayError) -> [Session] {
        var cut: [Session] = []
        for session in try sessions(gap: gap, progress: progress)
        where session.lastOffset >= range.lowerBound && session.firstOffset <= range.upperBound {
            let first = max(session.firstOffset, range.lowerBound)
            let last = min(session.lastOffset, range.upperBound)
            cut.append(
                Session(
                    number: session.number, firstOffset: first, lastOffset: last,
                    start: first == session.firstOffset ? session.start : try event(at: first).envelope.time,
                    end: last == session.lastOffset ? session.end : try event(at: last).envelope.time))
        }
        return cut
    }
}
