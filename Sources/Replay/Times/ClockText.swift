import WallClock

/// What a clock shows, as people type it.
struct ClockText: Equatable {
    let hour: Int
    private let minute: Int
    private let second: Int
    private let millisecond: Int

    static let midnight = ClockText(hour: 0)

    init(hour: Int, minute: Int = 0, second: Int = 0, millisecond: Int = 0) {
        self.hour = hour
        self.minute = minute
        self.second = second
        self.millisecond = millisecond
    }

    /// That time of a day, which may be one that no clock shows (25:00); 24:00 is the next day's midnight.
    func on(_ day: WallTime) -> WallTime {
        if self == ClockText(hour: 24), let next = day.daysLater(1) { return next }
        return WallTime(
            year: day.year, month: day.month, day: day.day, hour: hour, minute: minute, second: second,
            millisecond: millisecond)
    }

    /// The clock time among some words, which stands first or last, and the other words.
    static func taken(from words: [Substring]) -> (clock: ClockText?, rest: [Substring]) {
        for count in [2, 1] where words.count >= count {
            let (first, last) = (one(words.prefix(count)), one(words.suffix(count)))
            if let clock = ClockText(last[...]) { return (clock, Array(words.dropLast(count))) }
            if let clock = ClockText(first[...]) { return (clock, Array(words.dropFirst(count))) }
        }
        // `2026-11-20 21.30`: by itself, or before a day, it would be one.
        if words.count > 1, let last = words.last, last.wholeMatch(of: /\d\d?\.\d\d/) != nil,
            let clock = ClockText(last.replacing(".", with: ":")[...])
        {
            return (clock, Array(words.dropLast()))
        }
        return (nil, words)
    }

    /// A word, or the two of `9 pm`; what stands before another clock time is a day (`9.3. 5pm`).
    private static func one(_ words: ArraySlice<Substring>) -> String {
        guard words.count == 2, let half = words.last, !["am", "pm"].contains(half) else { return words.joined() }
        return ""
    }

    /// `21:30`, `21:30:12`, `21:30:12.5`, `9pm`, `9:30pm`, `9.30pm`, `noon`, `midnight`; a number by itself is none.
    private init?(_ text: Substring) {
        switch text {
        case "noon": self.init(hour: 12)
        case "midnight": self.init(hour: 0)
        default:
            let half = text.hasSuffix("am") ? 0 : text.hasSuffix("pm") ? 12 : nil
            let plain = half == nil ? text : text.dropLast(2)
            // A point in front of minutes, as two digits: anything else might be meant for a day. One in front of parts
            // of a second stays.
            let isPointed = half != nil && plain.wholeMatch(of: /\d\d?\.\d\d/) != nil
            let clock = isPointed ? plain.replacing(".", with: ":")[...] : plain
            guard half != nil || clock.contains(":"), let match = clock.wholeMatch(of: Self.pattern),
                let hour = Int(match.1), let minute = Int(match.2 ?? "0"), let second = Int(match.3 ?? "0"),
                let millisecond = Int(((match.4 ?? "").prefix(3) + "000").prefix(3))
            else { return nil }
            guard let half else {
                self.init(hour: hour, minute: minute, second: second, millisecond: millisecond)
                return
            }
            guard (1...12).contains(hour) else { return nil }
            self.init(hour: hour % 12 + half, minute: minute, second: second, millisecond: millisecond)
        }
    }

    private static var pattern: Regex<(Substring, Substring, Substring?, Substring?, Substring?)> {
        /(\d\d?)(?::(\d\d?)(?::(\d\d?)(?:\.(\d+))?)?)?/
    }
}
