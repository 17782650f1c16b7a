import Journal
import Testing
import WallClock

@testable import Replay

@Suite struct MomentTests {
    /// Monday 2026-11-23 12:00:00 UTC.
    private let now = JournalTime(milliseconds: 1_795_435_200_000)

    private func parse(_ text: String, zone: LocalZone = .utc) throws -> Moment {
        try Moment.parse(text, now: now, zone: zone)
    }

    private func time(_ rfc3339: String) throws -> Moment {
        .time(try #require(JournalTime(rfc3339: rfc3339)))
    }

    @Test func `the test's now is the moment that it says`() {
        #expect(now.rfc3339 == "2026-11-23T12:00:00.000Z")
    }

    @Test func `whole numbers are offsets, negative ones count from the end`() throws {
        #expect(try parse("0") == .offset(0))
        #expect(try parse(" 17 ") == .offset(17))
        #expect(try parse("-1") == .fromEnd(1))
        #expect(try parse("\u{2212}12") == .fromEnd(12))
    }

    /// Its negation overflowed, which is a crash; found by fuzzing.
    @Test func `the lowest number there is, is refused like any other nonsense`() {
        #expect(throws: ReplayError.self) { try parse("-9223372036854775808") }
    }

    @Test func `words name the ends`() throws {
        #expect(try parse("now") == .newest)
        #expect(try parse("End") == .newest)
        #expect(try parse("start") == .beginning)
    }

    @Test(arguments: [
        ("-2h", Int64(7_200_000)), ("-90m", 5_400_000), ("-1d12h", 129_600_000), ("-30 s", 30_000),
        ("2 hours ago", 7_200_000), ("-1y", 31_536_000_000),
        ("-1.5h", 5_400_000), ("-2w", 1_209_600_000), ("\u{2212}3min", 180_000),
    ])
    func `ages count back from now`(text: String, age: Int64) throws {
        #expect(try parse(text) == .time(JournalTime(milliseconds: now.milliseconds - age)))
    }

    @Test func `a session's end, or its start, is a moment`() throws {
        #expect(try parse("session:3") == .session(3, nil))
        #expect(try parse("Session 3") == .session(3, nil))
        #expect(try parse("session:-1:start") == .session(-1, .start))
        #expect(try parse("session \u{2212}2 end") == .session(-2, .end))
        for text in ["session", "session:", "session:0", "session:x", "session:1:middle", "session:1:start:2"] {
            #expect(throws: ReplayError.self) { try parse(text) }
        }
    }

    @Test func `RFC 3339 times are taken with their zone`() throws {
        #expect(try parse("2026-11-23T06:40:00.016Z") == time("2026-11-23T06:40:00.016Z"))
        #expect(try parse("2026-11-23t06:40:00+01:00") == time("2026-11-23T05:40:00Z"))
    }

    @Test func `times without a zone are local`() throws {
        #expect(try parse("2026-11-23 06:40") == time("2026-11-23T06:40:00Z"))
        #expect(try parse("2026-11-23T06:40:12.5") == time("2026-11-23T06:40:12.500Z"))
        #expect(try parse("2026-11-23") == time("2026-11-23T00:00:00Z"))
        #expect(try parse("06:40") == time("2026-11-23T06:40:00Z"))
        #expect(try parse("today 9:05") == time("2026-11-23T09:05:00Z"))
        #expect(try parse("yesterday 21:30") == time("2026-11-22T21:30:00Z"))
        #expect(try parse("yesterday") == time("2026-11-22T00:00:00Z"))
        // One hour east of Greenwich.
        let east = LocalZone(
            milliseconds: { wall in LocalZone.utc.milliseconds(wall).map { $0 - 3_600_000 } },
            reading: { LocalZone.utc.reading($0 + 3_600_000) })
        #expect(try parse("2026-11-23 06:40", zone: east) == time("2026-11-23T05:40:00Z"))
    }

    @Test(arguments: [
        "", "soon", "2026-02-30 10:00", "2026-13-01", "25:00", "10:60", "-2x", "--2h", "1.5", "+3", "2026-1-1-1",
        "2h", "99999999999999999999", "2026-11-23 06:40 and", "-h", "11/20/2026", "20 nov 26", "30 feb",
        "yesterday CET", "13:00 pm", "0 am", "21:30 21:30", "UTC", "thursday 20 nov", "fri 2026-11-21 19:00",
        "friday friday",
        "last 21:30", "@",
        "2 fortnights ago",
        "31.4.2026", "5/11/2026", "20/13/2026", "24:01", "24:00:01",
        "21.30", "half 21:30", "half ago",
        "yesterday evening 9:30", "last night 9:30", "this morning 21:30", "last morning", "night", "this week", "nov",
        "9.3.0pm", "9.3pm", "9.30.15pm", "9.3.0 pm", "9.30.pm", "9:30 5pm",
        "٢٠ nov", "yesterday 21:30 +99:00", "2026-11-23T", "last last friday",
    ])
    func `what is none is refused with the forms there are`(text: String) {
        #expect {
            try parse(text)
        } throws: { error in
            guard case ReplayError.usage(_, let hint)? = error as? ReplayError else { return false }
            return hint.contains("-2h") && hint.contains("yesterday") && hint.contains("session:3")
        }
    }

    /// Now is Monday noon.
    @Test(arguments: [
        ("today", "2026-11-23T00:00"), ("Yesterday 21:30", "2026-11-22T21:30"),
        ("yesterday at 9pm", "2026-11-22T21:00"),
        ("21:30 yesterday", "2026-11-22T21:30"), ("9:30 pm yesterday", "2026-11-22T21:30"),
        ("noon", "2026-11-23T12:00"),
        ("yesterday noon", "2026-11-22T12:00"), ("12 am", "2026-11-23T00:00"), ("12:05pm", "2026-11-23T12:05"),
        ("friday", "2026-11-20T00:00"), ("last friday 21:00", "2026-11-20T21:00"), ("Fri, 9:30 PM", "2026-11-20T21:30"),
        ("monday", "2026-11-23T00:00"), ("last monday", "2026-11-16T00:00"), ("tues 8:00", "2026-11-17T08:00"),
        ("on Sunday at 20:15:30", "2026-11-22T20:15:30"), ("2 days ago 21:30", "2026-11-21T21:30"),
        ("a week ago 8:00", "2026-11-16T08:00"), ("9 months ago", "2026-02-23T00:00"),
        ("a year ago", "2025-11-23T00:00"),
        ("20 Nov 21:30", "2026-11-20T21:30"), ("Nov 20", "2026-11-20T00:00"),
        ("20th November 2025", "2025-11-20T00:00"),
        ("November 20th, 2025 9:30pm", "2025-11-20T21:30"), ("24 Nov", "2025-11-24T00:00"),
        ("21:30 20 nov.", "2026-11-20T21:30"),
        ("29 feb", "2024-02-29T00:00"), ("20.11.2026 21:30", "2026-11-20T21:30"), ("20.11.2026", "2026-11-20T00:00"),
        ("1.5. 8:00", "2026-05-01T08:00"), ("20.11 21:30", "2026-11-20T21:30"), ("2026/11/20", "2026-11-20T00:00"),
        ("2026-11-20 21:30:12.3456", "2026-11-20T21:30:12.345"), ("2026-11-20T21:30", "2026-11-20T21:30"),
        ("2026-11-20 21:30Z", "2026-11-20T21:30"), ("2026-11-20 21:30 UTC", "2026-11-20T21:30"),
        ("2026-11-20T21:30+01:00", "2026-11-20T20:30"), ("2026-11-20 21:30:00 -0530", "2026-11-21T03:00"),
        ("Fri 2026-11-20 19:00:00 UTC", "2026-11-20T19:00"), ("friday 20 nov", "2026-11-20T00:00"),
        ("Friday, November 20th 2026, 9pm", "2026-11-20T21:00"), ("20/11/2026 21:30", "2026-11-20T21:30"),
        ("2026-11-20 21.30", "2026-11-20T21:30"), ("yesterday 9.05", "2026-11-22T09:05"),
        ("20.11 21.30", "2026-11-20T21:30"), ("9.30pm yesterday", "2026-11-22T21:30"),
        ("9.30 pm", "2026-11-23T21:30"), ("2026-11-20 24:00", "2026-11-21T00:00"),
        ("31 dec 2025 24:00", "2026-01-01T00:00"), ("day before yesterday 21:30", "2026-11-21T21:30"),
        ("the day before yesterday", "2026-11-21T00:00"), ("last week", "2026-11-16T00:00"),
        ("last month", "2026-10-23T00:00"), ("last night 21:30", "2026-11-22T21:30"),
        ("1:30 last night", "2026-11-23T01:30"), ("last night", "2026-11-22T18:00"),
        ("tonight 20:00", "2026-11-23T20:00"),
        ("tonight", "2026-11-23T18:00"), ("this morning at 9:15", "2026-11-23T09:15"),
        ("this morning", "2026-11-23T06:00"), ("yesterday evening", "2026-11-22T18:00"),
        ("friday evening 9pm", "2026-11-20T21:00"), ("21:30+13:00", "2026-11-24T08:30"),
        ("@1795435200", "2026-11-23T12:00"), ("9.3. 5pm", "2026-03-09T17:00"), ("9.1 9pm", "2026-01-09T21:00"),
        ("9pm 9.1", "2026-01-09T21:00"), ("9.30pm", "2026-11-23T21:30"), ("9:30:15.5pm", "2026-11-23T21:30:15.500"),
    ])
    func `a time is read as people type it`(text: String, instant: String) throws {
        let seconds = instant.split(separator: ":").count == 3 ? "" : ":00"
        #expect(try parse(text) == time(instant + seconds + "Z"), "\(text)")
    }

    @Test(arguments: [
        ("an hour ago", Int64(3_600_000)), ("2 hours and 5 minutes ago", 7_500_000), ("half an hour ago", 1_800_000),
    ])
    func `ages may be spelled out`(text: String, age: Int64) throws {
        #expect(try parse(text) == .time(JournalTime(milliseconds: now.milliseconds - age)))
    }

    /// Central European time of 2026: summer time from 29 March, 01:00 UTC, to 25 October, 01:00 UTC.
    private static let berlin = LocalZone(reading: { milliseconds in
        let isSummer = (1_774_746_000_000..<1_792_890_000_000).contains(milliseconds)
        guard let wall = LocalZone.utc.reading(milliseconds + (isSummer ? 7_200_000 : 3_600_000))?.wall else {
            return nil
        }
        return LocalZone.Reading(wall: wall, zoneName: isSummer ? "CEST" : "CET")
    })

    @Test(arguments: [
        ("2026-10-25 01:59", "2026-10-24T23:59"), ("2026-10-25 02:30", "2026-10-25T00:30"),
        ("2026-10-25 02:30 CEST", "2026-10-25T00:30"), ("2026-10-25 02:30 CET", "2026-10-25T01:30"),
        ("2026-10-25 03:00", "2026-10-25T02:00"), ("2026-03-29 01:59", "2026-03-29T00:59"),
        ("2026-03-29 02:30", "2026-03-29T01:30"), ("2026-03-29 03:30", "2026-03-29T01:30"),
        ("2026-03-29", "2026-03-28T23:00"), ("2026-03-30", "2026-03-29T22:00"), ("yesterday", "2026-11-21T23:00"),
    ])
    func `an hour that comes twice is its first, one that is skipped moves on`(text: String, instant: String) throws {
        #expect(try parse(text, zone: Self.berlin) == time(instant + ":00Z"), "\(text)")
    }

    @Test func `a zone's name belongs to times when it is in force`() {
        #expect(throws: ReplayError.self) { try parse("2026-07-01 12:00 CET", zone: Self.berlin) }
        #expect(throws: ReplayError.self) { try parse("2026-03-29 02:30 CET", zone: Self.berlin) }
        #expect(throws: ReplayError.self) { try parse("2026-07-01 12:00 CEST") }
    }

    @Test func `what a zone prints it reads`() throws {
        for step in 0..<(2 * 24 * 366) {
            let instant = now.milliseconds + Int64(step) * 1_800_000
            #expect(
                try parse(Self.berlin.text(instant), zone: Self.berlin) == .time(JournalTime(milliseconds: instant)))
        }
    }

    @Test func `the system's zone reads back what it writes`() throws {
        // Every half hour of a year, whatever the machine's zone; of an hour that comes twice either may be meant.
        for step in 0..<(2 * 24 * 366) {
            let milliseconds = now.milliseconds + Int64(step) * 1_800_000
            let wall = try #require(LocalZone.system.reading(milliseconds)).wall
            let back = try #require(LocalZone.system.milliseconds(wall))
            #expect(LocalZone.system.reading(back)?.wall == wall)
        }
    }
}
