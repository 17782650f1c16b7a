import Journal
import WallClock

/// A time as people type it: a day and what the clock showed, in a zone.
///
/// Both may stand first. Without a clock the day's midnight is meant, without a day today; a day without a year is the last
/// one that wasn't after today. Where a clock time came twice, its first time is meant unless the zone's short name is there
/// (`02:30 CET`); one that was skipped is moved past the gap.
struct TimeText {
    let now: JournalTime
    /// The zone of times that name none.
    let zone: LocalZone

    /// The time that a text says; `nil` if it says none.
    func time(_ text: String) -> JournalTime? {
        if text.first == "@" { return Self.unixTime(text.dropFirst()) }
        var words = Self.words(text)
        let suffix = words.last.flatMap { ZoneText($0, of: zone) }
        if suffix != nil { words.removeLast() }
        guard !words.isEmpty else { return nil }
        return withZone(suffix).time(words, suffix)
    }

    /// With day names counted in the zone that was named.
    private func withZone(_ suffix: ZoneText?) -> TimeText {
        guard case .shifted(let minutes)? = suffix else { return self }
        return TimeText(now: now, zone: .utc(plus: minutes))
    }

    private func time(_ words: [Substring], _ suffix: ZoneText?) -> JournalTime? {
        guard let today = zone.reading(now.milliseconds)?.wall else { return nil }
        let (clock, dayWords) = ClockText.taken(from: words)
        // A zone belongs to a clock time.
        guard clock != nil || suffix == nil else { return nil }
        guard let wall = wall(dayWords, clock, today: today), wall.isValid else { return nil }
        guard let milliseconds = instant(wall, suffix) else { return nil }
        return JournalTime(milliseconds: milliseconds)
    }

    private func wall(_ words: [Substring], _ clock: ClockText?, today: WallTime) -> WallTime? {
        let (part, dayWords) = DayPart.taken(from: words)
        let day = dayWords.isEmpty ? today : DayText(today: today).day(dayWords, hasClock: clock != nil)
        guard let part else { return day.map { (clock ?? .midnight).on($0) } }
        let clock = clock ?? part.start
        guard let later = part.daysLater(clock.hour) else { return nil }
        return day?.daysLater(later).map { clock.on($0) }
    }

    private func instant(_ wall: WallTime, _ suffix: ZoneText?) -> Int64? {
        guard case .named(let name)? = suffix else { return zone.milliseconds(wall) }
        return zone.instants(of: wall).first { zone.reading($0)?.zoneName.lowercased() == name }
    }

    /// Lower case, without commas, `at`, `on` and `the`; the day and the clock of `2026-11-20T21:30` stand apart.
    private static func words(_ text: String) -> [Substring] {
        var words: [Substring] = []
        for word in text.lowercased().split(whereSeparator: { $0.isWhitespace || $0 == "," }) {
            guard let clock = word.firstIndex(of: "t"), word[..<clock].wholeMatch(of: /\d{4}-\d\d?-\d\d?/) != nil else {
                words += separated(word)
                continue
            }
            words.append(word[..<clock])
            words += separated(word[word.index(after: clock)...])
        }
        return words.filter { !["at", "on", "the"].contains($0) }
    }

    /// `21:30z` and `21:30+01:00` as two words.
    private static func separated(_ word: Substring) -> [Substring] {
        guard word.contains(":"), let zone = word.dropFirst().firstIndex(where: { "z+-".contains($0) }) else {
            return [word]
        }
        return [word[..<zone], word[zone...]]
    }

    /// `@1795435200`: seconds since 1970, as `date` has it.
    private static func unixTime(_ text: Substring) -> JournalTime? {
        guard text.isDigits, let seconds = Int64(text), seconds < 1 << 40 else { return nil }
        return JournalTime(milliseconds: seconds * 1000)
    }
}

/// The zone that stands after a clock time.
enum ZoneText: Equatable {
    /// So many minutes ahead of UTC.
    case shifted(Int)
    /// The short name of what was in force then, in lower case: of two times of an hour that comes twice it tells one.
    case named(String)

    /// `z`, `utc`, `gmt`, `+01:00`, `-0530`, or a short name that the zone itself uses.
    init?(_ word: Substring, of zone: LocalZone) {
        if ["z", "utc", "gmt"].contains(word) {
            self = .shifted(0)
        } else if let match = word.wholeMatch(of: /([+-])(\d\d):?(\d\d)/), let hours = Int(match.2),
            let minutes = Int(match.3), hours <= 23, minutes <= 59
        {
            self = .shifted((match.1 == "-" ? -1 : 1) * (hours * 60 + minutes))
        } else if zone.usesName(word) {
            self = .named(String(word))
        } else {
            return nil
        }
    }
}

extension LocalZone {
    /// So many minutes ahead of UTC the whole year.
    fileprivate static func utc(plus minutes: Int) -> LocalZone {
        LocalZone(reading: { LocalZone.utc.reading($0 + Int64(minutes) * 60_000) })
    }

    /// Whether a short name, in lower case, is in force at the middle of some month of 2026.
    ///
    /// Names change less than rules do.
    fileprivate func usesName(_ name: Substring) -> Bool {
        (1...12).contains { month in
            let instant = milliseconds(WallTime(year: 2026, month: month, day: 15))
            return instant.flatMap { reading($0)?.zoneName.lowercased() } == String(name)
        }
    }
}

extension Substring {
    /// Whether there is something and all of it is an ASCII digit.
    var isDigits: Bool {
        !isEmpty && utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
