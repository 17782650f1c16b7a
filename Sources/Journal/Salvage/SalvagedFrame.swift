/// What could be read of one frame.
struct SalvagedFrame {
    /// Where it begins: its header, or its first block's frame where the header is gone.
    let position: Int

    /// Its header, if that is whole.
    let header: FrameHeader?

    /// The end mark stands where it must.
    var isEnded = false

    /// A checksum on the way didn't hold: what was read from there on is right only if the chain says so.
    var isDoubtful = false

    /// Something of it that can't be read stands behind its lines.
    var isCutShort = false

    /// Lines so far, each ended by a line feed.
    private(set) var bytes: [UInt8] = []

    /// Positions of the line feeds.
    private(set) var lineEnds: [Int] = []

    /// What must hold for the next line.
    private(set) var lines = LineSequence(nextOffset: 0)

    /// How many of the lines were read before anything was doubtful, and the rules' state there.
    private var sound: (count: Int, lines: LineSequence)?

    private var hasBegun = false

    init(position: Int, header: FrameHeader?) {
        self.position = position
        self.header = header
        if let header { self.lines = LineSequence(nextOffset: header.base) }
        self.hasBegun = header != nil
    }

    /// Lines that were read.
    var lineCount: Int { self.lineEnds.count }

    /// The event that must come next; nil if that isn't known.
    var nextOffset: Int64? { self.hasBegun ? self.lines.nextOffset : nil }

    /// The event after the lines that need no other proof.
    var soundEnd: Int64? { self.hasBegun ? (self.sound?.lines ?? self.lines).nextOffset : nil }

    /// A state to come back to.
    struct Mark {
        fileprivate let byteCount: Int
        fileprivate let lineCount: Int
        fileprivate let lines: LineSequence
        fileprivate let hasBegun: Bool

        /// The event that had to come next; nil if that wasn't known.
        var nextOffset: Int64? { self.hasBegun ? self.lines.nextOffset : nil }
    }

    /// The state now.
    var mark: Mark {
        Mark(byteCount: self.bytes.count, lineCount: self.lineCount, lines: self.lines, hasBegun: self.hasBegun)
    }

    /// Gives up the lines that were taken since.
    mutating func goBack(to mark: Mark) {
        self.bytes.removeLast(self.bytes.count - mark.byteCount)
        self.lineEnds.removeLast(self.lineCount - mark.lineCount)
        self.lines = mark.lines
        self.hasBegun = mark.hasBegun
    }

    /// From here on nothing is sure.
    mutating func noteDoubt() {
        if self.sound == nil { self.sound = (self.lineCount, self.lines) }
    }

    /// Takes whole lines.
    ///
    /// - Returns: What is wrong with one of them; those before it are kept, and nothing may follow.
    mutating func take(_ lines: [UInt8], _ ends: [Int]) -> String? {
        var start = 0
        for end in ends {
            let line = lines.span.extracting(start..<end)
            if !self.hasBegun, let layout = EventLayout.scan(line) {
                self.lines = LineSequence(nextOffset: layout.offset)
                self.hasBegun = true
            }
            var following = self.lines
            if let reason = following.accept(line) { return reason }
            self.lines = following
            self.bytes += lines[start...end]
            self.lineEnds.append(self.bytes.count - 1)
            start = end + 1
        }
        return nil
    }

    /// The lines that need no other proof, or all of them.
    func salvaged(all: Bool) -> SalvagedLines? {
        let (count, state) = all ? (self.lineCount, self.lines) : self.sound ?? (self.lineCount, self.lines)
        guard count > 0 else { return nil }
        let ends = Array(self.lineEnds.prefix(count))
        return SalvagedLines(
            chunk: LineChunk(
                firstOffset: state.nextOffset - Int64(count), bytes: Array(self.bytes[...ends[count - 1]]),
                lineEnds: ends), openGroup: state.openGroup)
    }
}

/// Lines that can be proven good, in the order of the journal.
package struct SalvagedLines: Sendable, Equatable {
    /// Whole lines with dense offsets.
    package let chunk: LineChunk

    /// The group at their end of which a part is missing.
    package let openGroup: EventGroup?

    /// D of the old journal before the first of them; nil where no header that is left says it.
    package internal(set) var chainBefore: ChainDigest?

    /// D of the old journal at offsets before the first of them that are lost, as headers say that are left.
    package internal(set) var chainsBefore: [Int64: ChainDigest] = [:]
}
