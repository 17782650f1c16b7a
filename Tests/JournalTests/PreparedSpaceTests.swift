import Foundation
import Glibc
import JournalSimulation
import Synchronization
import TestSupport
import Testing

@testable import Journal

/// Zeros that were written for commits to come (journal-format.md, "Prepared space").
@Suite("Prepared space")
struct PreparedSpaceTests {
    private static let options = JournalOptions(preparedByteCount: 8192)

    /// A journal that is being written, with prepared space, and its lines.
    private static func busy(
        commits: Int = 8, options: JournalOptions = options
    ) throws -> (fixture: JournalFixture, writer: JournalWriter, lines: [String]) {
        let fixture = JournalFixture(options: options)
        let writer = try fixture.open()
        let lines = try (0..<commits).flatMap { text(try writer.commit([[draft($0)]])) }
        return (fixture, writer, lines)
    }

    /// The bytes of the only segment, the committed ones and those behind them.
    private static func parts(
        _ fixture: JournalFixture, _ writer: JournalWriter
    ) throws -> (committed: [UInt8], behind: [UInt8]) {
        let bytes = try fixture.segmentBytes()
        let end = Int(try #require(writer.committedEnd).byteCount)
        return (Array(bytes[..<end]), Array(bytes[end...]))
    }

    // MARK: Writing

    @Test func `a table that changes often gets it, and a commit into it leaves the file's size as it is`() throws {
        let (fixture, writer, _) = try Self.busy(commits: 2)
        #expect(try Self.parts(fixture, writer).behind.isEmpty, "a change now and then isn't worth it")
        _ = try writer.commit([[draft(2)]])
        let size = try fixture.segmentBytes().count
        #expect(try Self.parts(fixture, writer).behind == [UInt8](repeating: 0, count: 8192))
        for number in 3..<20 { _ = try writer.commit([[draft(number)]]) }
        #expect(try fixture.segmentBytes().count == size)
    }

    @Test(arguments: [60, 1000, 3000, 9000])
    func `what is left of it is never so little that it could be an end mark`(byteCount: Int) throws {
        let (fixture, writer, _) = try Self.busy()
        for number in 0..<60 {
            _ = try writer.commit([[noisyDraft(number, byteCount: byteCount)]])
            let behind = try Self.parts(fixture, writer).behind
            #expect(behind.isEmpty || behind.count >= 4096, "\(behind.count) bytes")
            #expect(behind.allSatisfy { $0 == 0 })
        }
    }

    @Test func `a journal at rest has none, and is a whole file for lz4`() throws {
        let (fixture, writer, lines) = try Self.busy()
        fixture.clock.advance(milliseconds: 10_000)
        try writer.endFrameIfQuiet()
        #expect(try Self.parts(fixture, writer).behind.isEmpty)
        #expect(SegmentMap(of: try fixture.segmentBytes()).items.last?.kind == .endMark)
        let more = try (8..<16).flatMap { text(try writer.commit([[draft($0)]])) }
        #expect(try !Self.parts(fixture, writer).behind.isEmpty)
        try writer.close()
        #expect(try Self.parts(fixture, writer).behind.isEmpty)
        #expect(try fixture.lines() == lines + more)
    }

    @Test func `no segment but the last has any`() throws {
        let options = JournalOptions(frameByteCount: 900, segmentByteCount: 2500, preparedByteCount: 8192)
        let (fixture, _, lines) = try Self.busy(commits: 200, options: options)
        let segments = try fixture.reader().segments()
        #expect(segments.count > 3)
        for segment in segments.dropLast() {
            let bytes = try fixture.segmentBytes(segment.baseOffset)
            #expect(SegmentMap(of: bytes).items.last?.range.upperBound == bytes.count, "\(segment.name)")
        }
        #expect(try fixture.lines() == lines)
    }

    @Test func `a disk without room for it takes the commits that it has room for`() throws {
        let (fixture, writer, lines) = try Self.busy(commits: 2)
        // In the size, in the zeros themselves, and by a short write of them.
        fixture.disk.setCapacity(fixture.disk.usedByteCount + 500)
        var all = lines + text(try writer.commit([[draft(2)]]))
        fixture.disk.setCapacity(nil)
        for _ in 0..<3 { all += text(try writer.commit([[draft(3)]])) }
        fixture.disk.fail(.write, code: ENOSPC, skipping: 1)
        all += text(try writer.commit([[draft(4)]]))
        #expect(try Self.parts(fixture, writer).behind.isEmpty)
        for _ in 0..<3 { all += text(try writer.commit([[draft(5)]])) }
        fixture.disk.shortenWrite(to: 100, skipping: 1)
        all += text(try writer.commit([[draft(6)]]))
        #expect(try Self.parts(fixture, writer).behind.isEmpty)
        for _ in 0..<4 { all += text(try writer.commit([[draft(7)]])) }
        #expect(try !Self.parts(fixture, writer).behind.isEmpty)
        #expect(try fixture.lines() == all)
    }

    /// Four zeros at the end of a file are an end mark: a reader could meet them, and a power loss leave them behind a torn commit.
    @Test func `a commit that would leave as much of it as an end mark has takes it off first`() throws {
        let large = noisyDraft(8, byteCount: 6000)
        // Where commits end, in a journal with more than enough of it.
        let (_, writer, lines) = try Self.busy(commits: 3, options: JournalOptions(preparedByteCount: 64 << 10))
        let prepared = try #require(writer.committedEnd).byteCount
        for number in 3..<8 { _ = try writer.commit([[draft(number)]]) }
        _ = try writer.commit([[large]])
        let end = try #require(writer.committedEnd).byteCount
        let options = JournalOptions(preparedByteCount: end + 4 - prepared)
        for changes in 0..<6 {
            for seed in 0..<60 as Range<UInt64> {
                let (fixture, writer, _) = try Self.busy(options: options)
                #expect(try fixture.segmentBytes().count == Int(end) + 4)
                fixture.disk.switchOff(afterChanges: changes)
                _ = attempt(writer, [[large]])
                let after = JournalFixture(fixture.disk.crash(seed: seed), options: options)
                let again = try #require(try openUnlessDamaged(after), "\(changes) changes, seed \(seed)")
                #expect(again.newestOffset >= 7)
                #expect(try after.lines().starts(with: lines))
            }
        }
    }

    @Test func `any other failure while preparing stops writing`() throws {
        let (fixture, writer, lines) = try Self.busy(commits: 2)
        fixture.disk.fail(.truncate, code: EIO)
        #expect(attempt(writer, [[draft(2)]]).name == "unknown")
        #expect(attempt(writer, [[draft(3)]]).name == "stopped")
        #expect(try fixture.lines().starts(with: lines))
    }

    // MARK: Starting

    @Test func `a start after a kill takes it off and says nothing of it`() throws {
        let (fixture, writer, lines) = try Self.busy()
        let committed = try Self.parts(fixture, writer).committed
        let killed = JournalFixture(fixture.disk.afterKill(), options: fixture.options)
        let again = try killed.open()
        #expect(again.recovery == nil)
        #expect(again.preparedByteCount == Int64(try fixture.segmentBytes().count - committed.count))
        #expect(again.newestOffset == 7)
        #expect(try killed.segmentBytes() == committed + FrameFormat.endMark)
        #expect(!killed.disk.paths.contains { $0.contains("torn-") })
        #expect(try killed.lines() == lines)
    }

    @Test func `an unfinished commit in it is cut off and kept without the zeros`() throws {
        let (fixture, writer, lines) = try Self.busy()
        let before = try Self.parts(fixture, writer)
        _ = try writer.commit([[noisyDraft(9, byteCount: 700)]])
        let commit = Array(try Self.parts(fixture, writer).committed.dropFirst(before.committed.count))
        for count in 1..<commit.count where commit[count - 1] != 0 {
            // Sectors reach the disk in any order, so any part of it may be there.
            for part in [commit.prefix(count), commit.suffix(count)] {
                var behind = before.behind
                let place = part.startIndex
                behind.replaceSubrange(place..<place + part.count, with: part)
                let torn = fixture.with(before.committed + behind)
                let report = try #require(try torn.open().recovery, "\(place)..<\(place + part.count)")
                // A length that is zero reads as an end mark.
                let cut = Int(report.byteOffset) - before.committed.count
                #expect(cut == 0 || (cut == 4 && behind.starts(with: FrameFormat.endMark)))
                let kept = try #require(torn.disk.bytes(of: JournalFixture.folder + "/" + report.savedAs))
                #expect(kept == Array(behind[cut..<place + part.count]))
                #expect(try torn.lines() == lines)
                let notes = try Self.verify(fixture.with(before.committed + behind)).notes
                #expect(notes.first?.contains("\(kept.count) bytes of an unfinished commit") == true, "\(notes)")
            }
        }
    }

    @Test func `a header without lines in front of it is cut off`() throws {
        let options = JournalOptions(frameByteCount: 400, preparedByteCount: 8192)
        let (fixture, writer, lines) = try Self.busy(commits: 4, options: options)
        let end = Int(try #require(writer.committedEnd).byteCount)
        let header = FrameHeader(journal: JournalFixture.uuid, base: 4, previous: writer.chain, commit: nil).encoded
        let start = FrameFormat.endMark + header + LZ4Compressor().begin()
        var bytes = try fixture.segmentBytes()
        bytes.replaceSubrange(end..<end + start.count, with: start)
        let killed = fixture.with(bytes)
        #expect(try killed.open().recovery?.reason == "a frame header without lines")
        #expect(try killed.lines() == lines)
    }

    @Test func `damage before it is damage, and so is a flipped bit in a commit that another one follows`() throws {
        let (fixture, writer, _) = try Self.busy()
        let (committed, behind) = try Self.parts(fixture, writer)
        let blocks = SegmentMap(of: committed).items.filter { $0.kind == .block }
        for block in blocks.dropLast() {
            for byte in block.range {
                let damaged = fixture.with(flipped(committed, byte, 1 << UInt8(byte % 8)) + behind)
                #expect(try openUnlessDamaged(damaged) == nil, "byte \(byte)")
                #expect(try !Self.verify(damaged).isClean, "byte \(byte)")
            }
        }
    }

    /// Found by the simulation: a last block that ends with zeros itself was no evidence.
    @Test func `a whole commit behind damage is found, whatever byte it ends with`() throws {
        var endings: Set<Bool> = []
        for number in 0..<2000 where endings.count < 2 {
            let (fixture, writer, _) = try Self.busy()
            _ = try writer.commit([[draft(number, padding: 3)]])
            let (committed, behind) = try Self.parts(fixture, writer)
            guard endings.insert(committed.last == 0).inserted else { continue }
            let blocks = SegmentMap(of: committed).items.filter { $0.kind == .block }
            let damaged = fixture.with(flipped(committed, blocks[blocks.count - 2].range.upperBound - 1, 1) + behind)
            #expect(try openUnlessDamaged(damaged) == nil)
            #expect(try !Self.verify(damaged).isClean)
        }
        #expect(endings.count == 2, "one of 256 ends with a zero")
    }

    @Test func `a flipped bit in it loses no commit, and is told`() throws {
        let (fixture, writer, lines) = try Self.busy()
        let (committed, behind) = try Self.parts(fixture, writer)
        for byte in [0, 1, 3, 4, 7, 8, 100, 4095, 4096, behind.count - 4096, behind.count - 1] {
            let copy = fixture.with(committed + flipped(behind, byte, 0x10))
            #expect(try Self.verify(copy).notes.count == 1, "byte \(byte)")
            #expect(try copy.lines() == lines, "byte \(byte)")
            #expect(try copy.open().recovery != nil, "byte \(byte)")
            #expect(try copy.lines() == lines, "byte \(byte)")
        }
    }

    @Test func `a block that says something wrong is damage also where zeros follow`() throws {
        let (fixture, writer, _) = try Self.busy()
        let (committed, behind) = try Self.parts(fixture, writer)
        // A line without its end, in a block whose checksum holds.
        let (compressor, header) = (
            LZ4Compressor(),
            FrameHeader(journal: JournalFixture.uuid, base: 8, previous: writer.chain, commit: nil).encoded
        )
        var bytes = committed + FrameFormat.endMark + header + compressor.begin()
        compressor.compress(Array(#"{"offset":8,"#.utf8), into: &bytes)
        #expect(try openUnlessDamaged(fixture.with(bytes + behind)) == nil)
    }

    // MARK: Reading

    private static func verify(_ fixture: JournalFixture) throws -> VerifyReport {
        try JournalVerifier.verify(folder: JournalFixture.folder, fileSystem: fixture.disk)
    }

    @Test func `a verification beside the writer finds an open frame, and counts the bytes of commits`() throws {
        let (fixture, writer, _) = try Self.busy()
        let report = try Self.verify(fixture)
        #expect(report.isClean && report.notes.count == 1, "\(report.notes)")
        #expect(report.notes.first?.contains("the last frame is open") == true)
        #expect(report.fileByteCount == writer.committedEnd?.byteCount)
        let reader = try fixture.reader()
        #expect(try reader.writtenSegments().map(\.byteCount) == [report.fileByteCount])
        #expect(try reader.frames().map(\.storedByteCount) == [report.fileByteCount])
    }

    @Test func `a cursor goes on where it stopped, through frames and segments`() throws {
        let options = JournalOptions(frameByteCount: 700, segmentByteCount: 6000, preparedByteCount: 8192)
        let (fixture, writer, lines) = try Self.busy(options: options)
        let reader = try fixture.reader()
        var cursor = reader.cursor(from: 0)
        #expect(try readAll(&cursor) == lines)
        for number in 8..<300 {
            let written = text(try writer.commit([[noisyDraft(number, byteCount: number % 5 * 40)]]))
            #expect(try readAll(&cursor) == written, "event \(number)")
            // An index that was made before knows the frames that have come since.
            #expect(try reader.frames().map(\.offset).last.map { $0 > Int64(number) - 8 } == true, "event \(number)")
        }
        #expect(try reader.segments().count > 2)
    }

    @Test func `an index knows what came into it since, though the file's size is the same`() throws {
        let options = JournalOptions(frameByteCount: 400, preparedByteCount: 8192)
        let (fixture, writer, _) = try Self.busy(commits: 12, options: options)
        let (committed, behind) = try Self.parts(fixture, writer)
        let headers = SegmentMap(of: committed).items.filter { $0.kind == .header }.map(\.range.lowerBound)
        #expect(headers.count > 2)
        let size = committed.count + behind.count
        let reader = try fixture.reader()
        // A header alone, a part of the block behind it, and so on: what a reader may meet, one after the other.
        for end in stride(from: headers[1], through: committed.count, by: 7) {
            fixture.disk.put(
                committed[..<end] + [UInt8](repeating: 0, count: size - end), at: JournalFixture.segmentPath())
            _ = try reader.frames()
        }
        fixture.disk.put(committed + behind, at: JournalFixture.segmentPath())
        #expect(try reader.frames() == fixture.reader().frames())
        #expect(try reader.frames().count == headers.count)
    }

    @Test func `a reader hands out no part of a large commit that comes into it`() throws {
        let (fixture, writer, lines) = try Self.busy(options: JournalOptions(preparedByteCount: 600_000))
        let before = try Self.parts(fixture, writer)
        let large = (0..<4).map { draft($0, padding: 90_000) } + [noisyDraft(5, byteCount: 1000)]
        let written = text(try writer.commit([large]))
        let commit = Array(try Self.parts(fixture, writer).committed.dropFirst(before.committed.count))
        #expect(commit.count < before.behind.count, "it fits")
        for count in stride(from: 0, through: commit.count, by: 97) {
            let bytes = before.committed + commit.prefix(count) + before.behind.dropFirst(count)
            #expect(try fixture.with(bytes).lines() == lines, "\(count) of \(commit.count) bytes")
        }
        #expect(try fixture.lines() == lines + written)
    }

    @Test func `a copy that was made while the journal was written goes on from the last commit`() throws {
        let (fixture, writer, _) = try Self.busy()
        let committed = try Self.parts(fixture, writer).committed
        let killed = JournalFixture(fixture.disk.afterKill())
        let copy = try #require(try JournalCopy.open(JournalFixture.folder, fileSystem: killed.disk))
        #expect(copy.newestOffset == 7 && copy.tornByteCount == 0)
        #expect(try killed.segmentBytes() == committed)
        copy.close()
    }

    /// A block's last bytes may be zeros themselves.
    @Test func `a repair keeps the last commit before it, whatever byte that ends with`() throws {
        var endings: Set<Bool> = []
        for number in 0..<2000 where endings.count < 2 {
            let (fixture, writer, lines) = try Self.busy()
            let last = text(try writer.commit([[draft(number, padding: 3)]]))
            let (committed, _) = try Self.parts(fixture, writer)
            guard endings.insert(committed.last == 0).inserted else { continue }
            let disk = fixture.disk.afterKill()
            var scan = SalvageScan(
                folder: JournalFixture.folder, fileSystem: disk,
                identity: try SalvagedIdentity.read(folder: JournalFixture.folder, fileSystem: disk))
            var found: [String] = []
            try scan.run { salvaged throws(JournalError) in
                salvaged.chunk.forEachLine { _, line in
                    found.append(String(decoding: line.withUnsafeBufferPointer(Array.init), as: UTF8.self))
                }
            }
            #expect(found == lines + last)
            #expect(scan.faults.isEmpty, "\(scan.faults)")
            #expect(scan.known == 8)
        }
        #expect(endings.count == 2, "one of 256 ends with a zero")
    }

    /// A reader that meets zeros looks for what follows them; a commit that comes in between is no damage.
    @Test func `readers of a real file never take a commit that comes in for damage`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("journal-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let open = { @Sendable () throws in
            try JournalWriter.open(
                folder: folder, fileSystem: PosixFileSystem(), clock: ManualClock().clock,
                identity: { JournalFixture.uuid }, options: JournalOptions(frameByteCount: 200_000))
        }
        try open().close()
        let written = Mutex<Result<[String], any Error>?>(nil)
        // A thread of its own, so that it does run beside the readers.
        Thread {
            let result = Result {
                let writer = try open()
                let lines = try (0..<4000).flatMap { number in
                    text(try writer.commit([[noisyDraft(number, byteCount: number % 9 == 0 ? 4000 : 40)]]))
                }
                try writer.close()
                return lines
            }
            written.withLock { $0 = result }
        }.start()
        var cursor = try JournalReader(folder: folder, fileSystem: PosixFileSystem()).cursor(from: 0)
        var (found, overlapCount) = ([String](), 0)
        while written.withLock({ $0 == nil }) {
            found += try readAll(&cursor)
            let report = try JournalVerifier.verify(folder: folder, fileSystem: PosixFileSystem())
            #expect(report.isClean, "\(report.damages)")
            let standing = try #require(try JournalStanding.read(folder, fileSystem: PosixFileSystem()))
            #expect(standing.newestOffset >= report.newestOffset)
            if 1..<4000 ~= report.eventCount { overlapCount += 1 }
        }
        found += try readAll(&cursor)
        #expect(try found == #require(written.withLock { $0 }).get())
        #expect(overlapCount > 0, "they ran beside each other")
    }
}
