/// A moment in UTC with milliseconds, as events carry it.
///
/// Years 0000 to 9999; leap seconds are not known (RFC 3339, 5.7).
package struct JournalTime: Sendable, Comparable, Hashable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let milliseconds: Int64

    /// 1970-01-01, before every event.
    package static let epoch = JournalTime(milliseconds: 0)

    /// Bounds of the four-digit years, so that ``rfc3339`` always has 24 bytes.
    private static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// Values outside the years 0000 to 9999 are moved to the nearest end.
    package init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, Self.range.lowerBound), Self.range.upperBound)
    }

    package static func < (left: JournalTime, right: JournalTime) -> Bool { left.milliseconds < right.milliseconds }

    package var description: String { self.rfc3339 }

    /// Reads `2026-11-23T06:40:00.016Z`; also other fractions (cut to milliseconds), none, and offsets like `+01:00`.
    package init?(rfc3339 text: String) {
        self.init(rfc3339: Array(text.utf8).span)
    }

    /// The same over bytes.
    package init?(rfc3339 bytes: Span<UInt8>) {
        guard bytes.count >= 20, bytes[4] == .dash, bytes[7] == .dash, bytes[13] == .colon, bytes[16] == .colon,
            bytes[10] | 0x20 == UInt8(ascii: "t"),
            let year = number(bytes, 0..<4), let month = number(bytes, 5..<7), let day = number(bytes, 8..<10),
            let hour = number(bytes, 11..<13), let minute = number(bytes, 14..<16),
            let second = number(bytes, 17..<19),
            1...12 ~= month, day >= 1, day <= daysInMonth(month, ofYear: year), hour <= 23, minute <= 59, second <= 59
        else { return nil }
        var position = 19
        guard let fraction = readFraction(bytes, &position), let offset = readOffset(bytes, &position),
            position == bytes.count
        else { return nil }
        let minutes = Int64(hour * 60 + minute - offset)
        let days = daysSinceEpoch(year: year, month: month, day: day)
        let milliseconds = ((days * 1440 + minutes) * 60 + Int64(second)) * 1000 + Int64(fraction)
        guard Self.range.contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }

    /// Reads the one form that lines have, ``rfc3339``, of 24 bytes; the quick way on replay.
    init?(ofLine bytes: Span<UInt8>) {
        guard bytes.count == 24 else { return nil }
        let date = DigitWord(bytes, at: 0, template: 0x2D30_302D_3030_3030)  // 0000-00-
        let clock = DigitWord(bytes, at: 8, template: 0x3030_3A30_3054_3030)  // 00T00:00
        let rest = DigitWord(bytes, at: 16, template: 0x5A30_3030_2E30_303A)  // :00.000Z
        let (year, month, day) = (date.pair(at: 0) &* 100 &+ date.pair(at: 2), date.pair(at: 5), clock.pair(at: 0))
        let (hour, minute, second) = (clock.pair(at: 3), clock.pair(at: 6), rest.pair(at: 1))
        guard date.invalid | clock.invalid | rest.invalid == 0, 1...12 ~= month, day >= 1,
            day <= daysInMonth(month, ofYear: year), hour <= 23, minute <= 59, second <= 59
        else { return nil }
        let millisecond = rest.pair(at: 4) &* 10 &+ rest.digit(at: 6)
        let seconds = (daysSinceEpoch(year: year, month: month, day: day) * 24 + Int64(hour)) * 3600
        self.milliseconds = (seconds + Int64(minute * 60 + second)) * 1000 + Int64(millisecond)
    }

    /// `2026-11-23T06:40:00.016Z`, always 24 bytes.
    package var rfc3339: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        self.write(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends ``rfc3339``.
    func write(into bytes: inout [UInt8]) {
        let (days, rest) = self.milliseconds.flooredDivision(by: 86_400_000)
        let date = civilDate(daysSinceEpoch: days)
        let time = Int(rest)
        appendDigits(date.year, 4, .dash, &bytes)
        appendDigits(date.month, 2, .dash, &bytes)
        appendDigits(date.day, 2, UInt8(ascii: "T"), &bytes)
        appendDigits(time / 3_600_000, 2, .colon, &bytes)
        appendDigits(time / 60_000 % 60, 2, .colon, &bytes)
        appendDigits(time / 1000 % 60, 2, UInt8(ascii: "."), &bytes)
        appendDigits(time % 1000, 3, UInt8(ascii: "Z"), &bytes)
    }
}

/// Eight bytes of a time, read at once: byte by byte, a line's time was a third of what reading the line costs.
private struct DigitWord {
    /// Not zero where a byte isn't what the template wants.
    let invalid: UInt64
    /// In each byte the digit that stands there.
    private let digits: UInt64
    /// In each byte the number that its digit makes with the next one.
    private let pairs: UInt64

    /// - Parameter template: The wanted bytes, the first one lowest, with `0` for any digit.
    init(_ bytes: Span<UInt8>, at offset: Int, template: UInt64) {
        let difference = littleEndian64(bytes, at: offset) ^ template
        // Marks have to be the same: of the bytes that templates have, they are those but 0x30.
        let marks = ((template ^ 0x3030_3030_3030_3030) &+ 0x7F7F_7F7F_7F7F_7F7F) & 0x8080_8080_8080_8080
        self.invalid = nonDigits(difference) | (difference & ((marks &>> 7) &* 0xFF))
        self.digits = difference
        self.pairs = difference &* 10 &+ (difference &>> 8)
    }

    func digit(at index: Int) -> Int { Int(truncatingIfNeeded: (self.digits &>> (8 &* UInt64(index))) & 0xFF) }

    func pair(at index: Int) -> Int { Int(truncatingIfNeeded: (self.pairs &>> (8 &* UInt64(index))) & 0xFF) }
}

/// Where the journal's times come from: the system's clock, or a test's.
package typealias JournalClock = @Sendable () -> JournalTime

extension UInt8 {
    fileprivate static var dash: UInt8 { UInt8(ascii: "-") }
    fileprivate static var colon: UInt8 { UInt8(ascii: ":") }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = self.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private func appendDigits(_ value: Int, _ width: Int, _ end: UInt8, _ bytes: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<width { divisor *= 10 }
    while divisor > 0 {
        bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
        divisor /= 10
    }
    bytes.append(end)
}

private func number(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    var value = 0
    for index in range {
        let digit = bytes[index] &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        value = value * 10 + Int(digit)
    }
    return value
}

/// The milliseconds of `.123456`; 0 where there is no fraction; nil where a point stands without digits.
private func readFraction(_ bytes: Span<UInt8>, _ position: inout Int) -> Int? {
    guard position < bytes.count, bytes[position] == UInt8(ascii: ".") else { return 0 }
    position += 1
    let start = position
    var milliseconds = 0
    while position < bytes.count, bytes[position] &- UInt8(ascii: "0") <= 9 {
        if position - start < 3 { milliseconds = milliseconds * 10 + Int(bytes[position] - UInt8(ascii: "0")) }
        position += 1
    }
    guard position > start else { return nil }
    for _ in 0..<max(0, 3 - (position - start)) { milliseconds *= 10 }
    return milliseconds
}

/// The minutes of `Z`, `+01:00` or `-02:30`.
private func readOffset(_ bytes: Span<UInt8>, _ position: inout Int) -> Int? {
    guard position < bytes.count else { return nil }
    let sign = bytes[position]
    if sign | 0x20 == UInt8(ascii: "z") {
        position += 1
        return 0
    }
    guard sign == UInt8(ascii: "+") || sign == .dash, position + 6 <= bytes.count, bytes[position + 3] == .colon,
        let hours = number(bytes, position + 1..<position + 3),
        let minutes = number(bytes, position + 4..<position + 6),
        hours <= 23, minutes <= 59
    else { return nil }
    position += 6
    return (sign == .dash ? -1 : 1) * (hours * 60 + minutes)
}

private func daysInMonth(_ month: Int, ofYear year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar (years counted from March, so that leap days come last).
private func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int64 {
    let marchYear = Int64(month <= 2 ? year - 1 : year)
    let (era, yearOfEra) = marchYear.flooredDivision(by: 400)
    let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

/// The inverse of ``daysSinceEpoch(year:month:day:)``.
private func civilDate(daysSinceEpoch days: Int64) -> (year: Int, month: Int, day: Int) {
    let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
    let year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    return (year, month, Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1))
}
