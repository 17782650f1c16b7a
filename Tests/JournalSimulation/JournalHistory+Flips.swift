import Journal
import TestSupport

/// Flipped bits, on copies of the disk.
extension JournalHistory {
    /// One bit of a journal in which all is synced and every frame has its end mark.
    ///
    /// It is named by file and byte; or it stands in the last end mark, which carries nothing; or nothing that anybody reads
    /// changes. No line is ever lost or another one.
    mutating func checkSealed() throws(Violation) {
        let copy = self.disk.crash(seed: self.generator.next())
        for path in self.disk.paths where path.hasSuffix(JournalFolder.segmentSuffix) {
            // A new segment that holds nothing yet may be gone.
            try self.expect(
                copy.bytes(of: path) ?? [] == self.disk.bytes(of: path),
                "\(path) is sealed, and not all of it is synced")
        }
        guard let flip = self.flipSomeBit(of: copy, where: { !$0.contains("/torn-") }) else { return }
        self.count(\.flips)
        if flip.path.hasSuffix(JournalFolder.segmentSuffix) {
            try self.checkFlippedSegment(copy, flip, isSealed: true)
        } else if flip.path.contains("/" + JournalFolder.snapshotsName + "/") {
            let found = try self.newestSnapshot(copy)
            try self.expect(found.map { $0 == self.snapshot(at: $0.offset) } ?? true, "a flipped snapshot is used")
            self.count(\.flipsNamed)
        } else {
            try self.checkFlippedIdentity(copy, flip)
        }
    }

    /// One bit of the newest segment while its last frame is open.
    mutating func flipInOpenFrame() throws(Violation) -> Bool {
        guard !self.disk.isOff, let openCommit else { return true }
        let copy = self.disk.crash(seed: self.generator.next())
        // Half of them in what was committed, as prepared space may be most of the file.
        let end = self.generator.chance(percent: 50) ? openCommit.range.upperBound : Int.max
        let flip = self.flipSomeBit(of: copy, before: end) { $0.hasSuffix("/" + openCommit.segment) }
        guard let flip else { return true }
        self.count(\.flips)
        try self.checkFlippedSegment(copy, flip, isSealed: false)
        return true
    }

    private struct Flip {
        let path: String
        let byte: Int
        let before: [UInt8]

        /// The first byte that isn't as it must be is the flipped one, or stands before it in the same part of the file; or behind
        /// it, where a flipped length reads as an end mark.
        func isNamed(by damage: JournalDamage) -> Bool {
            let part = SegmentMap(of: self.before).items.first { $0.range.contains(self.byte) }
            guard let part else { return Int(damage.byteOffset) <= self.byte }
            let lengthEnd = part.range.lowerBound + 4
            return part.range.contains(Int(damage.byteOffset)) && (Int(damage.byteOffset) <= max(self.byte, lengthEnd))
        }
    }

    private mutating func flipSomeBit(
        of copy: SimulatedFileSystem, before end: Int = .max, where isWanted: (String) -> Bool
    ) -> Flip? {
        let paths = copy.paths.filter { isWanted($0) && copy.bytes(of: $0)?.isEmpty == false }
        guard let path = paths.randomElement(using: &self.generator), let bytes = copy.bytes(of: path) else {
            return nil
        }
        let byte = Int.random(in: 0..<min(bytes.count, end), using: &self.generator)
        var flipped = bytes
        flipped[byte] ^= 1 << UInt8.random(in: 0..<8, using: &self.generator)
        copy.put(flipped, at: path)
        self.note("on a copy: a bit of byte \(byte) of \(path), \(bytes.count) bytes, is flipped")
        return Flip(path: path, byte: byte, before: bytes)
    }

    private mutating func checkFlippedSegment(
        _ copy: SimulatedFileSystem, _ flip: Flip, isSealed: Bool
    ) throws(Violation) {
        let report = try self.verify(copy)
        let isNamed = report.damages.contains { $0.file == flip.path && flip.isNamed(by: $0) }
        try self.expect(isNamed || !report.notes.isEmpty, "verify doesn't notice the flip")
        let isLastEndMark = flip.byte >= flip.before.count - 4 && report.damages.isEmpty
        switch outcome({ () throws(JournalError) in try self.openWriter(copy) }) {
        case .success(let writer):
            try self.expect(!isNamed || writer.recovery == nil, "a start cuts off what verify calls damage")
        case .failure(let error):
            self.count(\.flipsNamed)
            return try self.checkRefusal(error, copy, flip)
        }
        switch outcome({ () throws(JournalError) in try self.readLines(of: copy) }) {
        case .success(let found) where found == self.model.lines:
            try self.expect(!isSealed || isLastEndMark, "the flip goes unnoticed")
            self.count(\.flipsCutOff)
        case .success(let found): try self.checkLoss(found, flip, isSealed: isSealed)
        case .failure(let error):
            // An ordinary start reads only the last frame of an older segment; readers and verify meet the damage.
            try self.expect(isNamed, "a reader refuses what verify doesn't name: \(error)")
            self.count(\.flipsNamed)
        }
    }

    /// The one stated exception: the last commit of a frame without end mark.
    private mutating func checkLoss(_ found: [[UInt8]], _ flip: Flip, isSealed: Bool) throws(Violation) {
        guard !isSealed, let openCommit, openCommit.range.contains(flip.byte) else {
            throw Violation("\(self.model.lines.count) lines, \(found.count) after the flip, and nothing said")
        }
        let kept = self.model.lines.dropLast(self.model.newestCommitCount)
        try self.expect(found.elementsEqual(kept), "more than the last commit is lost by the flip")
        self.count(\.flipsCutOff)
    }

    /// Damage is named by its file and its byte, and nothing is changed.
    private func checkRefusal(_ error: JournalError, _ copy: SimulatedFileSystem, _ flip: Flip) throws(Violation) {
        guard case .damaged(let damage) = error else { throw Violation("the flip is refused by: \(error)") }
        try self.expect(damage.file == flip.path, "the flip in \(flip.path) is told as \(damage)")
        try self.expect(flip.isNamed(by: damage), "byte \(flip.byte) is told as \(damage)")
        try self.expect(copy.bytes(of: flip.path)?.count == flip.before.count, "a refused journal was changed")
    }

    /// `journal.json`: refused, or no line changes by it.
    private mutating func checkFlippedIdentity(_ copy: SimulatedFileSystem, _ flip: Flip) throws(Violation) {
        switch outcome({ () throws(JournalError) in try self.openWriter(copy) }) {
        case .success(let writer):
            try self.expect(writer.newestOffset == self.model.newestOffset, "another newest event")
            let found = try self.lines(of: copy)
            try self.expect(found == self.model.lines, "other lines by a flip in \(flip.path)")
            self.count(\.flipsIrrelevant)
        case .failure(.damaged), .failure(.unsupportedFormat): self.count(\.flipsNamed)
        case .failure(let error): throw Violation("the flip in \(flip.path) is refused by: \(error)")
        }
    }
}
