import Glibc
import Journal
import TestSupport
import Testing

@Suite("Disk faults")
struct FaultTests {
    @Test func `a full disk refuses the commit, and the next one goes on`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        var written = text(try writer.commit([[draft(1)]]))
        let before = try fixture.segmentBytes()
        for room in 0..<60 {
            let used = fixture.disk.paths.reduce(0) { $0 + (fixture.disk.bytes(of: $1)?.count ?? 0) }
            fixture.disk.setCapacity(used + room)
            #expect(attempt(writer, [[draft(2), noisyDraft(room, byteCount: 300)]]).name == "refused")
            #expect(try fixture.segmentBytes() == before, "cut off with \(room) bytes of room")
            #expect(writer.newestOffset == 0)
        }
        #expect(try fixture.lines() == written)
        fixture.disk.setCapacity(nil)
        written += text(try writer.commit([[draft(3)]]))
        #expect(try fixture.lines() == written)
        try writer.close()
        #expect(try JournalVerifier.verify(folder: JournalFixture.folder, fileSystem: fixture.disk).isClean)
    }

    @Test func `a short write refuses the commit, wherever it breaks off`() throws {
        for skipping in 0..<2 {
            for count in stride(from: 0, to: 120, by: 7) {
                let fixture = JournalFixture()
                let writer = try fixture.open()
                var written = text(try writer.commit([[draft(1)]]))
                try writer.endFrameIfQuiet()
                fixture.clock.advance(milliseconds: 10_000)
                try writer.endFrameIfQuiet()
                fixture.disk.shortenWrite(to: count, skipping: skipping)
                #expect(attempt(writer, [[draft(2)]]).name == "refused")
                written += text(try writer.commit([[draft(3)]]))
                #expect(try fixture.lines() == written)
                let after = JournalFixture(fixture.disk.crash(seed: UInt64(count)))
                _ = try after.open()
                #expect(try after.lines() == written)
            }
        }
    }

    @Test func `a failed sync stops writing, and a restart recovers`() throws {
        for seed in 0..<40 as Range<UInt64> {
            let fixture = JournalFixture()
            let writer = try fixture.open()
            let written = text(try writer.commit([[draft(1)]]))
            fixture.disk.fail(.sync, code: EIO)
            #expect(attempt(writer, [[draft(2)]]).name == "unknown")
            #expect(attempt(writer, [[draft(3)]]).name == "stopped")
            #expect(try fixture.lines().starts(with: written))
            try writer.close()
            // The process restarts on the same page cache, then the power goes: what the restart served must be there.
            let restarted = JournalFixture(fixture.disk.afterKill())
            let second = try restarted.open()
            let served = try restarted.lines()
            #expect(second.newestOffset == Int64(served.count) - 1)
            let after = JournalFixture(restarted.disk.crash(seed: seed))
            _ = try after.open()
            #expect(try after.lines() == served, "seed \(seed)")
        }
    }

    @Test func `a failed write that isn't a full disk stops writing`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        fixture.disk.fail(.write, code: EIO)
        #expect(attempt(writer, [[draft(1)]]).name == "unknown")
    }

    @Test func `a disk that can't cut off what it refused stops writing`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        _ = try writer.commit([[draft(1)]])
        fixture.disk.shortenWrite(to: 5)
        fixture.disk.fail(.truncate, code: EIO)
        #expect(attempt(writer, [[draft(2)]]).name == "unknown")
    }

    @Test func `the lock names its holder`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        let path = JournalFixture.folder + "/lock"
        let error = #expect(throws: JournalError.locked(path: path, holder: String(getpid()))) { try fixture.open() }
        #expect(error.map { "\($0)" }?.contains("process \(getpid())") == true)
        try writer.close()
        try fixture.open().close()
    }

    @Test func `an open that fails gives the lock back`() throws {
        let fixture = JournalFixture()
        fixture.disk.fail(.sync, code: EIO)
        #expect(throws: JournalError.self) { try fixture.open() }
        _ = try fixture.open()
    }
}
