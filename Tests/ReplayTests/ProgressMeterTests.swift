import Testing

@testable import Replay

@Suite struct ProgressMeterTests {
    private func step(_ done: Int64, of total: Int64 = 1_000_000) -> ProgressStep {
        ProgressStep(title: "Replaying", done: done, total: total, unit: .events)
    }

    @Test func `quick work leaves no trace`() {
        var meter = ProgressMeter(now: 0)
        for now in stride(from: Int64(0), to: 1_000, by: 10) {
            #expect(meter.line(for: step(now * 1_000), now: now, width: 80) == nil)
        }
        #expect(!meter.isShown)
    }

    @Test func `after a second it says share, rate and time left`() throws {
        var meter = ProgressMeter(now: 0)
        for now in stride(from: Int64(0), to: 1_000, by: 100) {
            _ = meter.line(for: step(now * 250), now: now, width: 100)
        }
        let shown = meter.line(for: step(250_000), now: 1_000, width: 100)
        let line = try #require(shown)
        #expect(line.hasPrefix("Replaying ["))
        #expect(line.contains(" 25%  250,000 events  250,000/s  0:03 left"))
        #expect(meter.isShown)
    }

    @Test func `lines come at most ten times a second`() {
        var meter = ProgressMeter(now: 0)
        var lines = 0
        for now in Int64(1_000)..<2_000 where meter.line(for: step(now), now: now, width: 80) != nil { lines += 1 }
        #expect(lines == 10)
    }

    @Test(arguments: [10, 20, 30, 40, 60, 80, 200])
    func `a line never takes more columns than there are`(width: Int) throws {
        var meter = ProgressMeter(now: 0)
        _ = meter.line(for: step(0), now: 0, width: width)
        let shown = meter.line(for: step(999_999), now: 2_000, width: width)
        let line = try #require(shown)
        #expect(columns(of: line) <= width)
    }

    @Test func `a new title begins a new rate`() throws {
        var meter = ProgressMeter(now: 0)
        _ = meter.line(for: step(0), now: 0, width: 100)
        _ = meter.line(for: step(900_000), now: 1_500, width: 100)
        let other = ProgressStep(title: "Hashing blobs", done: 5, total: 10, unit: .bytes)
        let shown = meter.line(for: other, now: 1_700, width: 100)
        let line = try #require(shown)
        #expect(!line.contains("/s"))
    }

    @Test func `without a total there is no bar`() throws {
        var meter = ProgressMeter(now: 0)
        let shown = meter.line(for: step(7, of: 0), now: 1_000, width: 80)
        let line = try #require(shown)
        #expect(line == "Replaying  7 events")
    }
}
