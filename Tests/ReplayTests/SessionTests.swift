import Journal
import Table
import TestSupport
import Testing
import WallClock

@testable import Replay

@Suite struct SessionTests {
    private let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    /// Sessions of events at so many minutes; the offset counts from 0.
    private func split(_ minutes: [Int64], gap: Int64 = 120) -> [Session] {
        var splitter = SessionSplitter(gap: gap * 60_000)
        var sessions: [Session] = []
        for (offset, minute) in minutes.enumerated() {
            if let ended = splitter.take(Int64(offset), at: JournalTime(milliseconds: minute * 60_000)) {
                sessions.append(ended)
            }
        }
        if let ended = splitter.finish() { sessions.append(ended) }
        return sessions
    }

    @Test func `a longer pause than the gap begins a session, one as long doesn't`() {
        let sessions = split([0, 1, 121, 242, 243])
        #expect(sessions.map(\.number) == [1, 2])
        #expect(sessions.map(\.firstOffset) == [0, 3])
        #expect(sessions.map(\.lastOffset) == [2, 4])
        #expect(sessions.map(\.length) == [121 * 60_000, 60_000])
        #expect(sessions.map(\.eventCount) == [3, 2])
    }

    @Test func `no events are no session, one event is one`() {
        #expect(split([]) == [])
        #expect(split([7]).map(\.length) == [0])
        #expect(split([0, 1, 2], gap: 0).count == 3)
    }

    @Test func `what lies within the gap may be left out`() {
        let minutes: [Int64] = [0, 30, 60, 100, 300, 310, 900]
        var splitter = SessionSplitter(gap: 7_200_000)
        var sessions: [Session] = []
        for (offset, minute) in minutes.enumerated() where offset != 1 && offset != 2 {
            let ended = splitter.take(Int64(offset), at: JournalTime(milliseconds: minute * 60_000))
            if let ended { sessions.append(ended) }
        }
        if let ended = splitter.finish() { sessions.append(ended) }
        #expect(sessions == split(minutes))
    }

    /// Three evenings of one, two and three events.
    private func playThreeEvenings() async throws -> JournalSource {
        let table = try played.open()
        for evening in 1...3 {
            for event in 0..<evening {
                try await played.act(on: table, event.isMultiple(of: 2) ? "viewer.blank" : "viewer.unblank", "{}")
            }
            if evening < 3 {
                if evening.isMultiple(of: 2) { try await played.act(on: table, "viewer.rotate", "{}") }
                played.clock.advance(milliseconds: 5 * 3_600_000)
                try await played.act(on: table, "viewer.unblank", "{}")
                played.clock.advance(milliseconds: 5 * 3_600_000)
            }
        }
        table.close()
        return try played.source()
    }

    @Test func `a journal's sessions are those of its events, whatever the frames`() async throws {
        let source = try await playThreeEvenings()
        for gap: Int64 in [1, 60_000, 7_200_000, 18_000_000, 19_000_000, 1 << 40] {
            var splitter = SessionSplitter(gap: gap)
            var expected: [Session] = []
            _ = try EventLog(source, filter: EventFilter()).walk(EventLog.Range()) { event in
                if let ended = splitter.take(event.envelope.offset, at: event.envelope.time) { expected.append(ended) }
                return true
            }
            if let ended = splitter.finish() { expected.append(ended) }
            #expect(try source.sessions(gap: gap) == expected)
        }
    }

    @Test func `sessions are counted from either end`() async throws {
        let source = try await playThreeEvenings()
        let sessions = try source.sessions()
        #expect(sessions.count >= 3)
        #expect(try source.session(1) == sessions[0])
        #expect(try source.session(-1) == sessions[sessions.count - 1])
        #expect(try source.session(-sessions.count) == sessions[0])
        for number in [sessions.count + 1, -sessions.count - 1] {
            #expect {
                try source.session(number)
            } throws: {
                guard case ReplayError.no(let text)? = $0 as? ReplayError else { return false }
                return text.contains("no session \(number)") && text.contains("\(sessions.count) sessions")
            }
        }
    }

    @Test func `a session's ends are moments`() async throws {
        let source = try await playThreeEvenings()
        let second = try source.session(2)
        #expect(try source.offset(of: .session(2, nil)) == second.lastOffset)
        #expect(try source.offset(of: .session(2, .end)) == second.lastOffset)
        #expect(try source.offset(of: .session(2, .start)) == second.firstOffset - 1)
        #expect(try source.offset(of: .session(1, .start)) == -1)
        #expect(try source.offset(of: .session(1, nil), gap: 1 << 40) == source.newest())
    }

    @Test func `every look-up of a session tells how much it has read`() async throws {
        let source = try await playThreeEvenings()
        let total = try source.reader.frames().reduce(0) { $0 + $1.storedByteCount }
        let end = ProgressStep(title: "Finding sessions", done: total, total: total, unit: .bytes)
        var steps: [ProgressStep] = []
        _ = try source.offset(of: .session(-1, .start)) { steps.append($0) }
        #expect(steps.last == end)
        for change: (inout RangeRequest) -> Void in [
            { $0.session = 1 }, { $0.from = .session(1, nil) }, { $0.through = .session(1, nil) },
        ] {
            var request = RangeRequest()
            change(&request)
            steps = []
            _ = try request.resolve(in: source) { steps.append($0) }
            #expect(steps.last == end)
        }
    }

    @Test func `a range takes whole sessions and the narrower of what is said`() async throws {
        let source = try await playThreeEvenings()
        let sessions = try source.sessions()
        var request = RangeRequest()
        #expect(try request.resolve(in: source) == EventLog.Range())
        request.session = 2
        #expect(
            try request.resolve(in: source)
                == EventLog.Range(from: sessions[1].firstOffset, through: sessions[1].lastOffset))
        request.from = .session(-1, nil)
        #expect(try request.resolve(in: source).from == sessions[sessions.count - 1].firstOffset)
        request = RangeRequest()
        request.from = .session(2, .end)
        request.until = .time(sessions[2].start)
        #expect(
            try request.resolve(in: source)
                == EventLog.Range(from: sessions[1].lastOffset + 1, through: sessions[2].firstOffset))
    }

    @Test(arguments: ["0", "", "-0", "+1", "x", "1.5", "99999999999999999999", "-9223372036854775808"])
    func `what is no session's number is refused`(text: String) {
        #expect(throws: ReplayError.self) { try Session.parseNumber(text) }
        #expect(throws: ReplayError.self) {
            try Moment.parse("session:\(text)", now: .epoch, zone: .utc)
        }
    }

    @Test func `numbers and gaps are read as typed`() throws {
        #expect(try Session.parseNumber("3") == 3)
        #expect(try Session.parseNumber("\u{2212}2") == -2)
        #expect(try Session.parseGap("90 min") == 5_400_000)
        #expect(try Session.parseGap("2H") == 7_200_000)
        for text in ["", "2", "0h", "-1h", "soon"] {
            #expect(throws: ReplayError.self) { try Session.parseGap(text) }
        }
    }
}
