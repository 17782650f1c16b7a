import WallClock

/// A day as people type it; days are counted back from today.
struct DayText {
    let today: WallTime

    /// Midnight of the day that the words name; `nil` if they name none.
    ///
    /// - Parameter hasClock: Whether a clock time stands beside it: then `20.11` is a day, not a number.
    func day(_ words: [Substring], hasClock: Bool) -> WallTime? {
        switch words.count {
        case 1: return word(words[0], hasClock: hasClock)
        case 2 where words[0] == "last": return last(words[1])
        case 3 where words[2] == "ago": return ago(words[0], words[1])
        case 3 where words == ["day", "before", "yesterday"]: return today.daysLater(-2)
        default: return named(words) ?? dated(words, hasClock: hasClock)
        }
    }

    /// `last friday`, `last week`.
    private func last(_ word: Substring) -> WallTime? {
        if let weekday = Self.weekday(word) { return back(to: weekday, from: 1) }
        return ["week", "month", "year"].contains(word) ? ago("1", word) : nil
    }

    /// `Fri 2026-11-20`, as `sessions` prints it: the weekday must be that of the date behind it.
    private func dated(_ words: [Substring], hasClock: Bool) -> WallTime? {
        let date = Array(words.dropFirst())
        guard let weekday = words.first.flatMap(Self.weekday), date.joined().contains(where: \.isNumber),
            let day = day(date, hasClock: hasClock), day.weekday == weekday
        else { return nil }
        return day
    }

    private func word(_ word: Substring, hasClock: Bool) -> WallTime? {
        switch word {
        case "today": return today.midnight
        case "yesterday": return today.daysLater(-1)
        default: break
        }
        if let weekday = Self.weekday(word) { return back(to: weekday, from: 0) }
        if let match = word.wholeMatch(of: /(\d{4})([-\/])(\d\d?)\2(\d\d?)/) {
            return Self.day(year: match.1, month: match.3, day: match.4)
        }
        if let match = word.wholeMatch(of: /(\d\d?)\.(\d\d?)\.(\d{4})/) {
            return Self.day(year: match.3, month: match.2, day: match.1)
        }
        // With slashes some write the month first: a day that could be a month is not guessed at.
        if let match = word.wholeMatch(of: /(\d\d)\/(\d\d?)\/(\d{4})/), let day = Int(match.1), day > 12 {
            return Self.day(year: match.3, month: match.2, day: match.1)
        }
        if let match = word.wholeMatch(of: /(\d\d?)\.(\d\d?)(\.?)/), !match.3.isEmpty || hasClock {
            return latest(month: Int(match.2), day: Int(match.1))
        }
        return nil
    }

    /// `20 nov`, `nov 20`, `20 november 2026`, `nov 20th 2026`.
    private func named(_ words: [Substring]) -> WallTime? {
        guard words.count == 2 || words.count == 3 else { return nil }
        let monthFirst = Self.month(words[0]) != nil
        guard let month = Self.month(monthFirst ? words[0] : words[1]),
            let match = (monthFirst ? words[1] : words[0]).wholeMatch(of: /(\d\d?)(?:st|nd|rd|th|\.)?/),
            let day = Int(match.1)
        else { return nil }
        guard words.count == 3 else { return latest(month: month, day: day) }
        guard words[2].count == 4, words[2].isDigits, let year = Int(words[2]) else { return nil }
        return Self.valid(WallTime(year: year, month: month, day: day))
    }

    /// `2 days ago`, `a week ago`, `3 months ago`: the day, where an age would be the very minute.
    private func ago(_ amount: Substring, _ unit: Substring) -> WallTime? {
        let number = ["a", "an", "one"].contains(amount) ? 1 : amount.isDigits ? Int(amount) : nil
        guard let number, number <= 100_000 else { return nil }
        switch unit {
        case "day", "days": return today.daysLater(-number)
        case "week", "weeks": return today.daysLater(-7 * number)
        case "month", "months": return today.monthsEarlier(number)
        case "year", "years": return today.monthsEarlier(12 * number)
        default: return nil
        }
    }

    private func back(to weekday: Int, from least: Int) -> WallTime? {
        (least..<least + 7).lazy.map { today.daysLater(-$0) }.first { $0?.weekday == weekday } ?? nil
    }

    /// The last such day that isn't after today; a 29 February is at most eight years back.
    private func latest(month: Int?, day: Int?) -> WallTime? {
        guard let month, let day else { return nil }
        return (0...8).lazy.compactMap { back in
            Self.valid(WallTime(year: today.year - back, month: month, day: day))
        }.first { ($0.year, $0.month, $0.day) <= (today.year, today.month, today.day) }
    }

    private static func day(year: Substring, month: Substring, day: Substring) -> WallTime? {
        guard let year = Int(year), let month = Int(month), let day = Int(day) else { return nil }
        return valid(WallTime(year: year, month: month, day: day))
    }

    private static func valid(_ day: WallTime) -> WallTime? { day.isValid ? day : nil }

    /// 1 for `jan`, `january`; also `sept`.
    private static func month(_ word: Substring) -> Int? {
        let word = word.last == "." ? word.dropLast() : word
        let names = [
            "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november", "december",
        ]
        return names.firstIndex { $0 == word || $0.prefix(3) == word || (word == "sept" && $0.hasPrefix(word)) }
            .map { $0 + 1 }
    }

    /// 0 for `mon`, `monday`; also `tues`, `thur`, `thurs`.
    private static func weekday(_ word: Substring) -> Int? {
        let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        return names.firstIndex { $0 == word || $0.prefix(3) == word || (4...5 ~= word.count && $0.hasPrefix(word)) }
    }
}

extension WallTime {
    /// The same day's beginning.
    fileprivate var midnight: WallTime { WallTime(year: year, month: month, day: day) }

    /// Midnight of a day so many days later, whatever their length; `nil` outside the years 1 to 9999.
    func daysLater(_ count: Int) -> WallTime? {
        guard let milliseconds = LocalZone.utc.milliseconds(midnight) else { return nil }
        return LocalZone.utc.reading(milliseconds + Int64(count) * 86_400_000)?.wall
    }

    /// Midnight of the same day so many months earlier, or of that month's last day.
    fileprivate func monthsEarlier(_ count: Int) -> WallTime? {
        let months = year * 12 + month - 1 - count
        guard months >= 12 else { return nil }
        let (year, month) = (months / 12, months % 12 + 1)
        return WallTime(year: year, month: month, day: min(day, Self.days(inMonth: month, of: year)))
    }

    /// 0 for Monday.
    var weekday: Int? {
        guard let milliseconds = LocalZone.utc.milliseconds(midnight) else { return nil }
        // 1970-01-01 was a Thursday.
        return Int(((milliseconds / 86_400_000 + 3) % 7 + 7) % 7)
    }
}
