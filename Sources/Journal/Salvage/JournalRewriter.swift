/// Writes a journal out of lines that are there already, byte for byte: what a repair or an export makes.
///
/// The folder becomes a journal with the last step, ``finish(_:)``; until then it is of no use to anybody. One thread owns it.
package final class JournalRewriter {
    /// D of the newest line so far.
    package private(set) var chain: ChainDigest

    /// The event that comes next.
    package private(set) var nextOffset: Int64

    /// Bytes written so far.
    package private(set) var byteCount: Int64 = 0

    private let folder: String
    private let fileSystem: any FileSystem
    private let identity: JournalIdentity
    private let options: JournalOptions
    private let compressor = LZ4Compressor()
    /// Whole lines for the next block.
    private var block: [UInt8] = []
    private var blockBase: Int64
    private var blockChain: ChainDigest
    private var frameByteCount: Int?
    private var segment: (file: any OpenFile, byteCount: Int64)?

    /// - Parameters:
    ///   - folder: An empty folder, or one that holds nothing but blobs.
    ///   - identity: What ``finish(_:)`` makes of it; its start says where the lines begin.
    package init(
        folder: String, fileSystem: any FileSystem, identity: JournalIdentity,
        options: JournalOptions = JournalOptions()
    ) {
        self.folder = folder
        self.fileSystem = fileSystem
        self.identity = identity
        self.options = options
        self.chain = identity.firstPrevious
        self.nextOffset = identity.firstOffset
        self.blockBase = identity.firstOffset
        self.blockChain = identity.firstPrevious
    }

    /// Appends lines that belong together: one, or a whole group.
    ///
    /// - Parameter lines: Each ended by a line feed; the first is event ``nextOffset``.
    package func append(_ lines: [UInt8]) throws(JournalError) {
        if !self.block.isEmpty, self.block.count + lines.count > FrameFormat.blockByteCountMax { try self.writeBlock() }
        if self.block.isEmpty { (self.blockBase, self.blockChain) = (self.nextOffset, self.chain) }
        var start = 0
        while start < lines.count, let end = firstLineFeed(in: lines, start..<lines.count) {
            self.chain.extend(line: lines.span.extracting(start..<end))
            self.nextOffset += 1
            start = end + 1
        }
        self.block += lines
        if self.block.count >= FrameFormat.blockByteCountMax { try self.writeBlock() }
    }

    /// Ends and syncs everything, then makes the folder a journal.
    ///
    /// - Parameter start: The document that the journal goes on from; nil where its identity has no `start`.
    package func finish(_ start: SnapshotFile?) throws(JournalError) {
        try self.writeBlock()
        try self.endSegment()
        precondition((self.identity.start == nil) == (start == nil), "the document belongs to the identity's start")
        if let start, let place = self.identity.start {
            try journalIO { () throws(FileError) in
                try self.fileSystem.writeDurably(start.packed(), to: self.folder + "/" + place.document)
            }
        }
        try JournalOpening.store(self.identity, folder: self.folder, fileSystem: self.fileSystem)
    }

    private func writeBlock() throws(JournalError) {
        guard !self.block.isEmpty else { return }
        let isLarge = self.block.count > FrameFormat.blockByteCountMax
        var bytes: [UInt8] = []
        if let count = self.frameByteCount, isLarge || count >= self.options.frameByteCount {
            bytes += FrameFormat.endMark
            self.frameByteCount = nil
        }
        if self.frameByteCount == nil {
            if let segment, segment.byteCount >= self.options.segmentByteCount {
                try self.write(bytes)
                bytes = []
                try self.endSegment()
            }
            bytes +=
                FrameHeader(
                    journal: self.identity.uuid, base: self.blockBase, previous: self.blockChain,
                    commit: isLarge ? Int64(self.block.count) : nil
                ).encoded
            bytes += self.compressor.begin()
        }
        self.compressor.compress(self.block, into: &bytes)
        try self.write(bytes)
        // A frame with `commit` takes nothing more.
        self.frameByteCount = isLarge ? .max : (self.frameByteCount ?? 0) + self.block.count
        self.block = []
    }

    private func write(_ bytes: [UInt8]) throws(JournalError) {
        try journalIO { () throws(FileError) in
            if self.segment == nil { self.segment = try self.makeSegment() }
            guard let segment = self.segment else { return }
            try segment.file.writeAll(bytes, at: segment.byteCount)
            self.segment = (segment.file, segment.byteCount + Int64(bytes.count))
        }
        self.byteCount += Int64(bytes.count)
    }

    private func makeSegment() throws(FileError) -> (file: any OpenFile, byteCount: Int64) {
        let path = self.folder + "/" + JournalFolder.segmentName(base: self.blockBase)
        return (try self.fileSystem.open(path, .createNew), 0)
    }

    private func endSegment() throws(JournalError) {
        guard self.segment != nil else { return }
        if self.frameByteCount != nil { try self.write(FrameFormat.endMark) }
        self.frameByteCount = nil
        try journalIO { () throws(FileError) in
            try self.segment?.file.sync()
            self.segment?.file.close()
            try self.fileSystem.syncFolder(self.folder)
        }
        self.segment = nil
    }
}

extension EventDraft {
    /// The line of this event, ended by a line feed.
    ///
    /// - Parameters:
    ///   - newest: The time of the event before it; a `clock` that says less is written down beside it.
    /// - Throws: ``JournalError/lineTooLong(byteCount:limit:)``, ``JournalError/invalidDraft(reason:)``.
    package func line(
        offset: Int64, clock: JournalTime, newest: JournalTime?, limit: Int = EventLine.byteCountMax
    ) throws(JournalError) -> [UInt8] {
        let middle = EventLine.Middle(self, CommitStamp(clock: clock, newest: newest))
        var bytes: [UInt8] = []
        _ = try EventLine.append(self, offset: offset, middle: middle, group: nil, limit: limit, to: &bytes)
        return bytes + [0x0A]
    }
}
