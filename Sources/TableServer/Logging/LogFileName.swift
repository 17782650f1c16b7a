import WallClock

/// A log file's name: `spelltable_2026-11-23.log`, and `spelltable_2026-11-23.2.log` and so on where a day has more than
/// fits into one.
package struct LogFileName: Sendable, Hashable, Comparable {
    /// The local day, `2026-11-23`.
    package let date: String
    /// From 1.
    package let part: Int

    /// A name out of its parts.
    package init(date: String, part: Int = 1) {
        self.date = date
        self.part = part
    }

    /// Reads a name; nil for any other file's.
    package init?(_ text: String) {
        let pattern = /spelltable_([0-9]{4})-([0-9]{2})-([0-9]{2})(?:\.([1-9][0-9]{0,8}))?\.log/
        guard let match = text.wholeMatch(of: pattern), let year = Int(match.1), let month = Int(match.2),
            let day = Int(match.3)
        else { return nil }
        let wall = WallTime(year: year, month: month, day: day)
        self.init(date: wall.dayText, part: match.4.flatMap { Int($0) } ?? 1)
        // So `….1.log` is none either.
        guard wall.isValid, self.text == text else { return nil }
    }

    /// While it is written, and until it is compressed.
    package var text: String { part == 1 ? "spelltable_\(date).log" : "spelltable_\(date).\(part).log" }

    /// Once it is compressed.
    package var compressed: String { text + Self.compressedEnding }

    /// While it is being compressed.
    package var unfinished: String { compressed + Self.unfinishedEnding }

    static let compressedEnding = ".gz"
    static let unfinishedEnding = ".tmp"

    /// The day's next file.
    package var next: LogFileName { LogFileName(date: date, part: part + 1) }

    /// Days from 1970 to it.
    package var dayNumber: Int64? {
        let numbers = date.split(separator: "-").compactMap { Int($0) }
        guard numbers.count == 3 else { return nil }
        let wall = WallTime(year: numbers[0], month: numbers[1], day: numbers[2])
        return LocalZone.utc.milliseconds(wall).map { $0 / 86_400_000 }
    }

    package static func < (left: LogFileName, right: LogFileName) -> Bool {
        (left.date, left.part) < (right.date, right.part)
    }
}
