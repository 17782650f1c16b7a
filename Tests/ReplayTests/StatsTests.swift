import Foundation
import FoundationXML
import JSONDocument
import Journal
import Table
import TestSupport
import Testing
import WallClock

@testable import Replay

@Suite struct StatsTests {
    private let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    private func stats(_ range: EventLog.Range = EventLog.Range()) throws -> JournalStats {
        try #require(try JournalStats.gather(try played.source(), in: range, zone: .utc))
    }

    @Test func `every event and byte is counted once in each way`() async throws {
        let source = try await played.playEvening()
        let stats = try stats()
        var lineBytes: Int64 = 0
        _ = try EventLog(source, filter: EventFilter()).walk(EventLog.Range()) { event in
            lineBytes += Int64(event.line.count) + 1
            return true
        }
        let stored = try source.reader.segments().reduce(0) { $0 + $1.byteCount }
        #expect(stats.total.events == 7)
        #expect(stats.total.lineByteCount == lineBytes)
        #expect(stats.total.stored == stored)
        for shares in [stats.types.map(\.share), stats.actors.map(\.share), stats.hours.map(\.share)] {
            #expect(shares.reduce(0) { $0 + $1.events } == 7)
            #expect(shares.reduce(0) { $0 + $1.lineByteCount } == lineBytes)
            #expect(abs(shares.reduce(0) { $0 + $1.storedByteCount } - Double(stored)) < 0.01)
        }
        #expect(stats.types.first?.name == "live.changed")
        #expect(stats.types.first?.share.events == 3)
        #expect(stats.actors.map(\.name) == ["dm@10.0.0.1", "anna@10.0.0.7"])
        #expect(stats.sessions.map(\.share.events) == [7])
        #expect(stats.sessions.first?.documentByteCount == (try source.document(at: 6)).serialized().count)
        #expect(stats.largest.map(\.lineByteCount) == stats.largest.map(\.lineByteCount).sorted(by: >))
        #expect(stats.largest.count == 7)
    }

    @Test func `a range is counted as if the rest weren't there`() async throws {
        try await played.playEvening()
        let stats = try stats(EventLog.Range(from: 2, through: 4))
        #expect(stats.total.events == 3)
        #expect(stats.types.map(\.name) == ["live.changed", "viewer.blanked"])
        #expect(stats.sessions.first?.session.firstOffset == 2)
        #expect(stats.sessions.first?.session.length == 120_000)
        #expect(try JournalStats.gather(try played.source(), in: EventLog.Range(from: 7), zone: .utc) == nil)
        let whole = try self.stats()
        #expect(stats.total.storedByteCount < whole.total.storedByteCount)
    }

    @Test func `hours are those of the wall clock`() {
        let half = LocalZone(reading: { LocalZone.utc.reading($0 + 19_800_000) })
        var hour = LocalHour(half)
        #expect(hour.start(of: JournalTime(milliseconds: 1_800_000)) == 1_800_000)
        #expect(hour.start(of: JournalTime(milliseconds: 5_399_999)) == 1_800_000)
        #expect(hour.start(of: JournalTime(milliseconds: 5_400_000)) == 5_400_000)
    }

    @Test func `a frame's bytes go to its lines by their length`() {
        var shares = ByteShares<String>()
        shares.add("a", lineByteCount: 30)
        shares.add("b", lineByteCount: 10)
        shares.settle(0.5)
        shares.add("a", lineByteCount: 100)
        shares.settle(2)
        #expect(shares.shares["a"]?.storedByteCount == 215)
        #expect(shares.shares["a"]?.lineByteCount == 130)
        #expect(shares.shares["a"]?.events == 2)
        #expect(shares.shares["b"]?.storedByteCount == 5)
    }

    @Test func `the largest events are kept, of equals the older`() throws {
        var largest = LargestEvents(limit: 3)
        for (offset, size) in [5, 9, 5, 1, 9, 7].enumerated() {
            let line = #"{"offset":\#(offset),"time":"2026-11-23T06:40:00.000Z","type":"a.b","data":{},"patch":[]}"#
            largest.offer(try EventEnvelope.parse(Array(line.utf8)), lineByteCount: Int64(size))
        }
        #expect(largest.entries.map(\.offset) == [1, 4, 5])
    }

    @Test(arguments: [
        (0, 1, 1), (1, 1, 1), (5, 5, 1), (6, 6, 2), (23, 25, 5), (1_001, 1_500, 500), (99_999, 100_000, 20_000),
    ])
    func `the axis of counts is round`(largest: Int, top: Int, step: Int) {
        let scale = CountScale(largest: largest)
        #expect(scale.top == top)
        #expect(scale.ticks.dropFirst().first == step)
        #expect(scale.ticks.last == top && scale.ticks.count <= 7)
    }

    @Test func `sessions of any number and length fit the picture`() {
        for lengths in [
            [1], [600], [60, 240, 1], Array(repeating: 240, count: 60), Array(repeating: 1, count: 2_000), [100_000],
        ] {
            var sessions: [Session] = []
            var start: Int64 = 0
            for (number, minutes) in lengths.enumerated() {
                let end = start + Int64(minutes) * 60_000
                sessions.append(
                    Session(
                        number: number + 1, firstOffset: 0, lastOffset: 0, start: JournalTime(milliseconds: start),
                        end: JournalTime(milliseconds: end)))
                start = end + 86_400_000
            }
            let timeline = Timeline(sessions, zone: .utc)
            let layout = TimelineLayout(bucketCounts: timeline.stretches.map(\.buckets.count))
            let last = timeline.stretches.count - 1
            #expect(timeline.stretches.allSatisfy { !$0.buckets.isEmpty })
            #expect(timeline.stretches.reduce(0) { $0 + $1.buckets.count } <= max(242, lengths.count * 2))
            #expect(
                layout.x(ofStretch: last) + layout.width(ofStretch: last) <= layout.right + 0.01, "\(lengths.count)")
            #expect(layout.bucketWidth >= 1.9)
        }
    }

    @Test func `the picture is XML whatever a journal says`() async throws {
        let table = try played.open()
        _ = try await played.saveScene(on: table)
        table.close()
        let stats = try stats()
        var timeline = stats.timeline
        let line = #"{"offset":0,"time":"2026-11-23T06:40:00.000Z","type":"<&\"'\u001b.x","data":{},"patch":[]}"#
        timeline.add(try EventEnvelope.parse(Array(line.utf8)))
        let picture = TimelinePicture(timeline, title: "</title><script>\u{FFFF}", zone: .utc).svg
        let parser = XMLParser(data: Data(picture.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(!picture.contains("<script"))
        #expect(picture.contains("prefers-color-scheme: dark"))
        #expect(picture.contains("session 1 · 2026-11-23"))
        #expect(!picture.replacing("http://www.w3.org/2000/svg", with: "").contains("http"))
    }

    @Test func `the kinds beyond the colours are gathered`() {
        let kinds = TimelineKinds((0..<10).map { ("kind\($0)", 10 - $0) })
        #expect(kinds.shown.map(\.name) == (0..<7).map { "kind\($0)" } + ["other"])
        #expect(kinds.shown.last?.events == 6)
        #expect(kinds.counts(in: ["kind0": 3, "kind8": 1, "kind9": 2]) == [3, 0, 0, 0, 0, 0, 0, 3])
        #expect(TimelineKinds([("a", 1)]).counts(in: ["a": 2]) == [2])
    }

    @Test(arguments: [(0.0, "0"), (1.5, "1.5"), (-2.25, "-2.25"), (3.004, "3"), (0.05, "0.05"), (12.999, "13")])
    func `numbers are written short`(value: Double, text: String) {
        #expect(SVG.number(value) == text)
    }
}
