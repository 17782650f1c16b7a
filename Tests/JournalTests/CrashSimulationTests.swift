import Glibc
import Journal
import TestSupport
import Testing

/// Random histories on a disk whose power goes at random moments.
///
/// Fault model: ``SimulatedFileSystem``. Each history opens, commits small and large changes and groups, meets full disks,
/// short writes and failed syncs, and is switched off in the middle of anything, recovery included.
/// The promises, after each restart: what was acknowledged is there, in order, byte for byte; offsets are dense; what was
/// refused is not there; nothing but whole commits is there; a verification is clean; a crash is never taken for damage.
@Suite("Crash simulation")
struct CrashSimulationTests {
    @Test(arguments: Array(stride(from: 0, to: 400, by: 50)) as [UInt64])
    func `acknowledged events survive every crash`(firstSeed: UInt64) throws {
        for seed in firstSeed..<firstSeed + 50 {
            var history = History(seed: seed)
            do {
                try history.run()
            } catch {
                Issue.record("seed \(seed): \(error)")
            }
        }
    }
}

private struct History {
    private let seed: UInt64
    private var generator: SeededGenerator
    private var fixture: JournalFixture
    /// Acknowledged lines.
    private var kept: [String] = []
    /// Commits in flight when the power went or a sync failed: all of it is there afterwards, or nothing.
    private var inFlight: [[EventDraft]]?
    private var counter = 0

    init(seed: UInt64) {
        self.seed = seed
        self.generator = SeededGenerator(seed: seed)
        let small = JournalOptions(frameByteCount: 900, segmentByteCount: 2500, quietMilliseconds: 100)
        self.fixture = JournalFixture(options: SeededGenerator.firstBit(seed) ? small : JournalOptions())
    }

    mutating func run() throws {
        for _ in 0..<4 {
            try self.live()
            self.restart()
        }
        let writer = try self.fixture.open()
        try self.check(writer)
        try writer.close()
    }

    /// One life of the process.
    private mutating func live() throws {
        if self.generator.chance(percent: 90) {
            self.fixture.disk.switchOff(afterChanges: Int.random(in: 0..<80, using: &self.generator))
        }
        let writer: JournalWriter
        do {
            writer = try self.fixture.open()
        } catch {
            guard self.fixture.disk.isOff else { throw error }
            return
        }
        try self.check(writer)
        for _ in 0..<Int.random(in: 1..<30, using: &self.generator) {
            self.placeFault()
            let changes = self.makeChanges()
            switch attempt(writer, changes) {
            case .done(let events): self.kept += text(events)
            case .refused: continue
            case .unknown, .stopped, .failed:
                self.inFlight = changes
                return
            }
            self.fixture.clock.advance(milliseconds: Int64.random(in: -50..<200, using: &self.generator))
            if self.generator.chance(percent: 20), (try? writer.endFrameIfQuiet()) == nil { return }
        }
        if self.generator.chance(percent: 30) { try? writer.close() }
    }

    private mutating func restart() {
        let disk = self.fixture.disk
        let next =
            self.generator.chance(percent: 80) ? disk.crash(seed: self.generator.next()) : disk.afterKill()
        self.fixture = JournalFixture(next, options: self.fixture.options)
    }

    private mutating func placeFault() {
        switch Int.random(in: 0..<40, using: &self.generator) {
        case 0: self.fixture.disk.shortenWrite(to: Int.random(in: 0..<300, using: &self.generator))
        case 1: self.fixture.disk.fail(.sync, code: EIO)
        case 2: self.fixture.disk.fail(.write, code: ENOSPC)
        default: break
        }
    }

    private mutating func makeChanges() -> [[EventDraft]] {
        self.counter += 1
        let number = self.counter
        switch Int.random(in: 0..<20, using: &self.generator) {
        case 0: return [(0..<4).map { noisyDraft(number * 10 + $0, byteCount: 90_000) }]
        case 1: return [[draft(number), draft(number + 1), draft(number + 2)]]
        case 2...5: return [[noisyDraft(number, byteCount: 700)], [draft(number)]]
        default: return [[draft(number)]]
        }
    }

    /// What is there now is what was acknowledged, and perhaps the commit that was in flight.
    private mutating func check(_ writer: JournalWriter) throws {
        let lines = try self.fixture.lines()
        #expect(lines.starts(with: self.kept), "seed \(self.seed): an acknowledged event is gone")
        let more = Array(lines.dropFirst(self.kept.count))
        if !more.isEmpty {
            let expected = (self.inFlight ?? []).joined().map(\.patch)
            let found = try more.map { line in
                let bytes = Array(line.utf8)
                return Array(bytes[try EventEnvelope.parse(bytes).patch])
            }
            #expect(found == Array(expected), "seed \(self.seed): something that was never whole is there")
        }
        self.kept = lines
        self.inFlight = nil
        #expect(writer.newestOffset == Int64(lines.count) - 1, "seed \(self.seed)")
        let report = try JournalVerifier.verify(folder: JournalFixture.folder, fileSystem: self.fixture.disk)
        #expect(report.isClean && report.notes.isEmpty, "seed \(self.seed): \(report.damages) \(report.notes)")
        #expect(report.chain == writer.chain, "seed \(self.seed)")
    }
}

extension SeededGenerator {
    fileprivate static func firstBit(_ seed: UInt64) -> Bool {
        var generator = SeededGenerator(seed: seed)
        return generator.next() & 1 == 0
    }
}
