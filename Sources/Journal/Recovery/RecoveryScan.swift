/// The reading half of recovery: finds out where the journal ends, and whether what stands behind is torn or damaged.
///
/// Writes nothing.
struct RecoveryScan {
    let folder: String
    let fileSystem: any FileSystem
    let identity: JournalIdentity

    /// - Throws: ``JournalError/damaged(_:)`` where anything but a torn tail is found.
    func run() throws(JournalError) -> RecoveryPlan {
        let segments = try listSegments(folder: self.folder, fileSystem: self.fileSystem)
        var known = KnownEnd(
            newestOffset: self.identity.firstOffset - 1, chain: self.identity.firstPrevious, isStart: true)
        try self.checkFirst(segments)
        var lastFrame: RecoveryPlan.LastFrame?
        for (index, segment) in segments.enumerated() {
            guard segment.base == known.newestOffset + 1 || (index == 0 && known.isStart) else {
                throw self.damage(
                    segment, at: 0, event: known.newestOffset + 1,
                    "the segment before it ends with event \(known.newestOffset), so events are missing")
            }
            if index == segments.count - 1 {
                return try self.planLast(segment, known: known, frameBefore: lastFrame)
            }
            (known, lastFrame) = try self.readEnd(of: segment, known: known)
        }
        return RecoveryPlan(
            segment: nil, torn: nil, lastFrame: nil, newestOffset: known.newestOffset, newestTime: nil,
            chain: known.chain)
    }

    /// Where the segments so far end.
    private struct KnownEnd {
        var newestOffset: Int64
        var chain: ChainDigest
        var newestTime: JournalTime?
        var isStart = false
    }

    /// Older segments may have been archived only where `journal.json` says so, and none that is needed.
    private func checkFirst(_ segments: [SegmentInfo]) throws(JournalError) {
        guard let first = segments.first else { return }
        let isRight =
            self.identity.start == nil ? first.baseOffset == 0 : first.baseOffset <= self.identity.firstOffset
        guard isRight else {
            throw self.damage(
                first, at: 0, event: self.identity.firstOffset,
                "the journal begins with event \(self.identity.firstOffset), so segments before this one are missing")
        }
    }

    // MARK: Segments before the last

    /// Reads the last frame of a segment that is not the last: it must be whole and ended.
    private func readEnd(
        of segment: SegmentInfo, known: KnownEnd
    ) throws(JournalError) -> (KnownEnd, RecoveryPlan.LastFrame) {
        let file = try self.open(segment)
        defer { file.close() }
        try self.checkFirstHeader(segment, file, known: known)
        let found = try journalIO { () throws(FileError) in try LastHeader.find(in: file) }
        guard let found else {
            throw self.damage(segment, at: 0, event: segment.base, "no frame header in a segment that isn't the last")
        }
        var audit = SegmentAudit(
            file, from: found.position, journal: self.identity.uuid,
            lines: LineSequence(nextOffset: found.header.base), takesDigests: true)
        switch try audit.run() {
        case .bad(let fault), .wrong(let fault): throw self.damage(segment, fault, event: audit.lines.nextOffset)
        case .endOfFile: break
        }
        let end = audit.checkpoint
        guard audit.frame == nil, audit.endedPosition == segment.byteCount, let chain = audit.chain else {
            throw self.damage(
                segment, at: segment.byteCount, event: audit.lines.nextOffset,
                "the segment isn't ended, though another one follows")
        }
        let frame = RecoveryPlan.LastFrame(
            path: segment.path, range: found.position..<segment.byteCount, isEnded: true)
        return (
            KnownEnd(
                newestOffset: end.lines.nextOffset - 1, chain: chain, newestTime: end.lines.newestTime), frame
        )
    }

    /// The first header of a segment must go on where the one before it ends.
    private func checkFirstHeader(
        _ segment: SegmentInfo, _ file: any OpenFile, known: KnownEnd
    ) throws(JournalError) {
        var walker = SegmentWalker(file, readByteCount: 8 << 10)
        let step = try journalIO { () throws(FileError) in try walker.next() }
        switch step {
        case .frame(let header):
            let reason: String? =
                if header.journal != self.identity.uuid {
                    "a frame of another journal, \(header.journal); \(JournalFolder.identityName) says \(self.identity.uuid)"
                } else if header.base != segment.base {
                    "its first frame begins with event \(header.base), not as the name says"
                } else if header.previous != known.chain, segment.base == known.newestOffset + 1 {
                    "the chain is broken: the header doesn't go on from event \(known.newestOffset)"
                } else {
                    nil
                }
            if let reason { throw self.damage(segment, at: 0, event: segment.base, reason) }
        case .zeros(let fault), .bad(let fault): throw self.damage(segment, fault, event: segment.base)
        default: throw self.damage(segment, at: 0, event: segment.base, "an empty segment that isn't the last")
        }
    }

    // MARK: The last segment

    private func planLast(
        _ segment: SegmentInfo, known: KnownEnd, frameBefore: RecoveryPlan.LastFrame?
    ) throws(JournalError) -> RecoveryPlan {
        let file = try self.open(segment)
        defer { file.close() }
        let follows = segment.base == known.newestOffset + 1
        var audit = SegmentAudit(
            file, journal: self.identity.uuid,
            lines: LineSequence(nextOffset: segment.base, newestTime: known.newestTime),
            chain: follows ? known.chain : nil, takesDigests: false)
        let (torn, preparedByteCount) = try self.readTail(&audit, segment, file)
        let end = audit.checkpoint
        guard let place = end.frame else {
            guard follows else {
                throw self.damage(segment, at: 0, event: segment.base, "no whole frame, and no segment before it")
            }
            return RecoveryPlan(
                segment: .init(path: segment.path, base: segment.base, byteCount: end.position), torn: torn,
                preparedByteCount: preparedByteCount, lastFrame: frameBefore, newestOffset: known.newestOffset,
                newestTime: known.newestTime, chain: known.chain)
        }
        return RecoveryPlan(
            segment: .init(path: segment.path, base: segment.base, byteCount: end.position), torn: torn,
            preparedByteCount: preparedByteCount,
            lastFrame: .init(path: segment.path, range: place.position..<end.position, isEnded: end.isEnded),
            newestOffset: end.lines.nextOffset - 1, newestTime: end.lines.newestTime,
            chain: try self.chain(of: place, to: end.position, segment, file))
    }

    /// Reads to the end; the commit that never finished there, if one didn't, or how much space was prepared for others.
    private func readTail(
        _ audit: inout SegmentAudit, _ segment: SegmentInfo, _ file: any OpenFile
    ) throws(JournalError) -> (torn: TornTail?, preparedByteCount: Int64) {
        let tail = try audit.readTail(of: file) { audit throws(JournalError) in try audit.run() }
        return switch tail {
        case .empty(let preparedByteCount): (nil, preparedByteCount)
        case .torn(let torn): (torn, 0)
        case .damaged(let fault): throw self.damage(segment, fault, event: audit.lines.nextOffset)
        }
    }

    /// D at the end, taken over the last frame.
    private func chain(
        of place: SegmentAudit.FramePlace, to end: Int64, _ segment: SegmentInfo, _ file: any OpenFile
    ) throws(JournalError) -> ChainDigest {
        var audit = SegmentAudit(
            file, from: place.position, end: end, journal: self.identity.uuid,
            lines: LineSequence(nextOffset: place.header.base), takesDigests: true)
        guard try audit.run() == .endOfFile, let chain = audit.chain else {
            throw self.damage(
                segment, at: place.position, event: place.header.base, "the last frame reads differently each time")
        }
        return chain
    }

    // MARK: Shared

    private func open(_ segment: SegmentInfo) throws(JournalError) -> any OpenFile {
        try journalIO { () throws(FileError) in try self.fileSystem.open(segment.path, .read) }
    }

    private func damage(_ segment: SegmentInfo, _ fault: SegmentFault, event: Int64) -> JournalError {
        self.damage(segment, at: fault.position, event: event, fault.reason)
    }

    private func damage(_ segment: SegmentInfo, at position: Int64, event: Int64, _ reason: String) -> JournalError {
        .damaged(JournalDamage(file: segment.path, byteOffset: position, eventOffset: event, reason: reason))
    }
}
