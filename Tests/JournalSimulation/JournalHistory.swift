import Glibc
import Journal
import TestSupport

/// One life after the other of a journal whose disk fails, all of it chosen by one seed.
///
/// Fault model: ``SimulatedFileSystem``. The power goes, or the process is killed, at any call that changes the disk, recovery
/// included; what wasn't synced is lost, torn or reordered; calls fail, writes are short, the disk is full, bits flip. The journal's
/// own writer, recovery, reader, verifier and snapshot store run over it. What must hold is checked against ``HistoryModel``.
struct JournalHistory {
    static let folder = "/journal/default"
    static let uuid = "0b8f9f3e-6a52-4a4e-9d5e-1c2d3e4f5a6b"

    private(set) var figures = SimulationFigures()
    private(set) var trace: HistoryTrace
    var generator: SeededGenerator
    let profile: HistoryProfile
    private let weakness: Weakness?
    private let clock = ManualClock()
    private(set) var disk = SimulatedFileSystem()
    private(set) var model = HistoryModel(journal: Self.uuid)
    /// The newest snapshot that was stored durably.
    private(set) var newestSnapshot: Int64?
    /// Where the newest commit stands in its segment, as long as its frame is open.
    private(set) var openCommit: (segment: String, range: Range<Int>)?
    private var submittedCount = 0

    init(seed: UInt64, weakness: Weakness?, trace: HistoryTrace) {
        self.generator = SeededGenerator(seed: seed)
        self.profile = HistoryProfile(&self.generator)
        self.weakness = weakness
        self.trace = trace
    }

    /// Lives them all.
    mutating func run() throws(Violation) {
        self.figures.histories = 1
        for _ in 0..<self.profile.lifeCount {
            if self.generator.chance(percent: 88) { self.planPowerCut() }
            if try self.live(withFaults: true) { try self.checkSealed() }
            self.restart()
        }
        guard try self.live(withFaults: false) else { throw Violation("a start without any fault failed") }
        self.figures.add(self.disk.faultCounts)
    }

    /// The disk as the journal uses it.
    func fileSystem(_ disk: SimulatedFileSystem) -> any FileSystem {
        self.weakness.map { WeakenedFileSystem(base: disk, weakness: $0) } ?? disk
    }

    func openWriter(_ disk: SimulatedFileSystem) throws(JournalError) -> JournalWriter {
        try JournalWriter.open(
            folder: Self.folder, fileSystem: self.fileSystem(disk), clock: self.clock.clock, identity: { Self.uuid },
            options: self.profile.options)
    }

    // MARK: Lives

    /// From one start to the next crash, failure or end.
    ///
    /// - Returns: Whether the journal was ended in good order, so that all of it is sealed.
    private mutating func live(withFaults: Bool) throws(Violation) -> Bool {
        let before = self.disk.afterKill()
        if withFaults, self.generator.chance(percent: self.profile.faultPercent / 2) { self.failSomeCall() }
        guard let writer = try self.start() else { return false }
        try self.check(writer, before: before)
        guard withFaults else { return true }
        for _ in 0..<Int.random(in: 1..<30, using: &self.generator) {
            if self.generator.chance(percent: self.profile.faultPercent) { self.placeFault() }
            guard try self.step(writer) else { return false }
            self.clock.advance(milliseconds: Int64.random(in: -50..<200, using: &self.generator))
        }
        return self.generator.chance(percent: 30) ? try self.close(writer) : false
    }

    private mutating func start() throws(Violation) -> JournalWriter? {
        let faults = self.firedFaultCount
        self.openCommit = nil
        do throws(JournalError) {
            let writer = try self.openWriter(self.disk)
            self.trace.note(
                "start: newest event \(writer.newestOffset), \(writer.recovery?.description ?? "nothing cut")")
            return writer
        } catch {
            self.note("start", failed: error)
            if self.disk.isOff {
                self.figures.crashesInRecovery += 1
                return nil
            }
            guard case .io = error, self.firedFaultCount > faults else {
                throw Violation("a start was refused, though there were only crashes: \(error)")
            }
            self.figures.failedStarts += 1
            return nil
        }
    }

    private mutating func step(_ writer: JournalWriter) throws(Violation) -> Bool {
        switch Int.random(in: 0..<100, using: &self.generator) {
        case 0..<8: try self.endFrame(writer)
        case 8..<13: try self.storeSnapshot()
        case 13..<20: try self.read()
        case 20..<22: try self.flipInOpenFrame()
        default: try self.commit(writer)
        }
    }

    private mutating func commit(_ writer: JournalWriter) throws(Violation) -> Bool {
        let changes = self.makeChanges()
        let place = writer.committedEnd
        let description = "commit of \(changes.map(\.count)) events"
        switch outcome({ () throws(JournalError) in try writer.commit(changes) }) {
        case .success(let events):
            self.trace.note(
                "\(description): done, up to event \(events.newestOffset), \(events.segment) byte \(events.committedLength)"
            )
            try self.model.acknowledge(events, of: changes)
            self.noteCommit(events, after: place)
            return true
        case .failure(let error):
            self.note("\(description)", failed: error)
            return try self.judge(error, changes)
        }
    }

    private mutating func noteCommit(_ events: AppendedEvents, after place: (segment: String, byteCount: Int64)?) {
        let goesOn = place?.segment == events.segment
        self.openCommit = (events.segment, Int(goesOn ? place?.byteCount ?? 0 : 0)..<Int(events.committedLength))
        self.figures.commitsAcknowledged += 1
        self.figures.eventsAcknowledged += events.lines.count
        if place != nil && !goesOn { self.figures.segmentChanges += 1 }
        if events.lines.reduce(0, { $0 + $1.count + 1 }) > 256 << 10 { self.figures.largeCommits += 1 }
    }

    /// What a commit's error means for the model; false: the life is over.
    private mutating func judge(_ error: JournalError, _ changes: [[EventDraft]]) throws(Violation) -> Bool {
        switch error {
        case .refused where !self.disk.isOff:
            self.figures.commitsRefused += 1
            return true
        case .outcomeUnknown:
            self.figures.commitsInDoubt += 1
            self.model.doubt(changes)
            return false
        default: throw Violation("a commit failed in a way that it never should: \(error)")
        }
    }

    private mutating func endFrame(_ writer: JournalWriter) throws(Violation) -> Bool {
        self.clock.advance(milliseconds: self.profile.options.quietMilliseconds)
        do throws(JournalError) {
            try writer.endFrameIfQuiet()
            self.trace.note("frame ended")
            self.openCommit = nil
            return true
        } catch {
            self.note("end of the frame", failed: error)
            return try self.judge(error, [])
        }
    }

    private mutating func close(_ writer: JournalWriter) throws(Violation) -> Bool {
        do throws(JournalError) {
            try writer.close()
            self.trace.note("closed")
            self.openCommit = nil
            return true
        } catch {
            self.note("close", failed: error)
            _ = try self.judge(error, [])
            return false
        }
    }

    private mutating func storeSnapshot() throws(Violation) -> Bool {
        guard self.model.newestOffset >= 0 else { return true }
        let faults = self.firedFaultCount
        let snapshot = self.snapshot(at: self.model.newestOffset)
        do throws(JournalError) {
            try SnapshotStore(folder: Self.folder, fileSystem: self.fileSystem(self.disk)).write(snapshot)
            self.trace.note("snapshot of event \(snapshot.offset)")
            self.figures.snapshotsWritten += 1
            self.newestSnapshot = snapshot.offset
            return true
        } catch {
            self.note("snapshot of event \(snapshot.offset)", failed: error)
            guard self.disk.isOff || self.firedFaultCount > faults else { throw Violation("snapshot: \(error)") }
            return !self.disk.isOff
        }
    }

    /// A reader beside the writer, from anywhere: it sees what was acknowledged, whatever was refused on the way.
    private mutating func read() throws(Violation) -> Bool {
        let faults = self.firedFaultCount
        let first = Int64.random(in: 0...self.model.newestOffset + 1, using: &self.generator)
        switch outcome({ () throws(JournalError) in try self.readBeside(from: first) }) {
        case .success(let (found, chain)):
            try self.expect(found.elementsEqual(self.model.lines[Int(first)...]), "a reader found other lines")
            let expected = first > 0 ? self.model.chains[Int(first - 1)] : ChainDigest(journal: Self.uuid)
            try self.expect(chain == expected, "a reader found another chain digest")
            return true
        case .failure(let error):
            self.note("read from \(first)", failed: error)
            guard self.disk.isOff || self.firedFaultCount > faults else { throw Violation("a reader: \(error)") }
            return !self.disk.isOff
        }
    }

    /// The lines from an offset on, and D before them.
    private func readBeside(from first: Int64) throws(JournalError) -> ([[UInt8]], ChainDigest) {
        let reader = try JournalReader(folder: Self.folder, fileSystem: self.fileSystem(self.disk))
        var cursor = reader.cursor(from: first, through: CommittedLimit(newestOffset: self.model.newestOffset))
        return (try allLines(&cursor), try reader.chain(at: first - 1))
    }

    // MARK: Faults

    private mutating func planPowerCut() {
        // A start changes the disk a few times only: many cuts come during one.
        let limit = self.generator.chance(percent: 30) ? 9 : self.profile.changesUntilOffMax
        let count = Int.random(in: 0..<limit, using: &self.generator)
        self.disk.switchOff(afterChanges: count)
    }

    /// Power loss or kill.
    ///
    /// After the power was off both are possible outcomes: a machine that stopped at that call, and a process that did.
    private mutating func restart() {
        self.figures.add(self.disk.faultCounts)
        if self.generator.chance(percent: 70) {
            self.disk = self.disk.crash(seed: self.generator.next())
            self.figures.powerLosses += 1
            self.trace.note("--- power loss; lost: \(self.disk.faultCounts.map { "\($1) x \($0.rawValue)" }.sorted())")
        } else {
            self.disk = self.disk.afterKill()
            self.figures.kills += 1
            self.trace.note("--- process killed")
        }
    }

    private mutating func placeFault() {
        switch Int.random(in: 0..<10, using: &self.generator) {
        case 0..<3: self.disk.shortenWrite(to: Int.random(in: 0..<600, using: &self.generator))
        case 3: self.disk.fail(.write, code: ENOSPC)
        case 4..<6:
            self.disk.setCapacity(self.disk.usedByteCount + Int.random(in: 0..<700, using: &self.generator))
        case 6: self.disk.setCapacity(nil)
        default: self.failSomeCall()
        }
    }

    private mutating func failSomeCall() {
        let operations: [FileError.Operation] = [
            .sync, .sync, .sync, .write, .write, .syncFolder, .read, .open, .truncate, .rename, .remove, .status, .list,
        ]
        let operation = operations.randomElement(using: &self.generator) ?? .sync
        self.disk.fail(operation, code: EIO, skipping: Int.random(in: 0..<4, using: &self.generator))
    }

    private mutating func makeChanges() -> [[EventDraft]] {
        self.submittedCount += 10
        let number = self.submittedCount
        if self.generator.chance(percent: self.profile.largeCommitPercent) {
            let compresses = self.generator.chance(percent: 70)
            return [
                (0..<Int.random(in: 3...5, using: &self.generator)).map {
                    SampleChanges.large(number + $0, byteCount: 110_000, compresses: compresses, &self.generator)
                }
            ]
        }
        switch Int.random(in: 0..<20, using: &self.generator) {
        case 0, 1: return [(0..<3).map { SampleChanges.small(number + $0) }]
        case 2, 3:
            return [[SampleChanges.small(number), SampleChanges.small(number + 1)], [SampleChanges.small(number)]]
        case 4..<7:
            let byteCount = Int.random(in: 300..<1500, using: &self.generator)
            return [[SampleChanges.large(number, byteCount: byteCount, compresses: false, &self.generator)]]
        default: return [[SampleChanges.small(number)]]
        }
    }

    // MARK: Shared

    private var firedFaultCount: Int { self.disk.faultCounts.values.reduce(0, +) }

    private mutating func note(_ step: @autoclosure () -> String, failed error: JournalError) {
        let power = self.disk.offAt.map {
            " (no power since: \($0.operation.rawValue) \(lastPathComponent(of: $0.path)))"
        }
        self.trace.note("\(step()): \(error)\(power ?? "")")
    }

    /// A stand-in for the document after an event.
    func snapshot(at offset: Int64) -> SnapshotFile {
        SnapshotFile(
            journal: Self.uuid, offset: offset, chain: self.model.chains[Int(offset)].hex, digest: "of \(offset)",
            document: Array(#"{"events":\#(offset + 1)}"#.utf8))
    }

    func expect(_ holds: Bool, _ reason: @autoclosure () -> String) throws(Violation) {
        if !holds { throw Violation(reason()) }
    }

    mutating func count(_ path: WritableKeyPath<SimulationFigures, Int>, _ more: Int = 1) {
        self.figures[keyPath: path] += more
    }

    mutating func note(_ step: @autoclosure () -> String) { self.trace.note(step()) }

    /// Takes what a start found into the model.
    mutating func settle(_ found: [[UInt8]]) throws(Violation) {
        if try self.model.settle(found) { self.figures.commitsInDoubtKept += 1 }
    }
}

/// All lines from a cursor's place to the end for now.
func allLines(_ cursor: inout JournalCursor) throws(JournalError) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    while let chunk = try cursor.next() { lines += (0..<chunk.count).map(chunk.line) }
    return lines
}

/// What a call came to, as a value.
func outcome<Value>(_ body: () throws(JournalError) -> Value) -> Result<Value, JournalError> {
    do throws(JournalError) {
        return .success(try body())
    } catch {
        return .failure(error)
    }
}
