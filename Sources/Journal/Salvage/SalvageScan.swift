/// Reads everything that is left of a damaged journal and hands out the lines that can be proven good, in their order.
///
/// A line is proven by its block's checksum, its envelope and its place in a dense run; one whose block's checksum fails, by the
/// chain, if the next frame's header names the digest that it gives. A frame that the next header disproves is dropped. Needs no
/// lock and writes nothing. Memory: one segment, 8 MiB unless a single commit made it larger.
package struct SalvageScan {
    /// How far it has come.
    package struct Progress: Sendable {
        /// Bytes of segment files read so far.
        package let byteCount: Int64
        /// Bytes of segment files in all.
        package let totalByteCount: Int64
    }

    /// Gets lines; what is missing between two calls is lost.
    package typealias Sink = (SalvagedLines) throws(JournalError) -> Void

    /// What is wrong, in the order of the journal.
    package private(set) var faults: [SalvageFault] = []

    /// The next event after the lines that were handed out, and D before it, where that is known.
    package private(set) var end: (offset: Int64, chain: ChainDigest?)

    /// The newest event that is known of, readable or not.
    package private(set) var known: Int64

    /// D behind the lines that were handed out, as headers say that are left.
    package private(set) var chains: [Int64: ChainDigest] = [:]

    private let folder: String
    private let fileSystem: any FileSystem
    private let uuid: String
    private let isTailUnfinished: Bool
    private var newestTime: JournalTime?
    private var pending: (frame: SalvagedFrame, chainBefore: ChainDigest?, file: String)?

    /// - Parameter isTailUnfinished: Nothing but a commit that never finished can stand behind the last readable line: `verify`
    ///   found no damage. Otherwise what can't be read there counts as one event at least.
    package init(
        folder: String, fileSystem: any FileSystem, identity: SalvagedIdentity, isTailUnfinished: Bool = false
    ) {
        self.folder = folder
        self.fileSystem = fileSystem
        self.uuid = identity.uuid
        self.isTailUnfinished = isTailUnfinished
        self.end = (identity.firstOffset, identity.firstPrevious)
        self.known = identity.firstOffset - 1
    }

    /// Reads all segments.
    ///
    /// - Throws: ``JournalError/io(_:)``, but for unreadable parts of a segment, which are a fault; what `sink` throws.
    package mutating func run(_ sink: Sink, progress: (Progress) -> Void = { _ in }) throws(JournalError) {
        let segments = try listSegments(folder: self.folder, fileSystem: self.fileSystem)
        let total = segments.reduce(0) { $0 + $1.byteCount }
        var done: Int64 = 0
        for segment in segments {
            try self.read(segment, isLast: segment == segments.last, sink) { position in
                progress(Progress(byteCount: done + Int64(position), totalByteCount: total))
            }
            done += segment.byteCount
            progress(Progress(byteCount: done, totalByteCount: total))
        }
        try self.settle(before: nil, sink)
    }

    private mutating func read(
        _ segment: SegmentInfo, isLast: Bool, _ sink: Sink, reached: (_ position: Int) -> Void
    ) throws(JournalError) {
        let (bytes, unreadable) = try self.content(of: segment)
        self.faults += unreadable
        let first = self.knowName(of: segment)
        // Zeros in place of what can't be read aren't prepared space.
        let end = isLast && unreadable.isEmpty ? PreparedSpace.start(in: bytes) : bytes.count
        var frames = SalvageFrames(bytes, end: end)
        var known = 0
        while let frame = frames.next(expected: self.expected) {
            self.note(frames.faults[known...], segment)
            known = frames.faults.count
            try self.take(frame, segment, sink)
            reached(frames.position)
        }
        self.note(frames.faults[known...], segment)
        if frames.endsUnread, !self.isTailUnfinished { self.known = max(self.known, first, self.expected ?? 0) }
    }

    private var expected: Int64? { self.pending?.frame.nextOffset ?? self.end.offset }

    private mutating func note(_ faults: ArraySlice<SalvageFrames.Fault>, _ segment: SegmentInfo) {
        self.faults += faults.map {
            SalvageFault(
                file: segment.path, byteOffset: Int64($0.position), framePosition: $0.frame.map(Int64.init),
                eventOffset: $0.event, reason: $0.reason)
        }
    }

    // MARK: Frames

    private mutating func take(_ frame: SalvagedFrame, _ segment: SegmentInfo, _ sink: Sink) throws(JournalError) {
        guard let next = frame.nextOffset else { return }
        let base = next - Int64(frame.lineCount)
        if let reason = self.reasonToLeaveOut(frame, base: base) {
            return self.note(frame, segment.path, base, reason)
        }
        if frame.position == 0, base != segment.baseOffset {
            self.note(frame, segment.path, base, "the segment begins with event \(base), not as its name says")
        }
        self.know(frame, next: next)
        try self.settle(before: frame.header, sink)
        let chain = frame.header?.previous ?? (self.end.offset == base ? self.end.chain : nil)
        self.pending = (frame, chain, segment.path)
    }

    // MARK: What is known of

    /// Names have no check: one that opens a larger gap than lost segments do says nothing.
    private static let nameGapMax: Int64 = 1 << 22

    /// A segment is made once the event before its first is on disk.
    ///
    /// - Returns: The segment's first event; 0 where its name says nothing.
    private mutating func knowName(of segment: SegmentInfo) -> Int64 {
        let last = segment.baseOffset - 1
        guard last - max(self.known, self.end.offset - 1) <= Self.nameGapMax else {
            self.faults.append(
                SalvageFault(file: segment.path, reason: "a name that doesn't fit the segments before it"))
            return 0
        }
        self.known = max(self.known, last)
        return segment.baseOffset
    }

    private mutating func know(_ frame: SalvagedFrame, next: Int64) {
        // Also where not one line of it can be read.
        if let header = frame.header { self.chains[header.base - 1] = header.previous }
        self.known = max(self.known, next - 1)
        guard !self.isTailUnfinished else { return }
        if frame.isCutShort { self.known = max(self.known, next) }
        if !frame.isDoubtful, let group = frame.lines.openGroup {
            self.known = max(self.known, group.first + group.count - 1)
        }
    }

    private func reasonToLeaveOut(_ frame: SalvagedFrame, base: Int64) -> String? {
        if let header = frame.header {
            guard header.journal == self.uuid else { return "a frame of another journal, \(header.journal)" }
            if let refusal = JournalFormat.refusal(header.format) { return refusal }
        }
        let first = max(self.end.offset, self.pending?.frame.soundEnd ?? 0)
        return base < first ? "a frame from event \(base), which came before" : nil
    }

    /// Hands out the frame that was read before, now that what follows it is known.
    private mutating func settle(before header: FrameHeader?, _ sink: Sink) throws(JournalError) {
        guard let (frame, chainBefore, file) = self.pending.take() else { return }
        var isProven = false
        if let header, let chainBefore, header.base == frame.nextOffset {
            isProven = frame.chain(after: chainBefore) == header.previous
            if !isProven, !frame.isDoubtful {
                let base = header.base - Int64(frame.lineCount)
                return self.note(
                    frame, file, base, "the chain is broken: the next header names another digest of these lines")
            }
        }
        guard var lines = frame.salvaged(all: isProven || !frame.isDoubtful) else { return }
        lines.chainBefore = chainBefore
        try self.handOut(lines, frame, file, sink)
    }

    private mutating func handOut(
        _ lines: SalvagedLines, _ frame: SalvagedFrame, _ file: String, _ sink: Sink
    ) throws(JournalError) {
        let chunk = lines.chunk
        guard chunk.firstOffset >= self.end.offset else {
            return self.note(frame, file, chunk.firstOffset, "events that came before")
        }
        let first = EventLayout.scan(chunk.line(0).span)?.time
        if let first, let newestTime, first < newestTime {
            return self.note(frame, file, chunk.firstOffset, "time \(first) after \(newestTime)")
        }
        self.newestTime = EventLayout.scan(chunk.line(chunk.count - 1).span)?.time
        var chain = lines.chainBefore
        chunk.forEachLine { _, line in chain?.extend(line: line) }
        var lines = lines
        lines.chainsBefore = self.chains.filter { $0.key < chunk.firstOffset }
        self.chains = self.chains.filter { $0.key > chunk.lastOffset }
        self.end = (chunk.lastOffset + 1, chain)
        try sink(lines)
    }

    private mutating func note(_ frame: SalvagedFrame, _ file: String, _ event: Int64, _ reason: String) {
        self.faults.append(
            SalvageFault(
                file: file, byteOffset: Int64(frame.position), framePosition: Int64(frame.position),
                eventOffset: event, reason: reason))
    }

    // MARK: Bytes

    private static let pieceByteCount = 1 << 20
    private static let pageByteCount = 4 << 10

    /// A segment's bytes; pages that the disk can't read any more are zeros.
    private func content(of segment: SegmentInfo) throws(JournalError) -> ([UInt8], [SalvageFault]) {
        let file = try journalIO { () throws(FileError) in try self.fileSystem.open(segment.path, .read) }
        defer { file.close() }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(segment.byteCount))
        var faults: [SalvageFault] = []
        while Int64(bytes.count) < segment.byteCount {
            let wanted = min(Self.pieceByteCount, Int(segment.byteCount) - bytes.count)
            if let piece = try? file.read(at: Int64(bytes.count), upTo: wanted) {
                guard !piece.isEmpty else { break }
                bytes += piece
            } else {
                // Page by page, to lose no more than the disk has lost.
                self.readPages(of: file, upTo: wanted, into: &bytes, &faults)
            }
        }
        return (bytes, faults)
    }

    private func readPages(
        of file: any OpenFile, upTo count: Int, into bytes: inout [UInt8], _ faults: inout [SalvageFault]
    ) {
        let end = bytes.count + count
        while bytes.count < end {
            let wanted = min(Self.pageByteCount, end - bytes.count)
            do throws(FileError) {
                let page = try file.read(at: Int64(bytes.count), upTo: wanted)
                bytes += page + [UInt8](repeating: 0, count: wanted - page.count)
            } catch {
                faults.append(
                    SalvageFault(
                        file: file.path, byteOffset: Int64(bytes.count),
                        reason: "\(wanted) bytes can't be read: \(error)"))
                bytes += [UInt8](repeating: 0, count: wanted)
            }
        }
    }
}

extension SalvagedFrame {
    /// D after all its lines.
    fileprivate func chain(after before: ChainDigest) -> ChainDigest {
        var chain = before
        var start = 0
        for end in self.lineEnds {
            chain.extend(line: self.bytes.span.extracting(start..<end))
            start = end + 1
        }
        return chain
    }
}
