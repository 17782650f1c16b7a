/// What stands behind the newest whole commit of a journal's last segment (journal-format.md, "Opening after a crash").
enum SegmentTail: Sendable, Equatable {
    /// Nothing but space for commits to come.
    case empty
    /// A commit that never finished.
    case torn(TornTail)
    /// Bytes that were whole once, or that say something wrong.
    case damaged(SegmentFault)
}

extension SegmentAudit {
    /// Reads on to the end of the last segment, and tells what stands there.
    ///
    /// Readers need no lock, so somebody may write meanwhile: what looked like damage beside a commit that came in that moment is
    /// read again.
    /// - Parameters:
    ///   - end: The file's size.
    ///   - run: One of the audit's own `run`s.
    mutating func readTail(
        of file: any OpenFile, end: Int64, run: (inout SegmentAudit) throws(JournalError) -> Ending
    ) throws(JournalError) -> SegmentTail {
        while true {
            let ending = try run(&self)
            let tail = try self.tail(ending, of: file, end: end)
            guard case .damaged = tail, case .bad(let fault) = ending, try self.readsOtherwise(than: fault) else {
                return tail
            }
        }
    }

    private func tail(_ ending: Ending, of file: any OpenFile, end: Int64) throws(JournalError) -> SegmentTail {
        switch ending {
        case .wrong(let fault): return .damaged(fault)
        case .endOfFile:
            // Prepared space that was there when the size was asked for may be gone.
            let size = try journalIO { () throws(FileError) in try file.size() }
            return self.unfinished(to: min(end, size))
        case .bad(let fault): return try self.tail(from: fault, of: file, end: end)
        }
    }

    private func tail(from fault: SegmentFault, of file: any OpenFile, end: Int64) throws(JournalError) -> SegmentTail {
        let (contentEnd, finding) = try journalIO { () throws(FileError) in
            let contentEnd = try PreparedSpace.start(in: file, from: fault.position, to: end)
            let search = TailSearch(
                file: file, start: fault.position, end: contentEnd, commitBlocks: self.commitBlocks,
                isInFrame: self.frame != nil)
            return (contentEnd, try search.run())
        }
        if contentEnd == fault.position { return self.unfinished(to: contentEnd) }
        if let evidence = finding.evidence {
            return .damaged(SegmentFault(position: fault.position, reason: "\(fault.reason), and \(evidence)"))
        }
        let reason =
            finding == .zeros
            ? "nothing but zeros from byte \(fault.position)"
            : "\(fault.reason) at byte \(fault.position), and nothing valid follows"
        return .torn(TornTail(range: self.checkpoint.position..<contentEnd, reason: reason))
    }

    /// The bytes from the newest whole commit on, all of them as they were written.
    private func unfinished(to end: Int64) -> SegmentTail {
        guard end > self.checkpoint.position else { return .empty }
        let reason =
            if let group = self.lines.openGroup {
                "only a part of the group from event \(group.first) is there"
            } else if self.frame?.isIncompleteCommit == true {
                "only a part of a large commit is there"
            } else {
                "a frame header without lines"
            }
        return .torn(TornTail(range: self.checkpoint.position..<end, reason: reason))
    }
}
