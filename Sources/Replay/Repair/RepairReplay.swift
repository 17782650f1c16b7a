import JSONDocument
import Journal
import Table

/// Decides, line by line, what a repaired journal holds at each offset of the damaged one.
///
/// - An event that can be read, and whose document before it is known, stays byte for byte.
/// - One that can be read but stands on lost ones becomes `event.stranded`: its line is kept as data, without effect.
/// - One that can't be read becomes `event.lost`.
/// - Where the journal has a snapshot of a moment whose event can't stay, the line in the event's place carries the difference to
///   that document: from there on it is known again.
///
/// So offsets stay what they were, nothing that was proven good is left out, and nothing is applied to a document that isn't the
/// right one. Pure: no file, no clock.
struct RepairReplay {
    /// Gets the repaired journal's lines: one, or a whole group, each ended by a line feed.
    typealias Sink = ([UInt8]) throws(JournalError) -> Void

    /// A snapshot that brought the document back.
    struct Bridge: Equatable {
        let offset: Int64
        /// The chain at its offset is known and is the snapshot's; otherwise its own digest alone vouches for it.
        let isProvenByChain: Bool
    }

    /// Events that stay as they are.
    private(set) var kept = OffsetRuns()
    /// Events that are kept as data only.
    private(set) var stranded = OffsetRuns()
    /// Events of which nothing is left.
    private(set) var lost = OffsetRuns()
    private(set) var bridges: [Bridge] = []
    /// What else was noticed: patches that don't apply, snapshots that disagree.
    private(set) var faults: [SalvageFault] = []
    /// Snapshots that differ from the replayed document.
    private(set) var wrongSnapshots: [Int64] = []
    /// The newest event whose D in the damaged journal is known, and that D.
    private(set) var oldEnd: (offset: Int64, chain: ChainDigest)
    /// The newest line's time.
    private(set) var newestTime: JournalTime?

    private var fold: DocumentFold
    private var isKnown: Bool
    private let snapshots: RepairSnapshots
    private let folder: String
    private let earliest: JournalTime

    /// - Parameters:
    ///   - fold: What the journal begins with; the empty document where that is lost.
    ///   - isKnown: It isn't lost.
    ///   - chain: D before the first event.
    ///   - earliest: The time of lost events before the first that is left.
    ///   - folder: For messages.
    init(
        _ fold: DocumentFold, isKnown: Bool, chain: ChainDigest, snapshots: RepairSnapshots, earliest: JournalTime,
        folder: String
    ) {
        self.fold = fold
        self.isKnown = isKnown
        self.oldEnd = (fold.offset, chain)
        self.snapshots = snapshots
        self.earliest = earliest
        self.folder = folder
    }

    /// The repaired journal's document so far.
    var document: JSONValue { self.fold.document }

    /// The newest event so far.
    var offset: Int64 { self.fold.offset }

    /// Takes the next lines that could be read; those between were lost.
    mutating func take(_ lines: SalvagedLines, _ sink: Sink) throws(JournalError) {
        let chunk = lines.chunk
        let time = self.newestTime ?? EventLayout.scan(chunk.line(0).span)?.time ?? self.earliest
        var chains = lines.chainsBefore
        if let chain = lines.chainBefore { chains[chunk.firstOffset - 1] = chain }
        try self.lose(through: chunk.firstOffset - 1, chains, time: time, sink)
        var chain = lines.chainBefore
        var index = 0
        while index < chunk.count {
            let unit = Unit(chunk, at: index)
            let before = chain
            chunk.extend(&chain, unit.lines)
            if let chain { self.oldEnd = (chunk.firstOffset + Int64(unit.lines.upperBound) - 1, chain) }
            if unit.isWhole, self.isKnown, self.apply(chunk, unit) {
                try sink(Array(chunk.bytes[unit.bytes]))
                for line in unit.lines { self.kept.append(chunk.firstOffset + Int64(line)) }
                self.compareSnapshot(chain)
            } else {
                try self.strand(chunk, unit, chain: before, sink)
            }
            index = unit.lines.upperBound
        }
    }

    /// Nothing more can be read: events behind the last one that are known of are lost, and what snapshots say is brought in.
    ///
    /// - Parameters:
    ///   - known: The newest event that there must have been.
    ///   - chains: D of the damaged journal behind the last line, where it is known.
    mutating func finish(
        through known: Int64, _ chains: [Int64: ChainDigest], _ sink: Sink
    ) throws(JournalError) {
        let time = self.newestTime ?? self.earliest
        try self.lose(through: known, chains, time: time, sink)
        for offset in self.snapshots.files.keys.sorted() where offset > self.offset {
            try self.lose(through: offset, chains, time: time, sink)
        }
    }

    // MARK: Events that stay

    /// Applies a unit's lines, all or none.
    private mutating func apply(_ chunk: LineChunk, _ unit: Unit) -> Bool {
        // A patch that fails leaves the document alone; the copy is for a group's patches before it.
        let before = unit.lines.count > 1 ? Optional.some(self.fold) : nil
        for line in unit.lines {
            do throws(TableError) {
                try self.fold.apply(chunk.bytes.span.extracting(chunk.range(ofLine: line)))
            } catch {
                if let before { self.fold = before }
                let offset = chunk.firstOffset + Int64(line)
                self.faults.append(
                    SalvageFault(file: self.folder, eventOffset: offset, reason: "its patch can't be applied: \(error)")
                )
                return false
            }
        }
        self.newestTime = unit.time ?? self.newestTime
        return true
    }

    /// Where an event stays, a snapshot of that moment must agree.
    private mutating func compareSnapshot(_ chain: ChainDigest?) {
        guard let file = self.snapshots.files[self.offset] else { return }
        guard file.digest != DocumentDigest.compute(self.document) || chain.map({ $0.hex != file.chain }) ?? false
        else {
            return
        }
        self.wrongSnapshots.append(self.offset)
        let path = "\(self.folder)/\(JournalFolder.snapshotsName)/\(JournalFolder.snapshotName(offset: self.offset))"
        self.faults.append(
            SalvageFault(
                file: path, eventOffset: self.offset, reason: "a snapshot that differs from the replayed document"))
    }

    // MARK: Events that don't

    private mutating func strand(
        _ chunk: LineChunk, _ unit: Unit, chain: ChainDigest?, _ sink: Sink
    ) throws(JournalError) {
        var chain = chain
        for line in unit.lines {
            let bytes = chunk.line(line)
            let offset = chunk.firstOffset + Int64(line)
            chunk.extend(&chain, line..<line + 1)
            let (patch, bridge) = self.bridge(at: offset, chain: chain)
            let time = EventLayout.scan(bytes.span)?.time ?? self.newestTime ?? self.earliest
            let data = Array(#"{"line":"#.utf8) + bytes + bridge + Array("}".utf8)
            let draft = EventDraft(type: "event.stranded", data: data, patch: patch)
            if data.count + patch.count + 1024 <= EventLine.byteCountMax {
                try sink(try draft.line(offset: offset, clock: time, newest: nil))
                self.stranded.append(offset)
            } else {
                try self.writeLost(offset, time: time, patch, bridge, sink)
            }
            self.newestTime = time
        }
    }

    private mutating func lose(
        through last: Int64, _ chains: [Int64: ChainDigest], time: JournalTime, _ sink: Sink
    ) throws(JournalError) {
        while self.offset < last {
            let offset = self.offset + 1
            self.isKnown = false
            if let chain = chains[offset] { self.oldEnd = (offset, chain) }
            let (patch, bridge) = self.bridge(at: offset, chain: chains[offset])
            try self.writeLost(offset, time: time, patch, bridge, sink)
            self.newestTime = time
        }
    }

    private mutating func writeLost(
        _ offset: Int64, time: JournalTime, _ patch: [UInt8], _ bridge: [UInt8], _ sink: Sink
    ) throws(JournalError) {
        let data = Array("{".utf8) + bridge.dropFirst() + Array("}".utf8)
        try sink(
            try EventDraft(type: "event.lost", data: data, patch: patch).line(offset: offset, clock: time, newest: nil))
        self.lost.append(offset)
    }

    /// Steps on to an offset whose event has no effect, with the help of a snapshot if there is one.
    ///
    /// - Parameter chain: D there, if known.
    /// - Returns: The patch that the line in the event's place has, and the members of its data that say why.
    private mutating func bridge(at offset: Int64, chain: ChainDigest?) -> (patch: [UInt8], members: [UInt8]) {
        self.isKnown = false
        var document = self.fold.document
        defer { self.fold = DocumentFold(document, at: offset) }
        let nothing = (Array("[]".utf8), [UInt8]())
        guard let file = self.snapshots.files[offset], chain.map({ $0.hex == file.chain }) ?? true,
            let target = RepairSnapshots.document(of: file)
        else { return nothing }
        let patch = JSONDiff.patch(from: document, to: target)
        let bytes = patch.serialized()
        let before = document
        guard bytes.count < EventLine.byteCountMax / 2, (try? document.apply(patch)) != nil,
            DocumentDigest.compute(document) == file.digest
        else {
            document = before
            self.faults.append(
                SalvageFault(
                    file: self.folder, eventOffset: offset, reason: "the difference to its snapshot fits no line"))
            return nothing
        }
        self.isKnown = true
        self.bridges.append(Bridge(offset: offset, isProvenByChain: chain != nil))
        return (bytes, Array(#","snapshot":{"digest":"\#(file.digest)","chain":"\#(file.chain)"}"#.utf8))
    }
}

/// Lines that stand or fall together: one, or a group.
private struct Unit {
    /// By their place in the chunk.
    let lines: Range<Int>
    /// Their bytes, line feeds included.
    let bytes: Range<Int>
    /// No line of the group is missing.
    let isWhole: Bool
    /// The last line's time.
    let time: JournalTime?

    init(_ chunk: LineChunk, at index: Int) {
        let layout = EventLayout.scan(chunk.line(index).span)
        let offset = chunk.firstOffset + Int64(index)
        var count = 1
        var isWhole = layout != nil
        if let group = layout?.group {
            count = Int(min(group.first + group.count - offset, Int64(chunk.count - index)))
            isWhole = group.first == offset && Int64(count) == group.count
        }
        self.lines = index..<index + count
        self.bytes = chunk.range(ofLine: index).lowerBound..<chunk.range(ofLine: index + count - 1).upperBound + 1
        self.isWhole = isWhole
        self.time = count == 1 ? layout?.time : EventLayout.scan(chunk.line(index + count - 1).span)?.time
    }
}

extension LineChunk {
    /// Goes on with D over some lines.
    fileprivate func extend(_ chain: inout ChainDigest?, _ lines: Range<Int>) {
        for line in lines { chain?.extend(line: self.bytes.span.extracting(self.range(ofLine: line))) }
    }
}
