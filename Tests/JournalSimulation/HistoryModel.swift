import Journal

/// What must be in the journal, whatever happened to its disk.
struct HistoryModel {
    let journal: String

    /// Every line that was acknowledged, or that a start found, which is as good.
    private(set) var lines: [[UInt8]] = []

    /// D of each.
    private(set) var chains: [ChainDigest] = []

    /// How many lines the newest commit has.
    private(set) var newestCommitCount = 0

    /// A commit that was submitted and that nobody knows the outcome of: all of it is there at the next start, or nothing.
    private(set) var inDoubt: [EventDraft] = []

    init(journal: String) {
        self.journal = journal
    }

    var newestOffset: Int64 { Int64(self.lines.count) - 1 }

    var chain: ChainDigest { self.chains.last ?? ChainDigest(journal: self.journal) }

    /// The writer said that these changes are on disk.
    mutating func acknowledge(_ events: AppendedEvents, of changes: [[EventDraft]]) throws(Violation) {
        guard events.firstOffset == self.newestOffset + 1 else {
            throw Violation("offset \(events.firstOffset) acknowledged after \(self.newestOffset)")
        }
        try self.append(events.lines, of: Array(changes.joined()))
        guard events.chainAfter == self.chain else { throw Violation("acknowledged with another chain digest") }
    }

    /// The power went, or a sync failed, while these were being written.
    mutating func doubt(_ changes: [[EventDraft]]) { self.inDoubt = Array(changes.joined()) }

    /// A start found these lines; what it found counts from now on.
    ///
    /// - Returns: Whether it kept the commit in doubt.
    mutating func settle(_ found: [[UInt8]]) throws(Violation) -> Bool {
        guard found.count >= self.lines.count else {
            throw Violation("\(self.lines.count) events were acknowledged, \(found.count) are there")
        }
        guard found.starts(with: self.lines) else { throw Violation("an acknowledged line reads differently") }
        let more = Array(found[self.lines.count...])
        if !more.isEmpty { try self.append(more, of: self.inDoubt) }
        self.inDoubt = []
        return !more.isEmpty
    }

    private mutating func append(_ lines: [[UInt8]], of drafts: [EventDraft]) throws(Violation) {
        guard lines.count == drafts.count else {
            throw Violation("\(lines.count) lines of a change that has \(drafts.count)")
        }
        var chain = self.chain
        for (line, draft) in zip(lines, drafts) {
            guard let envelope = try? EventEnvelope.parse(line), envelope.offset == Int64(self.lines.count),
                line[envelope.patch].elementsEqual(draft.patch), line[envelope.data].elementsEqual(draft.data)
            else { throw Violation("line \(self.lines.count) isn't what was submitted") }
            chain.extend(line: line)
            self.lines.append(line)
            self.chains.append(chain)
        }
        self.newestCommitCount = lines.count
    }
}

/// A promise that was broken.
struct Violation: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
