import Journal
import TestSupport
import Testing

@Suite("Segments")
struct SegmentTests {
    /// A journal of several segments, closed.
    static func sample() throws -> (fixture: JournalFixture, lines: [String], bases: [Int64]) {
        let fixture = JournalFixture(options: JournalOptions(frameByteCount: 600, segmentByteCount: 1200))
        let writer = try fixture.open()
        var lines: [String] = []
        for index in 0..<60 { lines += text(try writer.commit([[noisyDraft(index, byteCount: 60)]])) }
        try writer.close()
        return (fixture, lines, try fixture.reader().segments().map(\.baseOffset))
    }

    @Test func `a missing segment is refused, and named`() throws {
        let (fixture, _, bases) = try Self.sample()
        try #require(bases.count >= 4)
        for base in bases.dropLast() {
            let disk = fixture.disk.afterKill()
            disk.erase(JournalFixture.segmentPath(base))
            let error = #expect(throws: JournalError.self) { try JournalFixture(disk).open() }
            guard case .damaged(let damage)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(damage.file.hasSuffix(".jsonl.lz4"))
            let report = try JournalVerifier.verify(folder: JournalFixture.folder, fileSystem: disk)
            #expect(!report.isClean)
        }
    }

    @Test func `a segment is changed at eight MiB, so that a start has no more to read`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        for index in 0..<18 { _ = try writer.commit([[noisyDraft(index, byteCount: 500_000)]]) }
        try writer.close()
        let segments = try fixture.reader().segments()
        #expect(segments.count == 2)
        #expect((8 << 20..<9 << 20).contains(try #require(segments.first).byteCount))
    }

    @Test func `a segment that isn't the last may not be cut`() throws {
        let (fixture, _, bases) = try Self.sample()
        let bytes = try fixture.segmentBytes(bases[1])
        for count in 0..<bytes.count {
            let cut = fixture.with(Array(bytes.prefix(count)), segment: bases[1])
            #expect(throws: JournalError.self, "cut to \(count)") { try cut.open() }
        }
    }

    @Test func `the last segment may be empty, and is written on`() throws {
        let (fixture, lines, bases) = try Self.sample()
        let last = try #require(bases.last)
        let emptied = fixture.with([], segment: last)
        let writer = try emptied.open()
        #expect(writer.newestOffset == last - 1)
        let more = text(try writer.commit([[draft(1)]]))
        #expect(try emptied.lines() == Array(lines.prefix(Int(last))) + more)
        try writer.close()
        #expect(try JournalVerifier.verify(folder: JournalFixture.folder, fileSystem: emptied.disk).isClean)
    }

    @Test func `every flipped byte of an older segment is noticed when it is read`() throws {
        let (fixture, lines, bases) = try Self.sample()
        let bytes = try fixture.segmentBytes(bases[1])
        for index in stride(from: 0, to: bytes.count, by: 3) {
            var flipped = bytes
            flipped[index] ^= 0x11
            let broken = fixture.with(flipped, segment: bases[1])
            let report = try JournalVerifier.verify(folder: JournalFixture.folder, fileSystem: broken.disk)
            #expect(!report.isClean, "byte \(index)")
            #expect(report.eventCount < lines.count || index >= bytes.count - 4)
            // The end mark carries no line, so a reader goes on behind it.
            guard index < bytes.count - 4 else { continue }
            #expect(throws: JournalError.self, "byte \(index)") { try broken.lines() }
        }
    }

    @Test func `a cursor goes from segment to segment while they are written`() throws {
        let fixture = JournalFixture(options: JournalOptions(frameByteCount: 600, segmentByteCount: 1200))
        let writer = try fixture.open()
        var cursor = try fixture.reader().cursor(from: 0)
        var written: [String] = []
        var read: [String] = []
        for index in 0..<100 {
            written += text(try writer.commit([[noisyDraft(index, byteCount: 60)]]))
            if index % 3 == 0 { read += try readAll(&cursor) }
        }
        read += try readAll(&cursor)
        #expect(read == written)
    }

    @Test func `a full disk at the change of segments loses nothing`() throws {
        let fixture = JournalFixture(options: JournalOptions(frameByteCount: 600, segmentByteCount: 1200))
        let writer = try fixture.open()
        var written: [String] = []
        var refusals = 0
        for index in 0..<200 {
            if index % 5 == 4 { fixture.disk.fail(.open, code: 28) }
            if index % 7 == 6 { fixture.disk.shortenWrite(to: index % 3) }
            switch attempt(writer, [[noisyDraft(index, byteCount: 60)]]) {
            case .done(let events): written += text(events)
            case .refused: refusals += 1
            case let other: Issue.record("\(other.name)")
            }
        }
        #expect(refusals > 20)
        let lines = try JournalFixture(fixture.disk.afterKill()).lines()
        #expect(lines == written)
        let again = JournalFixture(fixture.disk.afterKill())
        #expect(try again.open().recovery == nil)
    }
}
