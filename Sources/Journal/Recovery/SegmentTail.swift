/// What stands behind the newest whole commit of a journal's last segment (journal-format.md, "Opening after a crash").
enum SegmentTail: Sendable, Equatable {
    /// Nothing but space for commits to come, of so many bytes.
    case empty(preparedByteCount: Int64)
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
    /// - Parameter run: One of the audit's own `run`s.
    mutating func readTail(
        of file: any OpenFile, run: (inout SegmentAudit) throws(JournalError) -> Ending
    ) throws(JournalError) -> SegmentTail {
        var reached: Int64 = -1
        while true {
            let ending = try run(&self)
            let tail = try self.tail(ending, of: file)
            // Each further look gets further than the one before, so they end.
            guard case .damaged = tail, case .bad(let fault) = ending, fault.position > reached,
                try self.goesOn(behind: fault)
            else { return tail }
            reached = fault.position
        }
    }

    private func tail(_ ending: Ending, of file: any OpenFile) throws(JournalError) -> SegmentTail {
        switch ending {
        case .wrong(let fault): return .damaged(fault)
        case .endOfFile:
            // Asked for after the walk, which may have passed commits that were not there before.
            let end = try journalIO { () throws(FileError) in try file.size() }
            return self.unfinished(to: end, preparedByteCount: 0)
        case .bad(let fault): return try self.tail(from: fault, of: file)
        }
    }

    private func tail(from fault: SegmentFault, of file: any OpenFile) throws(JournalError) -> SegmentTail {
        let (end, contentEnd, finding) = try journalIO { () throws(FileError) in
            try TailSearch.run(from: fault, in: file, commitBlocks: self.commitBlocks, isInFrame: self.frame != nil)
        }
        if contentEnd == fault.position {
            return self.unfinished(to: contentEnd, preparedByteCount: end - contentEnd)
        }
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
    private func unfinished(to end: Int64, preparedByteCount: Int64) -> SegmentTail {
        guard end > self.checkpoint.position else { return .empty(preparedByteCount: preparedByteCount) }
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
