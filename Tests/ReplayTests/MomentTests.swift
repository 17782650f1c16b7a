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
        ("2 hours ago", 7_200_000), ("-1.5h", 5_400_000), ("-2w", 1_209_600_000), ("\u{2212}3min", 180_000),
    ])
    func `ages count back from now`(text: String, age: Int64) throws {
        #expect(try parse(text) == .time(JournalTime(milliseconds: now.milliseconds - age)))
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
        "2h", "99999999999999999999", "2026-11-23 06:40 and", "-h",
    ])
    func `what is none is refused with the forms there are`(text: String) {
        #expect {
            try parse(text)
        } throws: { error in
            guard case ReplayError.usage(_, let hint)? = error as? ReplayError else { return false }
            return hint.contains("-2h") && hint.contains("yesterday")
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
