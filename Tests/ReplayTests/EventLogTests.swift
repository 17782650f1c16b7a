import JSONDocument
import Journal
import Table
import Testing
import WallClock

@testable import Replay

@Suite struct EventLogTests {
    private let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    private func offsets(
        _ source: JournalSource, _ filter: EventFilter = EventFilter(), _ range: EventLog.Range = EventLog.Range()
    ) throws -> [Int64] {
        var offsets: [Int64] = []
        _ = try EventLog(source, filter: filter).walk(range) { event in
            offsets.append(event.envelope.offset)
            return true
        }
        return offsets
    }

    @Test func `without conditions everything comes, oldest first`() async throws {
        let source = try await played.playEvening()
        #expect(try offsets(source) == [0, 1, 2, 3, 4, 5, 6])
    }

    @Test func `ranges include both ends`() async throws {
        let source = try await played.playEvening()
        #expect(try offsets(source, EventFilter(), EventLog.Range(from: 2, through: 4)) == [2, 3, 4])
        #expect(try offsets(source, EventFilter(), EventLog.Range(from: 5)) == [5, 6])
        #expect(try offsets(source, EventFilter(), EventLog.Range(from: 7)) == [])
        #expect(try offsets(source, EventFilter(), EventLog.Range(through: -1)) == [])
    }

    @Test func `types are patterns, several of one kind are alternatives, kinds must all hold`() async throws {
        let source = try await played.playEvening()
        #expect(try offsets(source, EventFilter(types: ["scene.*"])) == [0, 6])
        #expect(try offsets(source, EventFilter(types: ["scene.*", "viewer.*"])) == [0, 4, 6])
        #expect(try offsets(source, EventFilter(types: ["scene"])) == [])
        #expect(try offsets(source, EventFilter(types: ["scene.*"], actors: ["anna"])) == [])
    }

    @Test func `actors match with or without their address`() async throws {
        let source = try await played.playEvening()
        #expect(try offsets(source, EventFilter(actors: ["anna"])) == [4])
        #expect(try offsets(source, EventFilter(actors: ["anna@10.0.0.7"])) == [4])
        #expect(try offsets(source, EventFilter(actors: ["*@10.0.0.?"])).count == 7)
        #expect(try offsets(source, EventFilter(actors: ["ann"])) == [])
    }

    @Test func `a path finds events at it, below it and above it`() async throws {
        let source = try await played.playEvening()
        func at(_ path: String) throws -> [Int64] {
            try offsets(source, EventFilter(paths: [try JSONPointer(path)]))
        }
        #expect(try at("/viewer") == [4])
        #expect(try at("/live/maps/0/data/position/x") == [1, 2, 3])
        #expect(try at("/live/maps/0/data/position/y") == [1])
        #expect(try at("/sceneFolders/Act 1") == [5])
        #expect(try at("/liv") == [])
    }

    @Test func `the newest are found from the end`() async throws {
        let source = try await played.playEvening()
        func last(
            _ count: Int, _ filter: EventFilter = EventFilter(), _ range: EventLog.Range = EventLog.Range()
        ) throws -> [Int64] {
            let found = try EventLog(source, filter: filter).last(count, of: range)
            #expect(found.end.nextOffset == min(range.through ?? 6, 6) + 1)
            return found.events.map(\.envelope.offset)
        }
        #expect(try last(2) == [5, 6])
        #expect(try last(7) == [0, 1, 2, 3, 4, 5, 6])
        #expect(try last(.max) == [0, 1, 2, 3, 4, 5, 6])
        #expect(try last(2, EventFilter(types: ["live.*"])) == [2, 3])
        #expect(try last(9, EventFilter(types: ["live.*"])) == [1, 2, 3])
        #expect(try last(1, EventFilter(actors: ["nobody"])) == [])
        #expect(try last(2, EventFilter(), EventLog.Range(from: 1, through: 3)) == [2, 3])
        #expect(try last(5, EventFilter(), EventLog.Range(from: 1, through: 3)) == [1, 2, 3])
    }

    @Test(arguments: [Int64(1), 2, 3, 100])
    func `the newest that match are found stretch by stretch`(stretch: Int64) async throws {
        let source = try await played.playEvening()
        let log = EventLog(source, filter: EventFilter(types: ["scene.*"]))
        func last(_ count: Int) throws -> [Int64] {
            try log.last(count, of: EventLog.Range(), stretch: stretch).events.map(\.envelope.offset)
        }
        #expect(try last(1) == [6])
        #expect(try last(2) == [0, 6])
        #expect(try last(3) == [0, 6])
    }

    @Test func `a walk that is told to stop stops`() async throws {
        let source = try await played.playEvening()
        var seen = 0
        _ = try EventLog(source, filter: EventFilter()).walk(EventLog.Range()) { _ in
            seen += 1
            return seen < 3
        }
        #expect(seen == 3)
    }

    @Test func `following hands out what was written since, once`() async throws {
        let table = try played.open()
        defer { table.close() }
        _ = try await played.saveScene(on: table)
        let log = EventLog(try played.source(), filter: EventFilter())
        var seen: [Int64] = []
        var cursor = try log.walk(EventLog.Range()) { event in
            seen.append(event.envelope.offset)
            return true
        }
        let none = try log.follow(&cursor) { _ in true }
        #expect(!none)
        try await played.act(on: table, "viewer.blank", "{}")
        try await played.act(on: table, "viewer.unblank", "{}")
        while try log.follow(
            &cursor,
            body: { event in
                seen.append(event.envelope.offset)
                return true
            })
        {}
        #expect(seen == [0, 1, 2])
    }

    @Test func `a line says offset, time, type, actor and change`() async throws {
        let source = try await played.playEvening()
        let printer = EventPrinter(paint: .plain, zone: .utc, width: nil, newest: 6)
        #expect(
            try printer.line(try source.event(at: 3))
                == "    3  2026-11-23 06:43:00 UTC  live.changed          dm@10.0.0.1     "
                + "~ /live/maps/0/data/position/x = 7")
        let narrow = EventPrinter(paint: .plain, zone: .utc, width: 80, newest: 6)
        let short = try narrow.line(try source.event(at: 3))
        #expect(columns(of: short) <= 80)
        #expect(short.hasSuffix("  ~ …n/x = 7"))
    }

    @Test func `a change that a move makes is found at both ends`() throws {
        let patch = JSONPatch([.move(from: try JSONPointer("/maps/a"), to: try JSONPointer("/maps/b"))])
        #expect(EventFilter(paths: [try JSONPointer("/maps/a")]).touches(patch))
        #expect(EventFilter(paths: [try JSONPointer("/maps/b")]).touches(patch))
        #expect(!EventFilter(paths: [try JSONPointer("/maps/c")]).touches(patch))
    }
}
