/// Reads a journal, also one that another process writes.
///
/// Needs no lock; callable from any thread.
package struct JournalReader: Sendable {
    /// Which journal this is.
    package let identity: JournalIdentity

    /// The table's folder.
    package let folder: String

    let fileSystem: any FileSystem
    /// The folders that segments stand in, the oldest events' first, the table's own last.
    let parts: [JournalPart]
    private let index = SparseIndex()

    /// - Parameter archives: Folders that older segments of the same journal were moved to, in any order; read with the
    ///   table's own folder as one journal. What stands in both is read from the table's own.
    /// - Throws: ``JournalError/notAJournal(folder:)``, ``JournalError/damaged(_:)`` for a bad `journal.json` or an archive of
    ///   another journal, ``JournalError/io(_:)``.
    package init(folder: String, archives: [String] = [], fileSystem: any FileSystem) throws(JournalError) {
        let own = try JournalPart(folder: folder, fileSystem: fileSystem)
        var parts: [JournalPart] = []
        for archive in archives {
            let part = try JournalPart(folder: archive, fileSystem: fileSystem)
            try part.check(belongsTo: own)
            parts.append(part)
        }
        parts.sort { $0.identity.firstOffset < $1.identity.firstOffset }
        self.parts = parts + [own]
        self.identity = self.parts[0].identity
        self.folder = folder
        self.fileSystem = fileSystem
    }

    /// The folder, the table's own or an archive, that an event belongs into, and so snapshots of the document after it.
    package func folder(holding offset: Int64) -> String {
        (self.parts.last { $0.identity.firstOffset - 1 <= offset } ?? self.parts[0]).folder
    }

    /// The segments, oldest first, with their sizes now.
    package func segments() throws(JournalError) -> [SegmentInfo] {
        guard self.parts.count > 1 else { return try listSegments(folder: self.folder, fileSystem: self.fileSystem) }
        var byBase: [Int64: SegmentInfo] = [:]
        for part in self.parts {
            for segment in try listSegments(folder: part.folder, fileSystem: self.fileSystem) {
                byBase[segment.baseOffset] = segment
            }
        }
        return byBase.values.sorted { $0.baseOffset < $1.baseOffset }
    }

    /// The same with the sizes that they have without prepared space (and without the zeros that a last block may end with).
    package func writtenSegments() throws(JournalError) -> [SegmentInfo] {
        var segments = try self.segments()
        guard let last = segments.popLast() else { return [] }
        segments.append(
            SegmentInfo(
                name: last.name, baseOffset: last.baseOffset, byteCount: try self.writtenByteCount(of: last),
                path: last.path))
        return segments
    }

    private func writtenByteCount(of last: SegmentInfo) throws(JournalError) -> Int64 {
        try journalIO { () throws(FileError) in
            let file = try self.fileSystem.open(last.path, .read)
            defer { file.close() }
            return try PreparedSpace.start(in: file, from: 0, to: last.byteCount)
        }
    }

    /// Offset of the first event that is kept, or will be.
    package func firstOffset() throws(JournalError) -> Int64 {
        try self.segments().first?.baseOffset ?? self.identity.firstOffset
    }

    /// Offset of the newest event on disk, synced or not; one less than the first in an empty journal.
    ///
    /// Reads the last frame.
    ///
    /// - Throws: ``JournalError/damaged(_:)`` also where not even the first frame's header is whole.
    package func newestOffset() throws(JournalError) -> Int64 {
        let segments = try self.segments()
        for segment in segments.reversed() {
            guard let last = try self.index.last(of: segment, self.identity, fileSystem: self.fileSystem) else {
                continue
            }
            var cursor = try self.cursor(at: last, of: segment)
            while try cursor.next() != nil {}
            return cursor.nextOffset - 1
        }
        guard let first = segments.first else { return self.identity.firstOffset - 1 }
        // No frame was found: nothing was written yet, or the first header is damaged. Reading on from there tells which.
        var cursor = JournalCursor(
            reader: self, offset: first.baseOffset, limit: nil, segment: try self.open(first))
        while try cursor.next() != nil {}
        return cursor.nextOffset - 1
    }

    /// Lines from `offset` on; beyond the newest event it waits for them.
    ///
    /// - Parameter limit: What may be handed out; nil: all that is on disk.
    package func cursor(from offset: Int64, through limit: CommittedLimit? = nil) -> JournalCursor {
        JournalCursor(reader: self, offset: offset, limit: limit)
    }

    /// D(offset), taken over at most one frame.
    ///
    /// - Throws: ``JournalError/offsetOutOfRange(offset:first:newest:)``.
    package func chain(at offset: Int64) throws(JournalError) -> ChainDigest {
        let first = try self.firstOffset()
        if offset == first - 1 { return try self.chainBefore(first) }
        guard offset >= first, let (segment, entry) = try self.locate(offset) else {
            throw .offsetOutOfRange(offset: offset, first: first, newest: try self.newestOffset())
        }
        var chain = try self.header(at: entry.position, of: segment).previous
        var cursor = try self.cursor(at: entry, of: segment)
        while cursor.nextOffset <= offset {
            guard let chunk = try cursor.next() else {
                throw .offsetOutOfRange(offset: offset, first: first, newest: cursor.nextOffset - 1)
            }
            chunk.forEachLine { line, bytes in
                if line <= offset { chain.extend(line: bytes) }
            }
        }
        return chain
    }

    /// The newest event with a time not after `time`; one less than the first event if all are later.
    package func offset(at time: JournalTime) throws(JournalError) -> Int64 {
        let segments = try self.segments()
        for segment in segments.reversed() {
            // The newest frame that begins at or before the time holds the answer, or the frame after it begins later.
            let frame = try self.index.last(of: segment, self.identity, fileSystem: self.fileSystem) { $0.time <= time }
            guard let frame else { continue }
            return try self.lastOffset(at: time, from: frame, of: segment)
        }
        return (segments.first?.baseOffset ?? self.identity.firstOffset) - 1
    }

    private func lastOffset(
        at time: JournalTime, from frame: SparseIndex.Entry, of segment: SegmentInfo
    ) throws(JournalError) -> Int64 {
        var cursor = try self.cursor(at: frame, of: segment)
        var newest = frame.base - 1
        while let chunk = try cursor.next() {
            var isLater = false
            chunk.forEachLine { offset, line in
                guard !isLater else { return }
                var scanner = LineScanner()
                if scanner.readOffset(line) != nil, let lineTime = scanner.readTime(line), lineTime > time {
                    isLater = true
                } else {
                    newest = offset
                }
            }
            if isLater { break }
        }
        return newest
    }

    /// Where the journal's frames begin, oldest first; found by headers and block lengths, without unpacking.
    ///
    /// Of a damaged segment those before the damage. 40 bytes for each MiB of lines.
    package func frames() throws(JournalError) -> [FrameStart] {
        var frames: [FrameStart] = []
        let segments = try self.segments()
        for segment in segments {
            let entries = try self.index.entries(of: segment, fileSystem: self.fileSystem)
            let byteCount = segment == segments.last ? try self.writtenByteCount(of: segment) : segment.byteCount
            for (number, entry) in entries.enumerated() {
                let end = number + 1 < entries.count ? entries[number + 1].position : byteCount
                frames.append(FrameStart(offset: entry.base, time: entry.time, storedByteCount: end - entry.position))
            }
        }
        return frames
    }

    // MARK: Finding frames

    /// The segment and frame that hold an event, or would if they went on.
    private func locate(_ offset: Int64) throws(JournalError) -> (SegmentInfo, SparseIndex.Entry)? {
        guard let segment = try self.segments().last(where: { $0.baseOffset <= offset }) else { return nil }
        return try self.frame(of: segment, holding: offset).map { (segment, $0) }
    }

    private func frame(of segment: SegmentInfo, holding offset: Int64) throws(JournalError) -> SparseIndex.Entry? {
        try self.index.last(of: segment, self.identity, fileSystem: self.fileSystem) { $0.base <= offset }
    }

    private func header(at position: Int64, of segment: SegmentInfo) throws(JournalError) -> FrameHeader {
        let step = try journalIO { () throws(FileError) in
            let file = try self.fileSystem.open(segment.path, .read)
            defer { file.close() }
            var walker = SegmentWalker(file, from: position, readByteCount: 4096)
            return try walker.next()
        }
        guard case .frame(let header) = step else {
            self.index.forget(segment)
            throw .damaged(
                JournalDamage(
                    file: segment.path, byteOffset: position, eventOffset: nil,
                    reason: "a frame header that was there before isn't any more"))
        }
        return header
    }

    private func chainBefore(_ first: Int64) throws(JournalError) -> ChainDigest {
        if first == self.identity.firstOffset { return self.identity.firstPrevious }
        // Older segments than the start are kept: their first header says it.
        guard let (segment, entry) = try self.locate(first) else { return self.identity.firstPrevious }
        return try self.header(at: entry.position, of: segment).previous
    }

    /// A cursor at the frame that holds an event, or at the last frame; nil in a journal without segments.
    ///
    /// - Throws: ``JournalError/offsetOutOfRange(offset:first:newest:)`` for an event before the first.
    func segmentCursor(for offset: Int64) throws(JournalError) -> SegmentCursor? {
        let segments = try self.segments()
        guard let first = segments.first else {
            guard offset >= self.identity.firstOffset else {
                throw .offsetOutOfRange(
                    offset: offset, first: self.identity.firstOffset, newest: self.identity.firstOffset - 1)
            }
            return nil
        }
        guard let segment = segments.last(where: { $0.baseOffset <= offset }) else {
            throw .offsetOutOfRange(offset: offset, first: first.baseOffset, newest: try self.newestOffset())
        }
        let entry = try self.frame(of: segment, holding: offset)
        return try self.open(segment, at: entry?.position ?? 0, base: entry?.base ?? segment.baseOffset)
    }

    /// Lines from the first one of a frame on.
    private func cursor(at entry: SparseIndex.Entry, of segment: SegmentInfo) throws(JournalError) -> JournalCursor {
        JournalCursor(
            reader: self, offset: entry.base, limit: nil,
            segment: try self.open(segment, at: entry.position, base: entry.base))
    }

    /// A cursor at a segment's first frame.
    func open(_ segment: SegmentInfo) throws(JournalError) -> SegmentCursor {
        try self.open(segment, at: 0, base: segment.baseOffset)
    }

    private func open(_ segment: SegmentInfo, at position: Int64, base: Int64) throws(JournalError) -> SegmentCursor {
        let file = try journalIO { () throws(FileError) in try self.fileSystem.open(segment.path, .read) }
        return SegmentCursor(segment, file, position: position, base: base)
    }

    /// Events missing before a segment with which a later folder of the journal begins; nil where they aren't elsewhere.
    func archivedHole(from offset: Int64, before segment: SegmentInfo) -> JournalDamage? {
        let begins = self.parts.dropFirst().contains { $0.identity.firstOffset == segment.baseOffset }
        guard begins, offset < segment.baseOffset else { return nil }
        return JournalDamage(archived: offset...segment.baseOffset - 1, before: segment)
    }

    /// The segment after one; nil if that is the last.
    func segment(after segment: SegmentInfo) throws(JournalError) -> SegmentInfo? {
        try self.segments().first { $0.baseOffset > segment.baseOffset }
    }
}
