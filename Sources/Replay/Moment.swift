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
}

extension Moment {
    /// What ``parse(_:now:zone:)`` understands, for help texts and errors.
    package static let forms = """
        an offset (17), counted from the end (-1 is the newest event), a time (2026-11-23T06:40:00Z, \
        '2026-11-23 06:40', 06:40, 'yesterday 21:30'), an age (-2h, -90m, -1d12h), or: start, now
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
        if let moment = number(typed) ?? age(typed, now: now) { return moment }
        if let time = JournalTime(rfc3339: typed.uppercased()) { return .time(time) }
        if let time = wallTime(typed, now: now, zone: zone) { return .time(time) }
        throw .usage("'\(text)' is no offset and no time", hint: "Give \(forms).")
    }

    /// `17`, `-1`; the minus counts from the end.
    private static func number(_ text: String) -> Moment? {
        guard let number = Int64(text), text.first != "+" else { return nil }
        guard text.first == "-" else { return .offset(number) }
        // The lowest number has no positive counterpart.
        return number == 0 || number == .min ? nil : .fromEnd(-number)
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

    /// `2026-11-23 06:40:12.5`, `2026-11-23`, `06:40`, `yesterday 21:30`, `today`.
    private static func wallTime(_ text: String, now: JournalTime, zone: LocalZone) -> JournalTime? {
        let parts = text.lowercased().split(maxSplits: 1, whereSeparator: { $0 == " " || $0 == "t" })
        guard let first = parts.first, let today = zone.reading(now.milliseconds)?.wall else { return nil }
        // "today" and "yesterday" hold a t: take the words before the split at t.
        for (word, daysBack) in [("today", 0), ("yesterday", 1)] where text.lowercased().hasPrefix(word) {
            let clock = text.dropFirst(word.count).trimmingSpaces()
            return instant(day: midnight(today, daysBack: daysBack, zone: zone), clock: clock, zone: zone)
        }
        if parts.count == 1, let clock = WallTime(clock: first, on: today) { return instant(clock, zone: zone) }
        guard let day = WallTime(day: first) else { return nil }
        return instant(day: day, clock: parts.count == 2 ? String(parts[1]) : "", zone: zone)
    }

    private static func instant(day: WallTime?, clock: String, zone: LocalZone) -> JournalTime? {
        guard let day else { return nil }
        guard !clock.isEmpty else { return instant(day, zone: zone) }
        return WallTime(clock: Substring(clock), on: day).flatMap { instant($0, zone: zone) }
    }

    private static func instant(_ wall: WallTime, zone: LocalZone) -> JournalTime? {
        guard wall.isValid, let milliseconds = zone.milliseconds(wall) else { return nil }
        return JournalTime(milliseconds: milliseconds)
    }

    /// The start of the day `daysBack` days before; goes by noon, so that a day of 23 or 25 hours is one day.
    private static func midnight(_ today: WallTime, daysBack: Int, zone: LocalZone) -> WallTime? {
        var noon = today
        (noon.hour, noon.minute, noon.second, noon.millisecond) = (12, 0, 0, 0)
        guard let instant = zone.milliseconds(noon) else { return nil }
        guard var day = zone.reading(instant - Int64(daysBack) * 86_400_000)?.wall else { return nil }
        (day.hour, day.minute, day.second, day.millisecond) = (0, 0, 0, 0)
        return day
    }
}

extension WallTime {
    /// Midnight of `2026-11-23`.
    fileprivate init?(day text: Substring) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts.allSatisfy(\.isDigits),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// `06:40`, `06:40:12` or `06:40:12.345` on the day of another wall time.
    fileprivate init?(clock text: Substring, on day: WallTime) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3 else { return nil }
        let seconds = parts.count == 3 ? parts[2].split(separator: ".", omittingEmptySubsequences: false) : ["0"]
        guard seconds.count <= 2, (parts[0...1] + seconds).allSatisfy(\.isDigits),
            let hour = Int(parts[0]), let minute = Int(parts[1]), let second = Int(seconds[0])
        else { return nil }
        let fraction = seconds.count == 2 ? (String(seconds[1].prefix(3)) + "00").prefix(3) : "0"
        self.init(
            year: day.year, month: day.month, day: day.day, hour: hour, minute: minute, second: second,
            millisecond: Int(fraction) ?? 0)
    }
}

extension Substring {
    /// Whether there is something and all of it is an ASCII digit.
    fileprivate var isDigits: Bool {
        !isEmpty && utf8.allSatisfy { (0x30...0x39).contains($0) }
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
