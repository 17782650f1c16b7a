import Journal
import TestSupport

/// What must hold after every start.
extension JournalHistory {
    /// Checks a start on copies of the disk, on which nothing fails.
    ///
    /// - Parameter before: The disk as the start met it.
    mutating func check(_ writer: JournalWriter, before: SimulatedFileSystem) throws(Violation) {
        let rest = self.disk.afterKill()
        let found = try self.lines(of: rest)
        try self.settle(found)
        self.count(\.starts)
        self.count(\.eventsRecovered, found.count)
        try self.expect(writer.newestOffset == self.model.newestOffset, "the writer goes on after another event")
        try self.expect(writer.chain == self.model.chain, "the writer goes on with another chain digest")
        try self.checkVerification(of: rest)
        try self.checkTornBytes(writer.recovery, before: before, after: rest)
        try self.checkSecondStart(rest)
        try self.checkSnapshots(rest)
        if self.generator.chance(percent: 30) {
            // What was served once must be there, whatever the disk had not synced.
            let later = self.disk.crash(seed: self.generator.next())
            try self.expect(
                try self.linesAfterStart(later) == self.model.lines, "what a start served is gone after a crash")
        }
        if self.generator.chance(percent: 25) { try self.checkSealed() }
    }

    private func checkVerification(of disk: SimulatedFileSystem) throws(Violation) {
        let report = try self.verify(disk)
        try self.expect(report.isClean && report.notes.isEmpty, "verify: \(report.damages) \(report.notes)")
        try self.expect(report.chain == self.model.chain, "verify found another chain digest")
        try self.expect(report.newestOffset == self.model.newestOffset, "verify found another newest event")
    }

    /// What was cut off is kept, byte for byte, under the name of its digest.
    private mutating func checkTornBytes(
        _ report: RecoveryReport?, before: SimulatedFileSystem, after: SimulatedFileSystem
    ) throws(Violation) {
        try self.expect(!after.paths.contains { $0.hasSuffix(JournalFolder.temporarySuffix) }, "a leftover stays")
        guard let report else { return }
        self.count(\.tornTails)
        guard let segment = before.bytes(of: report.file),
            let kept = after.bytes(of: Self.folder + "/" + report.savedAs)
        else { throw Violation("\(report.savedAs) isn't there") }
        let torn = Self.withoutPreparedSpace(Array(segment.dropFirst(Int(report.byteOffset))))
        try self.expect(kept == torn && kept.count == Int(report.byteCount), "\(report.savedAs) isn't what was cut off")
        try self.expect(report.savedAs == "torn-\(sha256Hex(torn)).bin", "\(report.savedAs) has another digest")
    }

    /// Zeros that nobody was told of carry nothing, where there are so many that they were written beforehand.
    private static func withoutPreparedSpace(_ bytes: [UInt8]) -> [UInt8] {
        let zeroCount = bytes.reversed().prefix { $0 == 0 }.count
        return zeroCount < 4096 ? bytes : Array(bytes.dropLast(zeroCount))
    }

    /// Recovering twice is recovering once.
    private func checkSecondStart(_ rest: SimulatedFileSystem) throws(Violation) {
        let again = rest.afterKill()
        let writer = try self.opened(again)
        try self.expect(
            writer.recovery == nil && writer.chain == self.model.chain, "a second start finds something else")
        for path in rest.paths { try self.expect(again.bytes(of: path) == rest.bytes(of: path), "\(path) changed") }
        try self.expect(again.paths == rest.paths, "a second start makes or removes files")
    }

    /// The newest snapshot that was stored is found, and is the one that was stored.
    private mutating func checkSnapshots(_ rest: SimulatedFileSystem) throws(Violation) {
        let found = try self.newestSnapshot(rest)
        guard let newestSnapshot else { return }
        try self.expect(found.map { $0.offset >= newestSnapshot } ?? false, "the snapshot of \(newestSnapshot) is gone")
        if let found {
            try self.expect(found == self.snapshot(at: found.offset), "a snapshot isn't what was stored")
            self.count(\.snapshotsUsed)
        }
    }

    // MARK: Reading copies, on which nothing fails

    func newestSnapshot(_ disk: SimulatedFileSystem) throws(Violation) -> SnapshotFile? {
        try unfailing { () throws(JournalError) in
            let reader = try JournalReader(folder: Self.folder, fileSystem: self.fileSystem(disk))
            return try SnapshotStore(folder: Self.folder, fileSystem: self.fileSystem(disk))
                .newest { offset throws(JournalError) in try reader.chain(at: offset).hex }
        }
    }

    func lines(of disk: SimulatedFileSystem) throws(Violation) -> [[UInt8]] {
        try unfailing { () throws(JournalError) in try self.readLines(of: disk) }
    }

    func readLines(of disk: SimulatedFileSystem) throws(JournalError) -> [[UInt8]] {
        var cursor = try JournalReader(folder: Self.folder, fileSystem: self.fileSystem(disk)).cursor(from: 0)
        return try allLines(&cursor)
    }

    func linesAfterStart(_ disk: SimulatedFileSystem) throws(Violation) -> [[UInt8]] {
        let writer = try self.opened(disk)
        let lines = try self.lines(of: disk)
        try self.expect(writer.newestOffset == Int64(lines.count) - 1, "the writer goes on after another event")
        return lines
    }

    func verify(_ disk: SimulatedFileSystem) throws(Violation) -> VerifyReport {
        try unfailing { () throws(JournalError) in
            try JournalVerifier.verify(folder: Self.folder, fileSystem: self.fileSystem(disk))
        }
    }

    private func opened(_ disk: SimulatedFileSystem) throws(Violation) -> JournalWriter {
        try unfailing { () throws(JournalError) in try self.openWriter(disk) }
    }
}

/// Runs what can't fail where no call to the disk does.
func unfailing<Value>(_ body: () throws(JournalError) -> Value) throws(Violation) -> Value {
    do throws(JournalError) {
        return try body()
    } catch {
        throw Violation("\(error)")
    }
}
