import Journal
import TestSupport
import Testing

@Suite("JournalReader")
struct JournalReaderTests {
    /// 200 events, 100 ms apart, in several frames and segments; what was appended with each.
    static func sample() throws -> (fixture: JournalFixture, writer: JournalWriter, events: [AppendedEvents]) {
        let fixture = JournalFixture(options: JournalOptions(frameByteCount: 2000, segmentByteCount: 6000))
        let writer = try fixture.open()
        var events: [AppendedEvents] = []
        for index in 0..<200 {
            events.append(try writer.commit([[noisyDraft(index, byteCount: 80)]]))
            fixture.clock.advance(milliseconds: 100)
        }
        return (fixture, writer, events)
    }

    @Test func `the chain is found at every offset`() throws {
        let (fixture, writer, events) = try Self.sample()
        let reader = try fixture.reader()
        #expect(try reader.chain(at: -1) == ChainDigest(journal: JournalFixture.uuid))
        for event in events { #expect(try reader.chain(at: event.firstOffset) == event.chainAfter) }
        #expect(throws: JournalError.offsetOutOfRange(offset: 200, first: 0, newest: 199)) {
            try reader.chain(at: 200)
        }
        #expect(throws: JournalError.self) { try reader.chain(at: -2) }
        // The index goes on with the journal.
        let more = try writer.commit([[draft(1)]])
        #expect(try reader.chain(at: 200) == more.chainAfter)
        #expect(try reader.newestOffset() == 200)
    }

    @Test(arguments: UInt64(1)...6)
    func `from wherever reading begins, it is the rest of the whole`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        // Small frames and segments, so that offsets lie everywhere in both.
        let fixture = JournalFixture(options: JournalOptions(frameByteCount: 2_000, segmentByteCount: 1_500))
        let writer = try fixture.open()
        for number in 0..<30 {
            let commit = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                [draft(number, padding: Int.random(in: 0...500, using: &random))]
            }
            _ = try writer.commit(commit)
        }
        try writer.close()
        let whole = try fixture.lines()
        #expect(try fixture.reader().segments().count > 2, "seed \(seed)")
        for offset in 0...whole.count {
            #expect(try fixture.lines(from: Int64(offset)) == Array(whole[offset...]), "seed \(seed), from \(offset)")
        }
    }

    @Test func `a moment means after the last event not later`() throws {
        let (fixture, _, events) = try Self.sample()
        let reader = try fixture.reader()
        for event in events {
            let time = event.time.milliseconds
            #expect(try reader.offset(at: event.time) == event.firstOffset)
            #expect(try reader.offset(at: JournalTime(milliseconds: time - 1)) == event.firstOffset - 1)
            #expect(try reader.offset(at: JournalTime(milliseconds: time + 99)) == event.firstOffset)
        }
        #expect(try reader.offset(at: .epoch) == -1)
        #expect(try reader.offset(at: JournalTime(milliseconds: .max)) == 199)
    }

    @Test func `events of one moment are taken together`() throws {
        let fixture = JournalFixture(options: JournalOptions(frameByteCount: 300))
        let writer = try fixture.open()
        for index in 0..<50 { _ = try writer.commit([[draft(index)]]) }
        #expect(try fixture.reader().offset(at: fixture.clock.now) == 49)
    }

    @Test func `an empty journal has no events and no newest`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        let reader = try fixture.reader()
        var cursor = reader.cursor(from: 0)
        #expect(try cursor.next() == nil)
        #expect(try reader.newestOffset() == -1)
        #expect(try reader.offset(at: .epoch) == -1)
        #expect(try reader.segments().isEmpty)
        #expect(writer.newestOffset == -1 && writer.newestTime == .epoch)
        _ = try writer.commit([[draft(1)]])
        #expect(try cursor.next()?.count == 1)
    }

    @Test func `there is no reader where there is no journal`() throws {
        #expect(throws: JournalError.notAJournal(folder: "/nowhere")) {
            try JournalReader(folder: "/nowhere", fileSystem: SimulatedFileSystem())
        }
    }

    @Test func `a cursor follows a journal that is being written`() throws {
        let fixture = JournalFixture(options: JournalOptions(frameByteCount: 1500))
        let writer = try fixture.open()
        var cursor = try fixture.reader().cursor(from: 3)
        var written: [String] = []
        var read: [String] = []
        for index in 0..<120 {
            written += text(try writer.commit([[draft(index)], [draft(index)]]))
            if index % 10 == 9 {
                fixture.clock.advance(milliseconds: 10_000)
                try writer.endFrameIfQuiet()
            }
            read += try readAll(&cursor)
            #expect(read == Array(written.dropFirst(3)))
        }
    }

    @Test func `nothing behind the limit is handed out`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        let limit = CommittedLimit(newestOffset: -1)
        var cursor = try fixture.reader().cursor(from: 0, through: limit)
        var lines: [String] = []
        for index in 0..<30 { lines += text(try writer.commit([[draft(index)]])) }
        #expect(try cursor.next() == nil)
        var read: [String] = []
        for newest in [Int64(0), 0, 7, 8, 20] {
            limit.advance(to: newest)
            read += try readAll(&cursor)
            #expect(read == Array(lines.prefix(Int(newest) + 1)))
        }
        limit.advance(to: 3)
        #expect(limit.newestOffset == 20)
    }

    @Test func `a large commit that isn't whole yet is not handed out`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        let first = text(try writer.commit([[draft(0)]]))
        let start = try fixture.segmentBytes().count
        let large = text(try writer.commit([(0..<4).map { noisyDraft($0, byteCount: 100_000) }]))
        let bytes = try fixture.segmentBytes()
        for count in stride(from: start, to: bytes.count, by: 60_007) {
            let growing = fixture.with(Array(bytes.prefix(count)))
            var cursor = try growing.reader().cursor(from: 0)
            #expect(try readAll(&cursor) == first, "with \(count) bytes")
        }
        #expect(try fixture.lines() == first + large)
    }

    @Test func `a reader of half a commit waits for the rest`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        let lines = text(try writer.commit([[draft(0)]])) + text(try writer.commit([[draft(1)]]))
        let bytes = try fixture.segmentBytes()
        let growing = fixture.with([])
        let file = try growing.disk.open(JournalFixture.segmentPath(), .readWrite)
        var cursor = try growing.reader().cursor(from: 0)
        var read: [String] = []
        for count in bytes.indices {
            _ = try file.write([bytes[count]].span.bytes, at: Int64(count))
            read += try readAll(&cursor)
            #expect(read == Array(lines.prefix(read.count)))
        }
        #expect(read == lines)
    }

    @Test func `a reader notices that what it read was cut off`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        _ = try writer.commit([[draft(0)]])
        let length = try fixture.segmentBytes().count
        _ = try writer.commit([[draft(1)]])
        var cursor = try fixture.reader().cursor(from: 0)
        #expect(try readAll(&cursor).count == 2)
        try fixture.disk.open(JournalFixture.segmentPath(), .readWrite).truncate(to: Int64(length))
        #expect(throws: JournalError.self) { try cursor.next() }
    }

    @Test func `a cursor before the first event is refused`() throws {
        let (fixture, _, _) = try Self.sample()
        var cursor = try fixture.reader().cursor(from: -1)
        #expect(throws: JournalError.offsetOutOfRange(offset: -1, first: 0, newest: 199)) { try cursor.next() }
    }

    @Test func `chunks are bounded, and lines longer than a block are whole`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        var written = text(try writer.commit([[noisyDraft(1, byteCount: 1_300_000)]]))
        for index in 0..<40 { written += text(try writer.commit([[noisyDraft(index, byteCount: 50_000)]])) }
        var cursor = try fixture.reader().cursor(from: 1)
        while let chunk = try cursor.next() { #expect(chunk.bytes.count <= 600_000) }
        #expect(try fixture.lines() == written)
    }

    @Test func `a journal that goes on from another's document begins behind it`() throws {
        let disk = SimulatedFileSystem()
        let chain = ChainDigest(journal: "an ancestor's line")
        let snapshot = SnapshotFile(
            journal: "an ancestor", offset: 41, chain: chain.hex, digest: "d", document: Array("{}".utf8))
        let create: () throws(JournalError) -> Void = { () throws(JournalError) in
            try JournalFolder.create(
                JournalFixture.folder, uuid: JournalFixture.uuid, created: .epoch, document: snapshot,
                ancestor: "an ancestor", fileSystem: disk)
        }
        try create()
        #expect(throws: JournalError.self) { try create() }
        let fixture = JournalFixture(disk)
        let writer = try fixture.open()
        #expect(writer.newestOffset == 41 && writer.chain == chain)
        #expect(try writer.commit([[draft(1)]]).firstOffset == 42)
        let reader = try fixture.reader()
        #expect(try reader.startDocument() == snapshot)
        #expect(try reader.firstOffset() == 42)
        #expect(try reader.chain(at: 41) == chain)
        try writer.close()
        #expect(try fixture.open().chain == writer.chain)
        disk.erase(JournalFixture.folder + "/start.json.lz4")
        #expect(throws: JournalError.self) { try reader.startDocument() }
    }
}
