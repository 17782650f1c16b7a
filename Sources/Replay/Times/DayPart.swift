import WallClock

/// A part of a day, as people say it behind the day's name: `yesterday evening`, `last night`, `this morning`.
///
/// By itself it means its beginning; the clock time beside it must be one of its own, since who says `yesterday evening
/// 9:30` doesn't mean the morning.
enum DayPart: String {
    case morning, afternoon, evening, night

    /// When it begins.
    var start: ClockText {
        switch self {
        case .morning: ClockText(hour: 6)
        case .afternoon: ClockText(hour: 12)
        case .evening, .night: ClockText(hour: 18)
        }
    }

    /// How many days after the one that names it an hour of it is; nil if it has no such hour.
    ///
    /// A night's small hours belong to the next day.
    func daysLater(_ hour: Int) -> Int? {
        switch self {
        case .morning: hour < 12 ? 0 : nil
        case .afternoon: (12..<19).contains(hour) ? 0 : nil
        case .evening: (16..<24).contains(hour) ? 0 : nil
        case .night: (17..<24).contains(hour) ? 0 : hour < 6 ? 1 : nil
        }
    }

    /// The part that some words end with, and the words for its day.
    static func taken(from words: [Substring]) -> (part: DayPart?, day: [Substring]) {
        if words == ["tonight"] { return (.evening, ["today"]) }
        guard words.count > 1, let part = words.last.flatMap({ DayPart(rawValue: String($0)) }) else {
            return (nil, words)
        }
        switch (words[0], words.count) {
        case ("this", 2): return (part, ["today"])
        case ("last", 2): return part == .night ? (part, ["yesterday"]) : (nil, words)
        default: return (part, words.dropLast())
        }
    }
}
