/// What one commit put into the journal; all of it is on disk.
package struct AppendedEvents: Sendable {
    /// Offset of the first line.
    package let firstOffset: Int64

    /// The lines, each without its line feed.
    package let lines: [[UInt8]]

    /// The time that all of them carry.
    package let time: JournalTime

    /// D of each line.
    package let chains: [ChainDigest]

    /// D of the newest line.
    package let chainAfter: ChainDigest

    /// Name of the segment that the commit stands in.
    package let segment: String

    /// That segment's size up to the commit's end.
    ///
    /// What the server hands out ends here.
    package let committedLength: Int64

    /// Offset of the newest line.
    package var newestOffset: Int64 { self.firstOffset + Int64(self.lines.count) - 1 }
}

/// The lines of a commit before it is written.
///
/// Pure.
struct CommitDraft {
    let firstOffset: Int64
    let time: JournalTime
    private(set) var lines: [[UInt8]] = []
    private(set) var chains: [ChainDigest] = []

    /// All lines, each ended by a line feed.
    private(set) var bytes: [UInt8] = []

    /// Gives offsets, the time and groups to the changes, in order.
    ///
    /// - Throws: ``JournalError/lineTooLong(byteCount:limit:)``, ``JournalError/invalidDraft(reason:)``; nothing was
    ///   changed then.
    init(
        _ changes: [[EventDraft]], after offset: Int64, chain: ChainDigest, stamp: CommitStamp, lineLimit: Int
    ) throws(JournalError) {
        self.firstOffset = offset + 1
        self.time = stamp.time
        var chain = chain
        var next = offset + 1
        let count = changes.reduce(0) { $0 + $1.count }
        self.lines.reserveCapacity(count)
        self.chains.reserveCapacity(count)
        self.bytes.reserveCapacity(
            changes.reduce(0) { $0 + $1.reduce(0) { $0 + $1.data.count + $1.patch.count + 200 } })
        var middle: EventLine.Middle?
        for change in changes {
            let group = change.count > 1 ? EventGroup(first: next, count: Int64(change.count)) : nil
            for draft in change {
                let present = middle.flatMap { $0.fits(draft) ? $0 : nil } ?? EventLine.Middle(draft, stamp)
                middle = present
                let line = try EventLine.append(
                    draft, offset: next, middle: present, group: group, limit: lineLimit, to: &self.bytes)
                chain.extend(line: line)
                self.bytes.append(0x0A)
                self.lines.append(line)
                self.chains.append(chain)
                next += 1
            }
        }
    }
}
