import Journal
import TestSupport
import Testing

@testable import Replay

/// How much of a large journal is read for a small part of it.
@Suite struct LogReadingTests {
    private let folder: TemporaryFolder
    private let disk = CountingFileSystem(PosixFileSystem())
    private let clock = ManualClock()

    /// 800 events of 10 KB that don't compress, ten seconds apart, in frames of 64 KB.
    init() throws {
        folder = try TemporaryFolder()
        let writer = try JournalWriter.open(
            folder: folder.path, fileSystem: PosixFileSystem(), clock: clock.clock,
            identity: { "0b8f9f3e-6a52-4a4e-9d5e-1c2d3e4f5a6b" }, options: JournalOptions(frameByteCount: 64 << 10))
        var generator = SeededGenerator(seed: 1)
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        for _ in 0..<800 {
            let noise = (0..<10_000).map { _ in digits[Int(generator.next() >> 58)] }
            let data = Array(#"{"n":""#.utf8) + noise + Array(#""}"#.utf8)
            _ = try writer.commit([[EventDraft(type: "a.b", actor: nil, data: data, patch: Array("[]".utf8))]])
            clock.advance(milliseconds: 10_000)
        }
        try writer.close()
    }

    /// The offsets of a range, and what was read of the segments to find and show it.
    private func read(
        _ body: (JournalSource, EventLog) throws -> [Int64]
    ) throws -> (offsets: [Int64], byteCount: Int, whole: Int) {
        let source = try JournalSource(path: folder.path, fileSystem: disk)
        let whole = try source.reader.segments().reduce(0) { $0 + Int($1.byteCount) }
        disk.reset()
        let offsets = try body(source, EventLog(source, filter: EventFilter()))
        return (offsets, disk.byteCount(suffix: ".jsonl.lz4"), whole)
    }

    private func walk(_ request: RangeRequest) throws -> (offsets: [Int64], byteCount: Int, whole: Int) {
        try read { source, log in
            var offsets: [Int64] = []
            _ = try log.walk(try request.resolve(in: source)) { event in
                offsets.append(event.envelope.offset)
                return true
            }
            return offsets
        }
    }

    @Test func `looking from the end for what isn't there tells how far it is within a stretch, too`() throws {
        let source = try JournalSource(path: folder.path, fileSystem: disk)
        var done: [Int64] = []
        let log = EventLog(source, filter: EventFilter(types: ["x.y"]))
        let found = try log.last(1, of: EventLog.Range()) { step in
            #expect(step.total == 800)
            done.append(step.done)
        }
        #expect(found.events.isEmpty)
        #expect(done.count > 10 && done == done.sorted() && done.last == 800)
    }

    @Test func `a range of times reads its frames, and little to find them`() throws {
        let start = try JournalSource(path: folder.path, fileSystem: disk).event(at: 0).envelope.time
        var request = RangeRequest()
        request.since = .time(JournalTime(milliseconds: start.milliseconds + 4_000_000))
        request.until = .time(JournalTime(milliseconds: start.milliseconds + 4_050_000))
        let narrow = try walk(request)
        #expect(narrow.offsets == [400, 401, 402, 403, 404, 405])
        #expect(narrow.byteCount < narrow.whole / 2)
        let all = try walk(RangeRequest())
        #expect(all.offsets == Array(0..<800))
        #expect(all.byteCount >= all.whole)
    }

    @Test func `the newest events are read from the end`() throws {
        let last = try read { _, log in try log.last(3, of: EventLog.Range()).events.map(\.envelope.offset) }
        #expect(last.offsets == [797, 798, 799])
        #expect(last.byteCount < last.whole / 6)
    }
}
