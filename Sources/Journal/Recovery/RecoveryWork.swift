/// The writing half of recovery.
///
/// Every step may be repeated: a crash in the middle leaves what the next start makes the same of.
struct RecoveryWork {
    let folder: String
    let fileSystem: any FileSystem

    private static let pieceByteCount: Int64 = 1 << 20

    /// Saves and cuts torn bytes, writes the last frame's bytes anew, ends it, syncs.
    ///
    /// - Returns: What was cut off, if anything was.
    func run(_ plan: inout RecoveryPlan) throws(JournalError) -> RecoveryReport? {
        do throws(FileError) {
            try self.removeLeftovers()
            let report = try self.keepTorn(plan)
            try self.settle(&plan)
            try self.fileSystem.syncFolder(self.folder)
            return report
        } catch {
            throw .io(error)
        }
    }

    /// Temporary files of a process that died.
    private func removeLeftovers() throws(FileError) {
        for folder in [self.folder, self.folder + "/" + JournalFolder.snapshotsName] {
            guard try self.fileSystem.status(folder)?.isFolder == true else { continue }
            for name in try self.fileSystem.list(folder) where name.hasSuffix(JournalFolder.temporarySuffix) {
                try self.fileSystem.remove(folder + "/" + name)
            }
        }
    }

    /// Saves what ``settle(_:)`` cuts off.
    private func keepTorn(_ plan: RecoveryPlan) throws(FileError) -> RecoveryReport? {
        guard let torn = plan.torn, let segment = plan.segment else { return nil }
        let file = try self.fileSystem.open(segment.path, .read)
        defer { file.close() }
        let name = try self.save(torn.range, of: file)
        return RecoveryReport(
            file: segment.path, byteOffset: torn.range.lowerBound,
            byteCount: torn.range.upperBound - torn.range.lowerBound, reason: torn.reason, savedAs: name)
    }

    /// Keeps the bytes under the name of their digest, so that a second run writes the same file.
    private func save(_ range: Range<Int64>, of file: any OpenFile) throws(FileError) -> String {
        var digest = StreamedDigest()
        try self.copy(range, of: file) { piece, _ throws(FileError) in digest.update(piece) }
        let name = JournalFolder.tornName(digest: digest.hex)
        let path = self.folder + "/" + name
        let temporary = path + JournalFolder.temporarySuffix
        let target = try self.fileSystem.open(temporary, .replace)
        defer { target.close() }
        try self.copy(range, of: file) { piece, position throws(FileError) in
            try target.writeAll(piece, at: position - range.lowerBound)
        }
        try target.sync()
        try self.fileSystem.rename(temporary, to: path)
        try self.fileSystem.syncFolder(self.folder)
        return name
    }

    /// Makes sure that the disk holds what the scan saw, and no more.
    ///
    /// A failed sync may have left pages that are clean and not on disk, and a length that isn't on disk either. So the last
    /// frame's bytes are written once more, and the lengths set.
    private func settle(_ plan: inout RecoveryPlan) throws(FileError) {
        if let frame = plan.lastFrame {
            let file = try self.fileSystem.open(frame.path, .readWrite)
            defer { file.close() }
            try file.truncate(to: frame.range.upperBound)
            try self.copy(frame.range, of: file) { piece, position throws(FileError) in
                try file.writeAll(piece, at: position)
            }
            try file.syncData()
            if !frame.isEnded {
                // Only now: an end mark says that what stands before it is on disk. Were both one sync, a crash could leave the
                // end mark behind a commit that is only half there, which the next start would call damage.
                try file.writeAll(FrameFormat.endMark, at: frame.range.upperBound)
                try file.syncData()
                plan.noteEnded()
            }
        }
        // The last segment may be a new one that holds nothing yet, or nothing any more. Were its length not synced, a crash
        // could mix what was cut off with what is written next.
        if let segment = plan.segment, segment.path != plan.lastFrame?.path {
            let last = try self.fileSystem.open(segment.path, .readWrite)
            defer { last.close() }
            try last.truncate(to: segment.byteCount)
            try last.syncData()
        }
    }

    private func copy(
        _ range: Range<Int64>, of file: any OpenFile,
        _ body: (_ piece: [UInt8], _ position: Int64) throws(FileError) -> Void
    ) throws(FileError) {
        var position = range.lowerBound
        while position < range.upperBound {
            let piece = try file.read(at: position, upTo: Int(min(Self.pieceByteCount, range.upperBound - position)))
            guard !piece.isEmpty else { break }
            try body(piece, position)
            position += Int64(piece.count)
        }
    }
}

extension RecoveryPlan {
    /// The last frame has got its end mark.
    fileprivate mutating func noteEnded() {
        guard let frame = self.lastFrame, let segment = self.segment, !frame.isEnded else { return }
        let end = frame.range.upperBound + Int64(FrameFormat.endMark.count)
        self.lastFrame = LastFrame(path: frame.path, range: frame.range.lowerBound..<end, isEnded: true)
        if segment.path == frame.path {
            self.segment = SegmentPlace(path: segment.path, base: segment.base, byteCount: end)
        }
    }
}
