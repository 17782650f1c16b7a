import Journal
import WallClock

/// A place in a table's history as a person names it.
package enum Moment: Sendable, Equatable {
    /// After the event with this offset; −1 stands before the first event of a whole journal.
    case offset(Int64)
    /// Counted from the end: 1 is after the newest event, 2 after the one before it.
    case fromEnd(Int64)
    /// After the last event whose time is not later than this.
    case time(JournalTime)
    /// After the newest event.
    case newest
    /// Before the first event that the journal holds.
    case beginning
    /// After the last event of a session, or before its first; 1 is the first session, −1 the last.
    ///
    /// Without an edge the end is meant, but where a range begins.
    case session(Int, SessionEdge?)
}

extension Moment {
    /// The event that stands so far from the end: 1 is the newest.
    ///
    /// - Parameters:
    ///   - first: The first event that is kept; the moment before it has no such number.
    ///   - newest: The newest one; less than `first` where there is none.
    /// - Throws: ``ReplayError/no(_:)``, with the number as it was typed, for one from before the first event.
    package static func offset(fromEnd count: Int64, first: Int64, newest: Int64) throws(ReplayError) -> Int64 {
        guard count <= newest - first + 1 else { throw .noEvent(-count, first: first, newest: newest) }
        return newest + 1 - count
    }

    /// What ``parse(_:now:zone:)`` understands, for help texts and errors.
    package static let forms = """
        an offset (17), counted from the end (-1 is the newest event), a time (21:30, 'yesterday 21:30', \
        'last friday 9:30 pm', 'last night 1:30', '20 Nov 21:30', 20.11.2026, '2026-11-20 21:30', 2026-11-23T06:40:00Z), an age (-2h, \
        -1d12h, '2 hours ago'), a session's end or start (session:3, session:-1:start), or: start, now
        """

    /// Reads a moment.
    ///
    /// - Parameters:
    ///   - text: As typed. A leading U+2212 counts as a minus sign.
    ///   - now: What ages and day names are counted from.
    ///   - zone: The zone of times that name none.
    /// - Throws: ``ReplayError/usage(_:hint:)`` with all the forms there are.
    package static func parse(_ text: String, now: JournalTime, zone: LocalZone) throws(ReplayError) -> Moment {
        let typed = text.trimmingSpaces().replacingMinusSigns()
        switch typed.lowercased() {
        case "now", "newest", "end", "head": return .newest
        case "start", "beginning": return .beginning
        default: break
        }
        if let moment = number(typed) ?? age(typed, now: now) ?? session(typed) { return moment }
        if let time = JournalTime(rfc3339: typed.uppercased()) { return .time(time) }
        if let time = TimeText(now: now, zone: zone).time(typed) { return .time(time) }
        throw .usage("'\(text)' is no offset and no time", hint: "Give \(forms).")
    }

    /// `17`, `-1`; the minus counts from the end.
    private static func number(_ text: String) -> Moment? {
        guard let number = Int64(text), text.first != "+" else { return nil }
        guard text.first == "-" else { return .offset(number) }
        // The lowest number has no positive counterpart.
        return number == 0 || number == .min ? nil : .fromEnd(-number)
    }

    /// `session:3`, `session 3`, `session:-1:start`, `session 2 end`.
    private static func session(_ text: String) -> Moment? {
        var words = text.lowercased().split { $0 == ":" || $0.isWhitespace }
        guard words.count >= 2, words.removeFirst() == "session", let number = Session.number(words.removeFirst())
        else { return nil }
        switch words {
        case []: return .session(number, nil)
        case ["start"]: return .session(number, .start)
        case ["end"]: return .session(number, .end)
        default: return nil
        }
    }

    /// `-2h`, `-1d12h`, `-90 min`, also without the minus and with `ago`.
    private static func age(_ text: String, now: JournalTime) -> Moment? {
        var rest = Substring(text.lowercased())
        let said = rest.hasPrefix("-")
        if said { rest = rest.dropFirst() }
        let ago = rest.hasSuffix("ago")
        if ago { rest = rest.dropLast(3) }
        guard said || ago, let milliseconds = AgeText.milliseconds(rest) else { return nil }
        return .time(JournalTime(milliseconds: now.milliseconds - milliseconds))
    }
}

extension StringProtocol {
    /// Without the white space around it.
    func trimmingSpaces() -> String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return String(rest)
    }

    /// With ASCII minus signs for U+2212, which the command line uses to carry negative numbers past the option parser.
    package func replacingMinusSigns() -> String {
        String(map { $0 == "\u{2212}" ? "-" : $0 })
    }
}
