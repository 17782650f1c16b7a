/// What a verification found.
package struct VerifyReport: Sendable, Equatable {
    /// The journal's uuid.
    package var journal: String
    /// Segments read.
    package var segmentCount = 0
    /// Frames read.
    package var frameCount = 0
    /// Events read.
    package var eventCount: Int64 = 0
    /// Bytes of lines.
    package var lineByteCount: Int64 = 0
    /// Bytes of segment files.
    package var fileByteCount: Int64 = 0
    /// Offset of the first event.
    package var firstOffset: Int64
    /// Offset of the newest event.
    package var newestOffset: Int64
    /// D(newestOffset), taken over everything.
    package var chain: ChainDigest
    /// Everything that is wrong, in the order of the journal.
    package var damages: [JournalDamage] = []
    /// Remarks that are no damage: the last frame is open, or the last commit isn't whole (a writer is at work, or crashed).
    package var notes: [String] = []

    /// Nothing is wrong.
    package var isClean: Bool { self.damages.isEmpty }
}

/// Reads a whole journal with every check there is: checksums, unpacking, lines, dense offsets, times, groups, the chain.
package enum JournalVerifier {
    /// How far a verification has come.
    package struct Progress: Sendable {
        /// Bytes of segment files read so far.
        package let byteCount: Int64
        /// Bytes of segment files in all.
        package let totalByteCount: Int64
        /// Events read so far.
        package let eventCount: Int64
    }

    /// Verifies a journal, without a lock; one that is being written is verified up to its newest whole commit.
    ///
    /// After damage it goes on with the next segment, so that the report shows how much of the journal is good.
    /// - Parameters:
    ///   - onLine: Gets every line that passed, with D of it. What it throws ends the verification.
    ///   - progress: Called after each segment and each 256 KiB of a file.
    /// - Throws: ``JournalError/notAJournal(folder:)``, ``JournalError/io(_:)``, and what `onLine` throws.
    package static func verify(
        folder: String, fileSystem: any FileSystem,
        onLine: (_ offset: Int64, _ line: Span<UInt8>) throws(JournalError) -> Void = { _, _ in },
        progress: (Progress) -> Void = { _ in }
    ) throws(JournalError) -> VerifyReport {
        try self.verify(try JournalReader(folder: folder, fileSystem: fileSystem), onLine: onLine, progress: progress)
    }

    /// The same for a reader that is there already, with the archives that it reads along.
    package static func verify(
        _ reader: JournalReader,
        onLine: (_ offset: Int64, _ line: Span<UInt8>) throws(JournalError) -> Void = { _, _ in },
        progress: (Progress) -> Void = { _ in }
    ) throws(JournalError) -> VerifyReport {
        let segments = try reader.segments()
        var run = VerifyRun(reader: reader, segments: segments)
        for index in segments.indices { try run.verify(index, onLine: onLine, progress: progress) }
        return run.report
    }
}

/// One verification on its way from segment to segment.
private struct VerifyRun {
    let reader: JournalReader
    let segments: [SegmentInfo]
    var report: VerifyReport
    private var lines: LineSequence
    private var chain: ChainDigest?
    private let totalByteCount: Int64
    private var doneByteCount: Int64 = 0
    private let progressByteCount: Int64 = 256 << 10

    init(reader: JournalReader, segments: [SegmentInfo]) {
        let identity = reader.identity
        let first = segments.first?.baseOffset ?? identity.firstOffset
        self.reader = reader
        self.segments = segments
        self.lines = LineSequence(nextOffset: first)
        self.chain = first == identity.firstOffset ? identity.firstPrevious : nil
        self.totalByteCount = segments.reduce(0) { $0 + $1.byteCount }
        self.report = VerifyReport(
            journal: identity.uuid, firstOffset: first, newestOffset: first - 1, chain: identity.firstPrevious)
        if identity.start == nil ? first != 0 : first > identity.firstOffset, let segment = segments.first {
            self.note(segment, at: 0, event: identity.firstOffset, "segments before this one are missing")
        }
    }

    mutating func verify(
        _ index: Int, onLine: (Int64, Span<UInt8>) throws(JournalError) -> Void,
        progress: (JournalVerifier.Progress) -> Void
    ) throws(JournalError) {
        let segment = self.segments[index]
        if segment.baseOffset != self.lines.nextOffset { self.passHole(before: index) }
        let file = try journalIO { () throws(FileError) in try self.reader.fileSystem.open(segment.path, .read) }
        defer { file.close() }
        var audit = SegmentAudit(
            file, journal: self.reader.identity.uuid, lines: self.lines, chain: self.chain, takesDigests: true)
        var reported = self.doneByteCount
        func read(_ audit: inout SegmentAudit) throws(JournalError) -> SegmentAudit.Ending {
            try audit.run { lines throws(JournalError) in
                var start = 0
                for (index, end) in lines.lineEnds.enumerated() {
                    try onLine(lines.firstOffset + Int64(index), lines.bytes.span.extracting(start..<end))
                    start = end + 1
                }
                self.report.eventCount += Int64(lines.lineEnds.count)
                self.report.lineByteCount += Int64(lines.bytes.count)
                guard self.doneByteCount + lines.position - reported >= self.progressByteCount else { return }
                reported = self.doneByteCount + lines.position
                progress(self.progress(reported))
            }
        }
        if index == self.segments.count - 1 {
            let tail = try audit.readTail(of: file, run: read)
            self.take(audit)
            self.noteTail(tail, audit, segment)
        } else {
            let ending = try read(&audit)
            self.take(audit)
            try self.noteEnding(ending, audit, segment, file)
        }
        self.doneByteCount += segment.byteCount
        progress(self.progress(self.doneByteCount))
    }

    /// Events are missing before a segment; it is verified all the same.
    private mutating func passHole(before index: Int) {
        let segment = self.segments[index]
        let isDamaged = index > 0 && self.report.damages.last?.file == self.segments[index - 1].path
        if !isDamaged, let missing = self.reader.archivedHole(from: self.lines.nextOffset, before: segment) {
            self.report.damages.append(missing)
        } else {
            self.note(
                segment, at: 0, event: self.lines.nextOffset,
                "the segment before it ends with event \(self.lines.nextOffset - 1)")
        }
        self.lines = LineSequence(nextOffset: segment.baseOffset, newestTime: self.lines.newestTime)
        self.chain = nil
    }

    private func progress(_ byteCount: Int64) -> JournalVerifier.Progress {
        // The journal may have grown since its segments were listed.
        .init(
            byteCount: min(byteCount, self.totalByteCount), totalByteCount: self.totalByteCount,
            eventCount: self.report.eventCount)
    }

    private mutating func take(_ audit: SegmentAudit) {
        self.report.segmentCount += 1
        self.report.frameCount += audit.frameCount
        let end = audit.checkpoint
        self.lines = end.lines
        self.chain = end.chain ?? self.chain
        self.report.newestOffset = end.lines.nextOffset - 1
        if let chain { self.report.chain = chain }
    }

    /// The last segment, in which a writer may be at work.
    private mutating func noteTail(_ tail: SegmentTail, _ audit: SegmentAudit, _ segment: SegmentInfo) {
        let end = audit.checkpoint
        switch tail {
        case .damaged(let fault):
            self.report.fileByteCount += segment.byteCount
            self.note(segment, at: fault.position, event: audit.lines.nextOffset, fault.reason)
        case .torn(let torn):
            self.report.fileByteCount += torn.range.upperBound
            self.noteUnfinished(segment, torn)
        case .empty:
            self.report.fileByteCount += end.position
            guard !end.isEnded else { return }
            self.report.notes.append("\(segment.name): the last frame is open (a writer is at work, or crashed)")
        }
    }

    /// A segment that another one follows.
    private mutating func noteEnding(
        _ ending: SegmentAudit.Ending, _ audit: SegmentAudit, _ segment: SegmentInfo, _ file: any OpenFile
    ) throws(JournalError) {
        self.report.fileByteCount += segment.byteCount
        switch ending {
        case .wrong(let fault): self.note(segment, at: fault.position, event: audit.lines.nextOffset, fault.reason)
        case .bad(let fault):
            let finding = try journalIO { () throws(FileError) in
                try TailSearch(
                    file: file, start: fault.position, end: segment.byteCount, commitBlocks: audit.commitBlocks,
                    isInFrame: audit.frame != nil
                ).run()
            }
            let reason = finding.evidence.map { "\(fault.reason), and \($0)" } ?? fault.reason
            self.note(segment, at: fault.position, event: audit.lines.nextOffset, reason)
        case .endOfFile:
            let end = audit.checkpoint
            guard end.position != segment.byteCount || !end.isEnded else { return }
            // An empty frame at the end of an older segment carries nothing.
            guard audit.frame != nil || audit.endedPosition != segment.byteCount else { return }
            self.note(segment, at: end.position, event: end.lines.nextOffset, "the segment isn't ended")
        }
    }

    private mutating func noteUnfinished(_ segment: SegmentInfo, _ torn: TornTail) {
        self.report.notes.append(
            "\(segment.name): \(torn.range.count) bytes of an unfinished commit from byte \(torn.range.lowerBound) "
                + "(a writer is at work, or crashed; the next start cuts them off)")
    }

    private mutating func note(_ segment: SegmentInfo, at position: Int64, event: Int64?, _ reason: String) {
        self.report.damages.append(
            JournalDamage(file: segment.path, byteOffset: position, eventOffset: event, reason: reason))
    }
}
