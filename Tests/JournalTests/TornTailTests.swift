import Glibc
import JournalSimulation
import Synchronization
import TestSupport
import Testing

@testable import Journal

/// The kinds of unfinished commits, told apart from each other and from damage; and what crashes during a start may leave.
@Suite("Torn tail")
struct TornTailTests {
    // MARK: Kinds

    @Test func `zeros behind a header are cut off with it`() throws {
        let (fixture, before) = try Self.ended()
        for count in [0, 1, 4, 5, 8, 600] {
            let bytes = before + Self.header(base: 2, fixture) + [UInt8](repeating: 0, count: count)
            let torn = fixture.with(bytes)
            let writer = try torn.open()
            #expect(writer.recovery?.byteOffset == Int64(before.count), "\(count) zeros")
            #expect(try torn.segmentBytes() == before, "\(count) zeros")
        }
    }

    @Test func `a part of a group is cut off whole, and is damage where something follows`() throws {
        let (fixture, before) = try Self.ended()
        let group = EventGroup(first: 2, count: 3)
        let (start, compressor) = (Self.header(base: 2, fixture), LZ4Compressor())
        _ = compressor.begin()
        var lines: [UInt8] = []
        for offset in 2..<4 as Range<Int64> {
            let middle = EventLine.Middle(draft(1), CommitStamp(clock: fixture.clock.now, newest: nil))
            _ = try EventLine.append(
                draft(1), offset: offset, middle: middle, group: group, limit: 1000, to: &lines)
            lines.append(0x0A)
        }
        var block: [UInt8] = []
        compressor.compress(lines, into: &block)
        let torn = fixture.with(before + start + block)
        #expect(try torn.open().recovery?.reason == "only a part of the group from event 2 is there")
        #expect(try torn.segmentBytes() == before)
        let later = fixture.with(before + start + block + FrameFormat.endMark + Self.header(base: 4, fixture))
        #expect(try openUnlessDamaged(later) == nil)
    }

    @Test(arguments: [(200 << 10, false), (300 << 10, true)])
    func `garbage is an unfinished commit only up to the size of one`(byteCount: Int, isDamage: Bool) throws {
        let (fixture, before) = try Self.ended()
        var random = SeededGenerator(seed: 5)
        let garbage = (0..<byteCount).map { _ in UInt8.random(in: 1...255, using: &random) }
        // Behind the last frame, and in place of a whole segment.
        for (kept, events) in [(before, 2), ([], 0)] {
            let torn = fixture.with(kept + garbage)
            let verified = try JournalVerifier.verify(folder: JournalFixture.folder, fileSystem: torn.disk)
            guard isDamage else {
                #expect(try torn.open().newestOffset == Int64(events) - 1)
                continue
            }
            #expect(verified.damages.map(\.byteOffset) == [Int64(kept.count)])
            let error = #expect(throws: JournalError.self) { try torn.open() }
            #expect("\(error as Any)".contains("\(byteCount) bytes are more than an unfinished commit can leave"))
        }
    }

    @Test func `bytes that look like a length everywhere don't make a start slow`() throws {
        let byteCount = 8 << 20
        let bytes = (0..<byteCount).map { index in index % 4 == 2 ? 2 : 0 as UInt8 }
        let file = CountingFile(bytes)
        let search = TailSearch(file: file, start: 0, end: Int64(byteCount), commitBlocks: nil, isInFrame: true)
        #expect(try search.run() == .tooMuch(byteCount: Int64(byteCount)))
        #expect(file.readByteCount < 3 << 20)
        // Within a large commit all of it is looked at, but only a block that ends where the file does is hashed.
        let commit = TailSearch(
            file: file, start: 0, end: Int64(byteCount), commitBlocks: (needed: 100, before: 0), isInFrame: true)
        #expect(try commit.run() == .nothing)
    }

    @Test func `a half-written large commit is told by name, and is cut off whole`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        _ = try writer.commit([[draft(0)]])
        let before = try fixture.segmentBytes()
        _ = try writer.commit((0..<3).map { [draft($0, padding: 90_000)] })
        let bytes = try fixture.segmentBytes()
        let blocks = SegmentMap(of: bytes).items.filter { $0.kind == .block }
        #expect(blocks.count == 3)
        let half = JournalFixture(fixture.disk.afterKill()).with(Array(bytes[..<blocks[1].range.upperBound]))
        #expect(try half.open().recovery?.reason == "only a part of a large commit is there")
        #expect(try half.segmentBytes() == before + FrameFormat.endMark)
        // A block that was lost on the way to the disk, before one that wasn't.
        var torn = bytes
        for index in blocks[1].range { torn[index] = 0xAA }
        let lost = JournalFixture(fixture.disk.afterKill()).with(torn)
        #expect(try lost.lines().count < 4, "a reader doesn't take it for damage either")
        #expect(try lost.open().recovery != nil)
        #expect(try lost.segmentBytes() == before + FrameFormat.endMark)
    }

    @Test func `a flipped length hides nothing that comes after it`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        for number in 0..<3 { _ = try writer.commit([[draft(number)]]) }
        let bytes = try fixture.segmentBytes()
        let blocks = SegmentMap(of: bytes).items.filter { $0.kind == .block }
        for bit in 0..<32 {
            let byte = blocks[1].range.lowerBound + bit / 8
            let copy = JournalFixture(fixture.disk.afterKill()).with(flipped(bytes, byte, 1 << UInt8(bit % 8)))
            #expect(try openUnlessDamaged(copy) == nil, "bit \(bit)")
        }
    }

    // MARK: Crashes during a start; all of these were found by the simulation

    /// The end mark and the last frame's bytes were one sync: a crash could leave the mark without the bytes, which was called
    /// damage.
    @Test func `a start that is cut off leaves nothing that the next one calls damage`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        let first = text(try writer.commit([[draft(1)]]))
        fixture.disk.switchOff(afterChanges: 1)
        #expect(attempt(writer, [[noisyDraft(2, byteCount: 1500)]]).name == "unknown")
        for changes in 0..<6 {
            for seed in 0..<150 as Range<UInt64> {
                // The process was killed: the commit is in the cache, and not on disk.
                let killed = JournalFixture(fixture.disk.afterKill())
                killed.disk.switchOff(afterChanges: changes)
                _ = try? killed.open()  // fails with the power
                let after = JournalFixture(killed.disk.crash(seed: seed))
                _ = try after.open()
                #expect(try after.lines().starts(with: first), "\(changes) changes, seed \(seed)")
            }
        }
    }

    /// A cut whose sync fails may be forgotten by the disk, though programs see it.
    @Test func `what a start serves is all that a crash leaves, after a cut that the disk forgot`() throws {
        for byteCount in 1..<60 {
            let fixture = JournalFixture()
            let writer = try fixture.open()
            _ = try writer.commit([[draft(1)]])
            fixture.disk.shortenWrite(to: byteCount)
            fixture.disk.fail(.sync, code: EIO)
            #expect(attempt(writer, [[noisyDraft(2, byteCount: 300)]]).name == "unknown")
            let restarted = JournalFixture(fixture.disk.afterKill())
            _ = try restarted.open()
            let after = JournalFixture(restarted.disk.crash(seed: 1))
            #expect(try after.segmentBytes() == restarted.segmentBytes(), "\(byteCount) bytes")
        }
    }

    /// A start that found the last segment empty didn't sync that it is.
    @Test func `a segment that a start found empty stays empty`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        fixture.disk.switchOff(afterChanges: 4)
        #expect(attempt(writer, [[draft(1)]]).name == "unknown")
        for changes in 0..<10 {
            for seed in 0..<20 as Range<UInt64> {
                let killed = JournalFixture(fixture.disk.afterKill())
                killed.disk.switchOff(afterChanges: changes)
                _ = try? killed.open()  // fails with the power
                let restarted = JournalFixture(killed.disk.afterKill())
                _ = try restarted.open()
                let after = restarted.disk.crash(seed: seed).bytes(of: JournalFixture.segmentPath())
                #expect(after ?? [] == [], "\(changes) changes, seed \(seed)")
            }
        }
    }

    // MARK: Shared

    /// Two events in an ended frame, and the segment's bytes.
    private static func ended() throws -> (JournalFixture, [UInt8]) {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        for number in 0..<2 { _ = try writer.commit([[draft(number)]]) }
        try writer.close()
        return (fixture, try fixture.segmentBytes())
    }

    /// A header and the beginning of its frame, as they go on from what the fixture holds.
    private static func header(base: Int64, _ fixture: JournalFixture) -> [UInt8] {
        let chain = (try? fixture.reader().chain(at: 1)) ?? ChainDigest(journal: JournalFixture.uuid)
        return FrameHeader(journal: JournalFixture.uuid, base: base, previous: chain).encoded
            + FrameFormat.dataFrameStart
    }
}

/// Bytes as a file that counts what is read of it.
private final class CountingFile: OpenFile {
    let path = "counting"
    private let bytes: [UInt8]
    private let count = Mutex(0)

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var readByteCount: Int { self.count.withLock { $0 } }

    func size() throws(FileError) -> Int64 { Int64(self.bytes.count) }

    func read(at offset: Int64, upTo count: Int) throws(FileError) -> [UInt8] {
        let part = Array(self.bytes.dropFirst(Int(offset)).prefix(count))
        self.count.withLock { $0 += part.count }
        return part
    }

    func write(_ bytes: RawSpan, at offset: Int64) throws(FileError) -> Int { throw self.refusal(.write) }
    func truncate(to byteCount: Int64) throws(FileError) { throw self.refusal(.truncate) }
    func startWriteOut(from offset: Int64, count: Int) {}
    func syncData() throws(FileError) { throw self.refusal(.sync) }
    func sync() throws(FileError) { throw self.refusal(.sync) }
    func close() {}

    private func refusal(_ operation: FileError.Operation) -> FileError {
        FileError(operation: operation, path: self.path, code: EROFS)
    }
}
