import Journal
import TestSupport
import Testing

/// Reads from the middle of segments that are too large to be indexed for one read.
@Suite("FrameSearch")
struct FrameSearchTests {
    /// 800 events of 10 KB that don't compress, 100 ms apart, in frames of 64 KB; one segment, whose last frame is open.
    private static func large() throws -> (fixture: JournalFixture, writer: JournalWriter, events: [AppendedEvents]) {
        let fixture = JournalFixture(options: JournalOptions(frameByteCount: 64 << 10))
        let writer = try fixture.open()
        var events: [AppendedEvents] = []
        for index in 0..<800 {
            events.append(try writer.commit([[noisyDraft(index, byteCount: 10_000)]]))
            fixture.clock.advance(milliseconds: 100)
        }
        return (fixture, writer, events)
    }

    @Test func `every event is found, by offset and by time, by whoever just came`() throws {
        let (fixture, writer, events) = try Self.large()
        #expect(try fixture.segmentBytes().count > 3 << 20)
        for index in stride(from: 0, to: 800, by: 13) {
            let event = events[index]
            // A reader for each: the one before has learnt.
            #expect(try fixture.reader().chain(at: event.firstOffset) == event.chainAfter)
            #expect(try fixture.reader().offset(at: event.time) == event.firstOffset)
            var cursor = try fixture.reader().cursor(from: event.firstOffset)
            let chunk = try #require(try cursor.next())
            #expect(chunk.firstOffset == event.firstOffset)
            #expect(chunk.line(0) == event.lines[0])
        }
        #expect(try fixture.reader().newestOffset() == 799)
        let before = JournalTime(milliseconds: events[0].time.milliseconds - 1)
        #expect(try fixture.reader().offset(at: before) == -1)
        try writer.close()
        #expect(try fixture.reader().newestOffset() == 799)
    }

    @Test func `one reader finds them all, and what was appended since`() throws {
        let (fixture, writer, events) = try Self.large()
        let reader = try fixture.reader()
        for event in events.reversed() { #expect(try reader.chain(at: event.firstOffset) == event.chainAfter) }
        let more = try writer.commit([[noisyDraft(1, byteCount: 10)]])
        #expect(try reader.chain(at: 800) == more.chainAfter)
        #expect(try reader.newestOffset() == 800)
    }

    @Test func `little of the segment is read for one event`() throws {
        let (fixture, writer, events) = try Self.large()
        try writer.close()
        let whole = try fixture.segmentBytes().count
        let disk = CountingFileSystem(fixture.disk)
        func byteCount(_ body: (JournalReader) throws -> Void) throws -> Int {
            disk.reset()
            try body(JournalReader(folder: JournalFixture.folder, fileSystem: disk))
            return disk.byteCount(suffix: ".lz4")
        }
        for index in [0, 200, 399, 500, 799] {
            let event = events[index]
            let byOffset = try byteCount { reader in
                var cursor = reader.cursor(from: event.firstOffset)
                let chunk = try cursor.next()
                #expect(chunk?.firstOffset == event.firstOffset)
            }
            #expect(byOffset < whole / 6)
            let byTime = try byteCount { reader in
                let offset = try reader.offset(at: event.time)
                #expect(offset == event.firstOffset)
            }
            #expect(byTime < whole / 6)
        }
        let newest = try byteCount { reader in
            let offset = try reader.newestOffset()
            #expect(offset == 799)
        }
        #expect(newest < whole / 12)
    }

    @Test func `a header that isn't the journal's is none`() throws {
        let (fixture, writer, events) = try Self.large()
        try writer.close()
        // One of the headers doesn't hold any more: its frame is read as part of the one before, and reported there.
        let reader = try fixture.reader()
        let frames = try reader.frames()
        let damaged = frames[frames.count / 2]
        var bytes = try fixture.segmentBytes()
        let position = frames.prefix(frames.count / 2).reduce(0) { $0 + Int($1.storedByteCount) }
        bytes[position + 20] ^= 1
        let broken = fixture.with(bytes)
        #expect(throws: JournalError.self) {
            var cursor = try broken.reader().cursor(from: damaged.offset)
            while try cursor.next() != nil {}
        }
        let last = try #require(events.last)
        #expect(try broken.reader().chain(at: last.firstOffset) == last.chainAfter)
    }
}
