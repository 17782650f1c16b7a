import Journal

/// One evening: events of which none came long after the one before it.
package struct Session: Sendable, Equatable {
    /// 1 for the first that the journal holds.
    package let number: Int
    package let firstOffset: Int64
    package let lastOffset: Int64
    /// The first event's time.
    package let start: JournalTime
    /// The last event's time.
    package let end: JournalTime

    /// The longest pause within a session unless somebody says otherwise: two hours, in milliseconds.
    package static let defaultGap: Int64 = 7_200_000

    /// How many events there are.
    package var eventCount: Int64 { lastOffset - firstOffset + 1 }

    /// From the first event to the last, in milliseconds.
    package var length: Int64 { end.milliseconds - start.milliseconds }
}

/// Either end of a session.
package enum SessionEdge: Sendable, Equatable {
    /// Before its first event.
    case start
    /// After its last event.
    case end
}

extension Session {
    /// One of all sessions by its number: 1 is the first, −1 the last.
    ///
    /// - Throws: ``ReplayError/no(_:)`` if there is none of that number.
    package static func pick(_ number: Int, of sessions: [Session]) throws(ReplayError) -> Session {
        let index = number > 0 ? number - 1 : sessions.count + number
        guard sessions.indices.contains(index) else {
            let held = sessions.isEmpty ? "no events yet" : Units.plural(sessions.count, "session")
            throw .no("there is no session \(number): this journal holds \(held)")
        }
        return sessions[index]
    }

    /// Reads the longest pause within a session: `2h`, `90 min`, `1d`.
    ///
    /// - Returns: Milliseconds.
    /// - Throws: ``ReplayError/usage(_:hint:)`` for anything else, and for nothing at all.
    package static func parseGap(_ text: String) throws(ReplayError) -> Int64 {
        guard let gap = AgeText.milliseconds(text.lowercased()[...]), gap > 0 else {
            throw .usage("'\(printable(text))' is no length of a pause", hint: "Give one like 2h, 90min or 1d.")
        }
        return gap
    }

    /// Reads a session's number: `3`, or counted from the last, `-1`.
    ///
    /// - Throws: ``ReplayError/usage(_:hint:)`` for anything else; there is no session 0.
    package static func parseNumber(_ text: String) throws(ReplayError) -> Int {
        guard let number = number(text) else {
            throw .usage(
                "'\(printable(text))' is no number of a session",
                hint: "1 is the first, -1 the last, -2 the one before it; `spell-replay sessions` lists them.")
        }
        return number
    }

    /// The number that a text says; `nil` for 0 and for what is none.
    static func number(_ text: some StringProtocol) -> Int? {
        guard let number = Int(text.replacingMinusSigns()), number != 0, number != .min, text.first != "+" else {
            return nil
        }
        return number
    }
}
