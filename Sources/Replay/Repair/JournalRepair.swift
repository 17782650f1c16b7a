import JSONDocument
import Journal
import Table

/// Makes a sound journal out of a damaged one; journal-format.md, "Repair".
package struct JournalRepair: Sendable {
    private let folder: String
    private let fileSystem: any FileSystem
    private let disk: FolderDisk
    private let clock: JournalClock
    private let makeUUID: @Sendable () -> String

    /// - Parameters:
    ///   - path: The table's folder or the folder of all tables, as given to `--journal`.
    ///   - clock: For the new journal's creation.
    ///   - makeUUID: Its uuid, lower case.
    package init(
        path: String, fileSystem: any FileSystem, clock: @escaping JournalClock,
        makeUUID: @escaping @Sendable () -> String
    ) throws(ReplayError) {
        try self.init(path: path, disk: FolderDisk(fileSystem: fileSystem), clock: clock, makeUUID: makeUUID)
    }

    init(
        path: String, disk: FolderDisk, clock: @escaping JournalClock, makeUUID: @escaping @Sendable () -> String
    ) throws(ReplayError) {
        let fileSystem = disk.fileSystem
        self.fileSystem = fileSystem
        self.disk = disk
        self.clock = clock
        self.makeUUID = makeUUID
        self.folder = try replayReading { () throws(JournalError) in
            try JournalFolder.resolve(path, fileSystem: fileSystem)
        }
    }

    // MARK: Looking

    /// Finds out what is wrong and what can be kept, and writes nothing.
    ///
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` also while another process writes the journal.
    package func examine(progress: @escaping ProgressSink) throws(ReplayError) -> RepairPlan {
        if let holder = WriterProbe.holder(of: self.folder) { throw Self.busy(self.folder, holder) }
        return try self.plan(progress: progress)
    }

    private static func busy(_ folder: String, _ holder: String) -> ReplayError {
        .unreadable(
            "\(folder)/\(JournalFolder.lockName): process \(holder) is writing this journal",
            hint: "Stop it first, then repair; `spell-replay verify` can be used meanwhile.")
    }

    private func plan(progress: @escaping ProgressSink) throws(ReplayError) -> RepairPlan {
        let verified = try self.verify(progress: progress)
        var source = try self.source()
        let isVerified = verified?.isClean ?? false
        let scan = try self.salvage(
            &source, isTailUnfinished: isVerified, title: "Looking for what is left", progress: progress
        ) { _ in }
        let replay = source.replay
        var faults = source.identity.faults + scan.faults
        faults += (verified?.damages ?? []).filter { damage in
            !faults.contains { $0.file == damage.file && $0.byteOffset == damage.byteOffset }
        }.map(SalvageFault.init)
        let isWhole = replay.lost.count == 0 && replay.stranded.count == 0
        return RepairPlan(
            folder: self.folder, journal: source.identity.uuid,
            faults: faults + source.faults + replay.faults + source.snapshots.faults,
            notes: verified?.notes ?? [], kept: replay.kept, stranded: replay.stranded, lost: replay.lost,
            bridges: replay.bridges.map { .init(offset: $0.offset, isProvenByChain: $0.isProvenByChain) },
            badSnapshots: (source.snapshots.faults.compactMap(\.eventOffset) + replay.wrongSnapshots).sorted(),
            newest: replay.offset, oldEnd: replay.oldEnd, digest: DocumentDigest.compute(replay.document),
            neededByteCount: try self.neededByteCount(replay, source.byteCount),
            needsNewJournal: !isVerified || !isWhole || !source.faults.isEmpty || !source.identity.faults.isEmpty,
            isTailUnfinished: isVerified)
    }

    /// What `verify` says of the journal; nil where it can't even begin.
    private func verify(progress: @escaping ProgressSink) throws(ReplayError) -> VerifyReport? {
        do throws(JournalError) {
            return try JournalVerifier.verify(
                folder: self.folder, fileSystem: self.fileSystem,
                progress: { progress(ProgressStep("Verifying", $0.byteCount, $0.totalByteCount)) })
        } catch {
            switch error {
            case .damaged, .notAJournal: return nil
            // A part of a segment that the disk can't read is what the salvage is for.
            case .io(let cause) where cause.operation == .read: return nil
            default: throw ReplayError(error)
            }
        }
    }

    /// What the repair reads from.
    private struct Source {
        let identity: SalvagedIdentity
        let snapshots: RepairSnapshots
        /// The document that the repaired journal begins with.
        let first: DocumentFold
        /// The damaged journal's own first document is lost.
        let faults: [SalvageFault]
        let byteCount: Int64
        var replay: RepairReplay
    }

    private func source() throws(ReplayError) -> Source {
        try replayReading { () throws(JournalError) in
            let identity = try SalvagedIdentity.read(folder: self.folder, fileSystem: self.fileSystem)
            let snapshots = try RepairSnapshots.read(
                folder: self.folder, fileSystem: self.fileSystem, journal: identity.uuid)
            let document = identity.document.flatMap(RepairSnapshots.document(of:))
            let isKnown = identity.start == nil || document != nil
            let first = DocumentFold(document ?? TableDocument.empty, at: identity.firstOffset - 1)
            let fault = SalvageFault(
                file: "\(self.folder)/\(JournalFolder.startName)",
                reason: "the document that the journal begins with is lost")
            return Source(
                identity: identity, snapshots: snapshots, first: first, faults: isKnown ? [] : [fault],
                byteCount: try self.segmentByteCount(),
                replay: RepairReplay(
                    first, isKnown: isKnown, chain: identity.firstPrevious, snapshots: snapshots,
                    earliest: .epoch, folder: self.folder))
        }
    }

    private func segmentByteCount() throws(JournalError) -> Int64 {
        do throws(FileError) {
            var sum: Int64 = 0
            for name in try self.fileSystem.list(self.folder) where JournalFolder.segmentBase(ofName: name) != nil {
                sum += try self.fileSystem.status("\(self.folder)/\(name)")?.byteCount ?? 0
            }
            return sum
        } catch {
            throw .io(error)
        }
    }

    /// Reads everything that is left and hands out the repaired journal's lines.
    private func salvage(
        _ source: inout Source, isTailUnfinished: Bool, title: String, progress: @escaping ProgressSink,
        _ sink: RepairReplay.Sink
    ) throws(ReplayError) -> SalvageScan {
        try replayReading { () throws(JournalError) in
            var scan = SalvageScan(
                folder: self.folder, fileSystem: self.fileSystem, identity: source.identity,
                isTailUnfinished: isTailUnfinished)
            try scan.run(
                { lines throws(JournalError) in try source.replay.take(lines, sink) },
                progress: { progress(ProgressStep(title, $0.byteCount, $0.totalByteCount)) })
            try source.replay.finish(through: scan.known, scan.chains, sink)
            return scan
        }
    }

    /// The same lines take about the same room; a lost one's place compresses to a few bytes.
    private func neededByteCount(_ replay: RepairReplay, _ segments: Int64) throws(ReplayError) -> Int64 {
        let documents = replay.bridges.isEmpty ? 0 : replay.document.serialized().count
        return segments + segments / 4 + replay.lost.count * 16 + Int64(documents) + (256 << 10)
    }

    // MARK: Doing

    /// Repairs the journal: the new one takes its place at once, the damaged one is kept beside it.
    ///
    /// - Throws: ``ReplayError/unreadable(_:hint:)``; the folder then is as it was.
    package func run(progress: @escaping ProgressSink) throws(ReplayError) -> RepairResult {
        try self.checkFolder()
        let lock = try self.lock()
        defer { lock.unlock() }
        let place = RepairPlace(folder: self.folder, disk: self.disk)
        try replayWriting { () throws(FileError) in try place.clearLeftovers() }
        let plan = try self.plan(progress: progress)
        guard plan.needsNewJournal else { return try self.setAside(plan) }
        guard plan.kept.count + plan.stranded.count > 0 || !plan.bridges.isEmpty else {
            throw .unreadable(
                "\(self.folder): nothing is left that can be proven good",
                hint: "Nothing was changed. Bring the folder back from a backup.")
        }
        let uuid = self.makeUUID()
        let copy: String
        do {
            try self.build(plan, uuid, place, progress: progress)
            copy = try place.exchange(at: self.clock())
        } catch {
            place.discard()
            throw Self.failure(error)
        }
        return RepairResult(plan: plan, journal: uuid, copy: copy, setAside: [])
    }

    private static func failure(_ error: any Error) -> ReplayError {
        let hint = "Nothing was changed."
        switch error {
        case let error as ReplayError: return error
        case let error as FileError where error.isDiskFull:
            return .noSpace("\(error)", hint: hint + " Free some space.")
        case JournalError.io(let error): return self.failure(error)
        default: return .unreadable("\(error)", hint: hint)
        }
    }

    private func lock() throws(ReplayError) -> any FileLock {
        let path = "\(self.folder)/\(JournalFolder.lockName)"
        do throws(FileError) {
            return try self.fileSystem.lock(path, note: WriterProbe.ownProcess)
        } catch {
            throw error.isLocked ? Self.busy(self.folder, error.lockHolder ?? "(unknown)") : ReplayError(error)
        }
    }

    /// The folder itself must be there under its own name, as that is what changes places.
    private func checkFolder() throws(ReplayError) {
        let kind = try replayWriting { () throws(FileError) in try self.disk.kind(self.folder) }
        switch kind {
        case .folder: break
        case .link:
            throw .usage("\(self.folder) is a link", hint: "Give the folder that it points to, with --journal DIR.")
        default: throw ReplayError(JournalError.notAJournal(folder: self.folder))
        }
        guard ![".", "..", "/"].contains(lastPathComponent(of: self.folder)) else {
            throw .usage("'\(self.folder)' doesn't name the folder", hint: "Give its name, with --journal DIR.")
        }
    }

    /// Where snapshots alone are wrong, the journal stays.
    private func setAside(_ plan: RepairPlan) throws(ReplayError) -> RepairResult {
        try replayReading { () throws(JournalError) in
            let store = SnapshotStore(folder: self.folder, fileSystem: self.fileSystem)
            for offset in plan.badSnapshots { _ = try store.setAside(offset) }
        }
        return RepairResult(plan: plan, journal: nil, copy: nil, setAside: plan.badSnapshots)
    }

    /// Writes the new journal beside the old one and checks it.
    private func build(
        _ plan: RepairPlan, _ uuid: String, _ place: RepairPlace, progress: @escaping ProgressSink
    ) throws {
        try place.make(journalByteCount: plan.neededByteCount, progress: progress)
        let newest = try self.write(plan, uuid, into: place.path, progress: progress)
        try self.check(place.path, newest: newest, digest: plan.digest, progress: progress)
    }

    /// Writes the new journal into a folder.
    ///
    /// - Returns: Its newest event.
    func write(
        _ plan: RepairPlan, _ uuid: String, into path: String, progress: @escaping ProgressSink
    ) throws -> Int64 {
        var source = try self.source()
        let identity = JournalIdentity(
            uuid: uuid, created: self.clock().rfc3339,
            start: JournalStart(
                offset: source.first.offset, chain: source.identity.firstPrevious, ancestor: source.identity.uuid))
        let rewriter = JournalRewriter(folder: path, fileSystem: self.fileSystem, identity: identity)
        _ = try self.salvage(
            &source, isTailUnfinished: plan.isTailUnfinished, title: "Writing", progress: progress
        ) { lines throws(JournalError) in try rewriter.append(lines) }
        // The disk is read a second time, and may say something else: what the last event records must be what was written.
        let replay = source.replay
        guard replay.kept == plan.kept, replay.lost == plan.lost, replay.stranded == plan.stranded else {
            throw ReplayError.unreadable(
                "\(self.folder) is read differently each time",
                hint: "Nothing was changed. Copy the folder to a good disk, and repair the copy.")
        }
        let last = EventDraft(
            type: "journal.repaired", actor: "spell-replay", data: plan.record.serialized(), patch: Array("[]".utf8))
        try rewriter.append(
            try last.line(offset: rewriter.nextOffset, clock: self.clock(), newest: source.replay.newestTime))
        try rewriter.finish(
            SnapshotFile(
                journal: source.identity.uuid, offset: source.first.offset, chain: source.identity.firstPrevious.hex,
                digest: DocumentDigest.compute(source.first.document), document: source.first.document.serialized()))
        return rewriter.nextOffset - 1
    }

    /// The new journal takes the old one's place only if all of it is found good.
    func check(
        _ path: String, newest: Int64, digest: String, progress: @escaping ProgressSink
    ) throws(ReplayError) {
        let report = try Audit(try JournalSource(path: path, fileSystem: self.fileSystem)).journal { step in
            progress(ProgressStep("Checking", step.done, step.total))
        }
        guard report.findings.isEmpty, report.newest == newest, report.digest == digest else {
            throw .unreadable(
                "the repaired journal isn't good: \(report.findings.first?.text ?? "it comes to another document")",
                hint: "Nothing was changed. This is a fault of the program or of the disk; please report it.")
        }
    }
}

extension SalvageFault {
    fileprivate init(_ damage: JournalDamage) {
        self.init(
            file: damage.file, byteOffset: damage.byteOffset, eventOffset: damage.eventOffset, reason: damage.reason)
    }
}

extension ProgressStep {
    fileprivate init(_ title: String, _ done: Int64, _ total: Int64) {
        self.init(title: title, done: done, total: total, unit: .bytes)
    }
}

/// Runs `body`, telling what the journal said as a ``ReplayError``.
func replayReading<Value>(_ body: () throws(JournalError) -> Value) throws(ReplayError) -> Value {
    do throws(JournalError) {
        return try body()
    } catch {
        throw ReplayError(error)
    }
}

/// Runs `body`, telling what the disk said as a ``ReplayError``.
func replayWriting<Value>(_ body: () throws(FileError) -> Value) throws(ReplayError) -> Value {
    do throws(FileError) {
        return try body()
    } catch {
        throw ReplayError(error)
    }
}
