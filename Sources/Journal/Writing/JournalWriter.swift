/// The one writer of a journal: lines in, durable frames out (journal-format.md).
///
/// One thread owns it, so it isn't Sendable. A commit is one write and one `fdatasync`. A frame's header is written and synced
/// by itself before its first lines (one sync more per MiB of lines): were they one write, a crash could leave the lines
/// without their header, and recovery could not tell that from damage.
package final class JournalWriter {
    /// Which journal this is.
    package let identity: JournalIdentity

    /// The table's folder.
    package let folder: String

    /// What opening it cut off; nil if nothing had to be.
    package let recovery: RecoveryReport?

    /// Bytes of prepared space that opening took off: it was not closed before.
    package let preparedByteCount: Int64

    /// Offset of the newest committed event; one less than the first's in an empty journal.
    package private(set) var newestOffset: Int64

    /// The newest event's time; ``JournalTime/epoch`` in an empty journal.
    package var newestTime: JournalTime { self.newestLineTime ?? .epoch }

    /// D(newestOffset).
    package private(set) var chain: ChainDigest

    /// Why writing has stopped; nil as long as it hasn't.
    package private(set) var failure: FileError?

    /// The frame at the end of the segment.
    private enum FrameState {
        /// The segment ends with an end mark, or is empty.
        case ended
        /// Goes on with the next commit; so many bytes of lines are in it.
        case open(byteCount: Int)
        /// Takes no more lines (full, a large commit, or the compressor's state is gone), and lacks its end mark.
        case closed
    }

    private var frame = FrameState.ended
    private var segment: SegmentFile?
    private var newestLineTime: JournalTime?
    private var nextStamp: CommitStamp?
    private var lastCommit: JournalTime
    private var lock: (any FileLock)?
    private let compressor = LZ4Compressor()
    private let fileSystem: any FileSystem
    private let clock: JournalClock
    private let options: JournalOptions

    /// Takes the lock, recovers what a crash left, and makes the journal if the folder holds none.
    ///
    /// - Parameters:
    ///   - folder: One table's folder; see ``JournalFolder/resolve(_:fileSystem:)``.
    ///   - identity: Makes the uuid of a new journal, lower case.
    /// - Throws: ``JournalError/locked(path:holder:)``, ``JournalError/damaged(_:)``, ``JournalError/io(_:)``,
    ///   ``JournalError/unsupportedFormat(file:format:)``.
    package static func open(
        folder: String, fileSystem: any FileSystem, clock: @escaping JournalClock, identity: () -> String,
        options: JournalOptions = JournalOptions()
    ) throws(JournalError) -> sending JournalWriter {
        let lock = try JournalOpening.lock(folder: folder, fileSystem: fileSystem)
        do throws(JournalError) {
            let identity = try JournalOpening.identity(
                folder: folder, fileSystem: fileSystem, created: clock(), makeUUID: identity)
            var plan = try RecoveryScan(folder: folder, fileSystem: fileSystem, identity: identity).run()
            let report = try RecoveryWork(folder: folder, fileSystem: fileSystem).run(&plan)
            var segment: SegmentFile?
            if let place = plan.segment {
                segment = try journalIO { () throws(FileError) in
                    try SegmentFile(
                        opening: place, fileSystem: fileSystem, preparedByteCount: options.preparedByteCount)
                }
            }
            return JournalWriter(
                folder: folder, identity: identity, recovery: report, plan: plan, segment: segment, lock: lock,
                fileSystem: fileSystem, clock: clock, options: options)
        } catch {
            lock.unlock()
            throw error
        }
    }

    private init(
        folder: String, identity: JournalIdentity, recovery: RecoveryReport?, plan: RecoveryPlan,
        segment: SegmentFile?, lock: any FileLock, fileSystem: any FileSystem, clock: @escaping JournalClock,
        options: JournalOptions
    ) {
        self.folder = folder
        self.identity = identity
        self.recovery = recovery
        self.preparedByteCount = plan.preparedByteCount
        self.newestOffset = plan.newestOffset
        self.newestLineTime = plan.newestTime
        self.chain = plan.chain
        self.segment = segment
        self.lock = lock
        self.fileSystem = fileSystem
        self.clock = clock
        self.options = options
        self.lastCommit = clock()
    }

    /// The name and committed length of the segment at the end; nil before the first commit of a journal.
    package var committedEnd: (segment: String, byteCount: Int64)? {
        self.segment.map { (lastPathComponent(of: $0.path), $0.committedLength) }
    }

    /// The time that the next commit's events will carry, for deciders that need it before the commit.
    ///
    /// Asks the clock once; asked again before the commit, it answers the same.
    package func stampNextCommit() -> JournalTime { self.takeStamp().time }

    /// Appends changes, durably, all or none.
    ///
    /// Offsets go on densely from ``newestOffset``, all events carry one time. A change of several events is a group.
    /// - Parameter changes: Each inner array is one change.
    /// - Throws: ``JournalError/refused(_:)``: nothing was stored, the next commit may work.
    ///   ``JournalError/outcomeUnknown(_:)``: writing has stopped; ``JournalError/writingStopped(_:)``: it had before.
    ///   ``JournalError/lineTooLong(byteCount:limit:)``, ``JournalError/invalidDraft(reason:)``: nothing was tried.
    package func commit(_ changes: [[EventDraft]]) throws(JournalError) -> AppendedEvents {
        if let failure { throw .writingStopped(failure) }
        let draft = try CommitDraft(
            changes, after: self.newestOffset, chain: self.chain, stamp: self.takeStamp(),
            lineLimit: self.options.lineByteCountMax)
        if !draft.lines.isEmpty { try self.write(draft) }
        self.nextStamp = nil
        let end = self.committedEnd
        return AppendedEvents(
            firstOffset: draft.firstOffset, lines: draft.lines, time: draft.time, chains: draft.chains,
            chainAfter: self.chain, segment: end?.segment ?? "", committedLength: end?.byteCount ?? 0)
    }

    /// Ends the frame if nothing was committed for a while, so that a journal at rest is a valid .lz4 file.
    ///
    /// To be called now and then by the thread that owns the writer. Throws as ``commit(_:)`` does.
    package func endFrameIfQuiet() throws(JournalError) {
        guard self.failure == nil else { return }
        // A clock that jumps makes this early or late, which is harmless.
        guard abs(self.clock().milliseconds - self.lastCommit.milliseconds) >= self.options.quietMilliseconds else {
            return
        }
        try self.endFrame()
    }

    /// Ends the frame, syncs and gives the lock back.
    ///
    /// Throws as ``commit(_:)`` does; the lock is given back all the same.
    package func close() throws(JournalError) {
        defer {
            self.segment?.close()
            self.lock?.unlock()
            self.lock = nil
        }
        guard self.lock != nil, self.failure == nil else { return }
        try self.endFrame()
        self.failure = FileError(operation: .close, path: self.folder, code: FileError.closedCode)
    }

    // MARK: Writing

    private func takeStamp() -> CommitStamp {
        let stamp = self.nextStamp ?? CommitStamp(clock: self.clock(), newest: self.newestLineTime)
        self.nextStamp = stamp
        return stamp
    }

    private func write(_ draft: CommitDraft) throws(JournalError) {
        do throws(SegmentFile.Failure) {
            if draft.bytes.count > FrameFormat.blockByteCountMax {
                try self.writeInOwnFrame(draft)
            } else {
                try self.writeInSharedFrame(draft)
            }
        } catch {
            throw self.note(error)
        }
        self.newestOffset += Int64(draft.lines.count)
        self.newestLineTime = draft.time
        self.chain = draft.chains.last ?? self.chain
        self.lastCommit = self.clock()
    }

    /// One block, in the frame that is open or in a new one.
    private func writeInSharedFrame(_ draft: CommitDraft) throws(SegmentFile.Failure) {
        var opening = 0
        var held = 0
        if case .open(let byteCount) = self.frame {
            held = byteCount
        } else {
            opening = try self.openFrame(base: draft.firstOffset, commit: nil)
        }
        let segment = self.presentSegment
        // From here on the compressor is ahead of the disk, until the write has worked.
        var packed: [UInt8] = []
        self.compressor.compress(draft.bytes, into: &packed)
        try segment.append(packed, after: Int64(opening))
        segment.commit(opening + packed.count)
        held += draft.bytes.count
        self.frame = held >= self.options.frameByteCount ? .closed : .open(byteCount: held)
    }

    /// Several blocks, in a frame whose header says how much must be there: it counts whole or not at all.
    private func writeInOwnFrame(_ draft: CommitDraft) throws(SegmentFile.Failure) {
        let opening = try self.openFrame(base: draft.firstOffset, commit: Int64(draft.bytes.count))
        let segment = self.presentSegment
        var packed: [UInt8] = []
        self.compressor.compress(draft.bytes, into: &packed)
        try segment.append(packed, after: Int64(opening))
        segment.commit(opening + packed.count)
        self.frame = .closed
    }

    /// Ends the frame before, changes segments where the last is full, and writes and syncs a header.
    ///
    /// - Returns: How many bytes it wrote that are to be committed with the frame's first lines.
    private func openFrame(base: Int64, commit: Int64?) throws(SegmentFile.Failure) -> Int {
        try self.changeSegmentIfFull(base: base)
        var bytes: [UInt8] = []
        if case .ended = self.frame {} else { bytes += FrameFormat.endMark }
        bytes +=
            FrameHeader(journal: self.identity.uuid, base: base, previous: self.chain, commit: commit).encoded
        bytes += self.compressor.begin()
        try self.presentSegment.append(bytes)
        return bytes.count
    }

    /// End and sync the old one, then create the new one; its folder is synced with its first bytes.
    private func changeSegmentIfFull(base: Int64) throws(SegmentFile.Failure) {
        if let segment, segment.committedLength < self.options.segmentByteCount { return }
        try self.writeEndMark()
        let old = self.segment
        do throws(FileError) {
            self.segment = try SegmentFile(
                creating: base, folder: self.folder, fileSystem: self.fileSystem,
                preparedByteCount: self.options.preparedByteCount)
        } catch {
            throw error.isDiskFull ? .refused(error) : .lost(error)
        }
        old?.close()
    }

    private var presentSegment: SegmentFile {
        guard let segment else { preconditionFailure("a frame is opened only in a segment") }
        return segment
    }

    private func writeEndMark() throws(SegmentFile.Failure) {
        if case .ended = self.frame { return }
        guard let segment else { return }
        try segment.appendLast(FrameFormat.endMark)
        segment.commit(FrameFormat.endMark.count)
        self.frame = .ended
    }

    private func endFrame() throws(JournalError) {
        do throws(SegmentFile.Failure) {
            try self.writeEndMark()
        } catch {
            throw self.note(error)
        }
    }

    /// What a failed write means for the frame, for the next commit and for the caller.
    private func note(_ failure: SegmentFile.Failure) -> JournalError {
        // The compressor may have seen lines that are not on disk, so its frame takes no more.
        if case .open = self.frame { self.frame = .closed }
        switch failure {
        case .refused(let error): return .refused(error)
        case .gone(let error):
            self.failure = error
            return .writingStopped(error)
        case .lost(let error):
            self.failure = error
            return .outcomeUnknown(error)
        }
    }
}
