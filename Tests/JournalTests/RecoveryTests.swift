import Journal
import TestSupport
import Testing

/// Opening after a crash: what was acknowledged is there, what can't be explained by a crash is refused.
@Suite("Recovery")
struct RecoveryTests {
    /// A journal with everything in it: two frames ended, a large commit, a group, an open or ended frame of several commits.
    static func sample(ended: Bool) throws -> (fixture: JournalFixture, lines: [String]) {
        let fixture = JournalFixture(options: JournalOptions(frameByteCount: 400, preparedByteCount: 0))
        let writer = try fixture.open()
        var lines: [String] = []
        for index in 0..<3 { lines += text(try writer.commit([[draft(index)]])) }
        lines += text(try writer.commit([[draft(3), draft(4)], [draft(5)]]))
        for index in 6..<8 { lines += text(try writer.commit([[draft(index)]])) }
        if ended { try writer.close() }
        return (JournalFixture(fixture.disk.afterKill(), options: fixture.options), lines)
    }

    /// Opens, checks that opening again changes nothing, and answers what is there; nil if it was refused as damage.
    static func recover(_ fixture: JournalFixture) throws -> (lines: [String], report: RecoveryReport?)? {
        guard let writer = try openUnlessDamaged(fixture) else { return nil }
        let lines = try fixture.lines()
        #expect(writer.newestOffset == Int64(lines.count) - 1)
        let bytes = fixture.disk.bytes(of: JournalFixture.segmentPath())
        let again = JournalFixture(fixture.disk.afterKill(), options: fixture.options)
        let second = try again.open()
        #expect(second.recovery == nil)
        #expect(second.chain == writer.chain)
        #expect(again.disk.bytes(of: JournalFixture.segmentPath()) == bytes)
        return (lines, writer.recovery)
    }

    @Test(arguments: [false, true])
    func `every length of a cut journal recovers to a prefix, or is refused`(ended: Bool) throws {
        let (fixture, lines) = try Self.sample(ended: ended)
        let bytes = try fixture.segmentBytes()
        for count in 0...bytes.count {
            guard let found = try Self.recover(fixture.with(Array(bytes.prefix(count)))) else {
                Issue.record("cut to \(count) of \(bytes.count) bytes: refused, though a crash leaves such files")
                continue
            }
            #expect(found.lines == Array(lines.prefix(found.lines.count)), "cut to \(count)")
            if count >= bytes.count - 4 && ended { #expect(found.lines == lines, "cut to \(count)") }
        }
    }

    @Test(arguments: [UInt8(0x01), 0x80, 0xFF])
    func `every flipped byte of a journal at rest is noticed, and no event is lost`(mask: UInt8) throws {
        let (fixture, lines) = try Self.sample(ended: true)
        let bytes = try fixture.segmentBytes()
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= mask
            guard let found = try Self.recover(fixture.with(flipped)) else { continue }
            // The last end mark carries nothing: it is cut off, reported, and written anew.
            #expect(index >= bytes.count - 4, "byte \(index) of \(bytes.count), mask \(mask)")
            #expect(found.report != nil && found.lines == lines)
        }
    }

    @Test(arguments: [UInt8(0x01), 0x80, 0xFF])
    func `every flipped byte is noticed in a journal whose last frame is open`(mask: UInt8) throws {
        let (fixture, lines) = try Self.sample(ended: false)
        let bytes = try fixture.segmentBytes()
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= mask
            guard let found = try Self.recover(fixture.with(flipped)) else { continue }
            // The stated limit: the very last commit of a frame that was not ended looks like a torn tail.
            #expect(found.report != nil, "byte \(index) of \(bytes.count)")
            #expect(found.lines == Array(lines.dropLast()), "byte \(index) of \(bytes.count)")
        }
    }

    @Test func `every flipped byte is noticed by a verification`() throws {
        let (fixture, lines) = try Self.sample(ended: true)
        let bytes = try fixture.segmentBytes()
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 0x10
            let disk = fixture.with(flipped).disk
            let report = try JournalVerifier.verify(folder: JournalFixture.folder, fileSystem: disk)
            #expect(!report.isClean || !report.notes.isEmpty, "byte \(index)")
            #expect(report.eventCount <= lines.count)
        }
    }

    @Test func `a reader hands out nothing wrong, whatever byte is flipped`() throws {
        let (fixture, lines) = try Self.sample(ended: true)
        let bytes = try fixture.segmentBytes()
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 0x04
            let broken = fixture.with(flipped)
            var cursor = try broken.reader().cursor(from: 0)
            var found: [String] = []
            do {
                while let chunk = try cursor.next() {
                    for line in 0..<chunk.count { found.append(String(decoding: chunk.line(line), as: UTF8.self)) }
                }
                #expect(found == lines || index >= bytes.count - 4, "byte \(index) went unnoticed")
            } catch {
                guard case .damaged = error else { throw error }
            }
            #expect(found == Array(lines.prefix(found.count)))
        }
    }

    @Test func `torn bytes are kept under the name of their digest`() throws {
        let (fixture, lines) = try Self.sample(ended: false)
        let bytes = try fixture.segmentBytes()
        let cut = fixture.with(Array(bytes.dropLast(3)))
        let writer = try cut.open()
        let report = try #require(writer.recovery)
        #expect(report.byteOffset + report.byteCount == Int64(bytes.count - 3))
        let kept = try #require(cut.disk.bytes(of: JournalFixture.folder + "/" + report.savedAs))
        #expect(kept == Array(bytes[Int(report.byteOffset)..<bytes.count - 3]))
        #expect(report.savedAs.hasPrefix("torn-") && report.savedAs.hasSuffix(".bin") && report.savedAs.count == 73)
        #expect(try cut.lines() == Array(lines.dropLast()))
    }

    @Test(arguments: [1, 3, 4, 5, 8, 500, 4096])
    func `zeros behind the last commit are cut off`(count: Int) throws {
        for ended in [false, true] {
            let (fixture, lines) = try Self.sample(ended: ended)
            let bytes = try fixture.segmentBytes()
            let padded = fixture.with(bytes + [UInt8](repeating: 0, count: count))
            #expect(try Self.recover(padded)?.lines == lines)
        }
    }

    @Test func `a frame header without lines is cut off`() throws {
        let (fixture, lines) = try Self.sample(ended: true)
        let writer = try fixture.open()
        let before = try fixture.segmentBytes().count
        _ = try writer.commit([[draft(9)]])
        let bytes = try fixture.segmentBytes()
        let killed = JournalFixture(fixture.disk.afterKill())
        for count in before..<bytes.count {
            let found = try #require(try Self.recover(killed.with(Array(bytes.prefix(count)))))
            #expect(found.lines == lines, "cut to \(count)")
        }
    }

    @Test func `a large commit counts whole or not at all`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        let first = text(try writer.commit([[draft(0)]]))
        let start = try fixture.segmentBytes().count
        let large = text(try writer.commit([(0..<5).map { noisyDraft($0, byteCount: 150_000) }]))
        let bytes = try fixture.segmentBytes()
        let killed = JournalFixture(fixture.disk.afterKill())
        for count in stride(from: start, to: bytes.count, by: 40_009) {
            let found = try #require(try Self.recover(killed.with(Array(bytes.prefix(count)))), "cut to \(count)")
            #expect(found.lines == first)
        }
        #expect(try Self.recover(killed.with(bytes))?.lines == first + large)
        // Lost sectors in the middle, with blocks behind them that are whole: the same unsynced write.
        for position in stride(from: start + 600, to: bytes.count - 512, by: 30_011) {
            var torn = bytes
            torn.replaceSubrange(position..<position + 512, with: [UInt8](repeating: 0, count: 512))
            #expect(try Self.recover(killed.with(torn))?.lines == first, "sector at \(position)")
        }
        // Once something stands behind it, it had been synced: damage.
        _ = try writer.commit([[draft(9)]])
        var damaged = try fixture.segmentBytes()
        damaged[start + 100_000] ^= 1
        #expect(try Self.recover(killed.with(damaged)) == nil)
    }

    @Test func `a flipped byte in a large commit at rest is damage`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        _ = try writer.commit([(0..<5).map { noisyDraft($0, byteCount: 100_000) }])
        try writer.close()
        let bytes = try fixture.segmentBytes()
        for index in Array(stride(from: 0, to: bytes.count - 4, by: 4999)) + Array(bytes.count - 12..<bytes.count - 4) {
            var flipped = bytes
            flipped[index] ^= 0x20
            #expect(try Self.recover(fixture.with(flipped)) == nil, "byte \(index)")
        }
        // The lengths of blocks, each of which leads astray.
        var position = 0
        for _ in 0..<2 {
            position = try #require(nextBlockLength(bytes, after: position))
            for mask in [UInt8(0x01), 0xFF] {
                var flipped = bytes
                flipped[position] ^= mask
                #expect(try Self.recover(fixture.with(flipped)) == nil, "length at \(position)")
            }
        }
    }

    @Test func `a foreign frame is refused`() throws {
        let (fixture, _) = try Self.sample(ended: true)
        let other = JournalFixture()
        other.disk.put(
            try #require(fixture.disk.bytes(of: JournalFixture.segmentPath())), at: JournalFixture.segmentPath())
        let identity =
            #"{"format":1,"journal":"ffffffff-6a52-4a4e-9d5e-1c2d3e4f5a6b","created":"2026-11-23T06:40:00.000Z"}"#
        other.disk.put(Array(identity.utf8), at: JournalFixture.folder + "/journal.json")
        try other.disk.makeFolders(JournalFixture.folder)
        let error = #expect(throws: JournalError.self) { try other.open() }
        #expect(error.map { "\($0)" }?.contains("another journal") == true)
    }

    @Test func `a lost journal-json is refused where there are segments`() throws {
        let (fixture, _) = try Self.sample(ended: true)
        fixture.disk.erase(JournalFixture.folder + "/journal.json")
        #expect(throws: JournalError.self) { try fixture.open() }
    }

    @Test(arguments: [JournalFormat.current + 1, 0])
    func `a format that isn't known is refused by name`(format: Int64) throws {
        let (fixture, _) = try Self.sample(ended: true)
        let path = JournalFixture.folder + "/journal.json"
        let identity =
            #"{"format":\#(format),"journal":"\#(JournalFixture.uuid)","created":"2026-11-23T06:40:00.000Z"}"#
        fixture.disk.put(Array(identity.utf8), at: path)
        let expected = JournalError.unsupportedFormat(file: path, format: format)
        #expect(throws: expected) { try fixture.open() }
        #expect(throws: expected) { try fixture.reader() }
        #expect("\(expected)".contains("format \(format) is "))
        let current = JournalFormat.current
        #expect("\(expected)".contains(format > 0 ? "which reads up to format \(current)" : "reads (1 to \(current))"))
    }

    @Test func `a frame of a newer format is refused by name, for writing and for reading`() throws {
        let (fixture, _) = try Self.sample(ended: true)
        var bytes = try fixture.segmentBytes()
        var (header, byteCount) = try #require(FrameHeader.find(in: bytes, at: 0))
        header.format = JournalFormat.current + 1
        #expect(header.encoded.count == byteCount)
        bytes.replaceSubrange(0..<byteCount, with: header.encoded)
        let newer = fixture.with(bytes)
        let current = JournalFormat.current
        let reason = "format \(header.format) is newer than this program, which reads up to format \(current)"
        let refusal = #expect(throws: JournalError.self) { try newer.open() }
        #expect(refusal.map { "\($0)".contains(reason) } == true, "\(String(describing: refusal))")
        #expect(throws: JournalError.unsupportedFormat(file: JournalFixture.segmentPath(), format: header.format)) {
            try newer.lines()
        }
        #expect(newer.disk.bytes(of: JournalFixture.segmentPath()) == bytes, "nothing is cut off")
    }

    @Test func `leftovers of a crash are removed`() throws {
        let (fixture, _) = try Self.sample(ended: true)
        fixture.disk.put([1, 2, 3], at: JournalFixture.folder + "/journal.json.tmp")
        _ = try fixture.open()
        #expect(fixture.disk.bytes(of: JournalFixture.folder + "/journal.json.tmp") == nil)
    }
}

/// The writer; nil if the journal was refused as damaged.
func openUnlessDamaged(_ fixture: JournalFixture) throws -> JournalWriter? {
    do {
        return try fixture.open()
    } catch {
        guard case JournalError.damaged = error else { throw error }
        return nil
    }
}

/// The position of the length field of the block that follows the one at `position`; of the first block for 0.
private func nextBlockLength(_ bytes: [UInt8], after position: Int) -> Int? {
    guard position == 0 else {
        let length = (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) } & 0x7FFF_FFFF
        return position + length + 8 < bytes.count - 4 ? position + length + 8 : nil
    }
    let header = (0..<4).reduce(0) { $0 | Int(bytes[4 + $1]) << (8 * $1) }
    return 8 + header + 7
}
