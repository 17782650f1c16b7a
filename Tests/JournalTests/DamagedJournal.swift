import Journal
import JournalSimulation
import TestSupport
import Testing

/// A small journal with everything in it, and what must be said of a flipped bit in it.
struct DamagedJournal {
    let fixture: JournalFixture
    /// All lines, without line feeds.
    private(set) var lines: [String] = []
    /// First events of the segments.
    private(set) var bases: [Int64] = []
    private(set) var snapshot: SnapshotFile
    private let isEnded: Bool
    private var commits: [AppendedEvents] = []

    init(_ sample: DamageTests.Sample) throws {
        self.isEnded = sample == .atRest || sample == .withLargeCommit
        let live = JournalFixture(
            options: JournalOptions(frameByteCount: 700, segmentByteCount: 700, preparedByteCount: 0))
        let writer = try live.open()
        for changes in Self.changes(sample) { self.commits.append(try writer.commit(changes)) }
        self.lines = self.commits.flatMap(text)
        let offset = self.commits[1].newestOffset
        self.snapshot = SnapshotFile(
            journal: JournalFixture.uuid, offset: offset, chain: self.commits[1].chainAfter.hex, digest: "digest",
            document: Array(#"{"live":null}"#.utf8))
        try SnapshotStore(folder: JournalFixture.folder, fileSystem: live.disk).write(self.snapshot)
        if self.isEnded { try writer.close() }
        // Everything is synced; the copies have nothing pending.
        self.fixture = JournalFixture(live.disk.crash(seed: 1), options: live.options)
        self.bases = try self.fixture.reader().segments().map(\.baseOffset)
    }

    /// Single events, two changes at once, a group, and where wanted one commit of two blocks.
    private static func changes(_ sample: DamageTests.Sample) -> [[[EventDraft]]] {
        var changes: [[[EventDraft]]] = [
            [[draft(0)]], [[draft(1)]], [[draft(2)], [draft(3)]], [[draft(4), draft(5), draft(6)]], [[draft(7)]],
            [[draft(8)]], [[draft(9)]], [[noisyDraft(10, byteCount: 300)]], [[draft(11)]], [[draft(12)], [draft(13)]],
        ]
        let large = [(20..<23).map { draft($0, padding: 88_000) }]
        switch sample {
        case .atRest, .open: break
        case .withLargeCommit: changes.insert(large, at: 3)
        case .withLargeCommitOpen: changes.append(large)
        }
        return changes
    }

    func copy() -> JournalFixture { JournalFixture(self.fixture.disk.afterKill(), options: self.fixture.options) }

    /// The segments to look at: where there is a large commit its own, as the small samples show the others.
    var basesOfInterest: [Int64] {
        let large = self.commits.first { $0.lines.reduce(0) { $0 + $1.count } > 256 << 10 }
        return large.map { large in self.bases.filter { JournalFolder.segmentName(base: $0) == large.segment } }
            ?? self.bases
    }

    /// The newest event of the commits that end at or before a byte of a segment.
    func newestEvent(_ base: Int64, before position: Int) -> Int64 {
        let name = JournalFolder.segmentName(base: base)
        let whole = self.commits.last { $0.segment == name && $0.committedLength <= Int64(position) }
        return whole?.newestOffset ?? base - 1
    }

    /// Flips bits of one byte, and compares what verification, a reader and a start say with what must be said.
    func checkFlip(_ base: Int64, _ byte: Int, _ mask: UInt8, _ item: SegmentMap.Item) throws {
        let path = JournalFixture.segmentPath(base)
        let copy = self.copy()
        let bytes = flipped(try self.fixture.segmentBytes(base), byte, mask)
        copy.disk.put(bytes, at: path)
        let place = "segment \(base), bit \(mask) of byte \(byte) (\(item.kind))"
        let report = try JournalVerifier.verify(folder: JournalFixture.folder, fileSystem: copy.disk)
        let mayBeCut = base == self.bases.last && self.isUnproven(byte, of: bytes.count)
        if let damage = report.damages.first {
            try self.check(damage, path, byte, item, base, place)
        } else {
            #expect(mayBeCut && report.notes.first?.contains(JournalFolder.segmentName(base: base)) == true, "\(place)")
        }
        try self.checkReader(copy, isDamaged: !report.isClean, place)
        try self.checkStart(copy, bytes, path, isDamaged: !report.isClean, place)
    }

    /// What can't be told from a torn tail: the last end mark, which carries nothing; the last commit of a frame without one.
    private func isUnproven(_ byte: Int, of count: Int) -> Bool {
        guard !self.isEnded else { return byte >= count - 4 }
        guard let last = self.commits.last, let before = self.commits.dropLast().last else { return false }
        return byte >= (before.segment == last.segment ? Int(before.committedLength) : 0)
    }

    private func check(
        _ damage: JournalDamage, _ path: String, _ byte: Int, _ item: SegmentMap.Item, _ base: Int64, _ place: String
    ) throws {
        #expect(damage.file == path, "\(place): \(damage)")
        // A length that is zero reads as an end mark: the bytes behind it are the first that make no sense.
        let distance = Int(damage.byteOffset) - item.range.lowerBound
        #expect(distance == 0 || (distance == 4 && item.kind == .block), "\(place): \(damage)")
        let isRight = self.isFirstMissing(
            damage.eventOffset, after: self.newestEvent(base, before: item.range.lowerBound))
        #expect(isRight, "\(place): \(damage)")
    }

    /// Whether damage names the first event that isn't whole: the one after the newest that is, or one within its commit.
    func isFirstMissing(_ event: Int64?, after newest: Int64) -> Bool {
        guard let event else { return false }
        let commit = self.commits.first { $0.firstOffset == newest + 1 }
        return event == newest + 1 || commit.map { $0.firstOffset...$0.newestOffset ~= event } ?? false
    }

    /// A reader hands out nothing that isn't true.
    private func checkReader(_ copy: JournalFixture, isDamaged: Bool, _ place: String) throws {
        var cursor = try copy.reader().cursor(from: 0)
        var found: [String] = []
        do {
            while let chunk = try cursor.next() {
                found += (0..<chunk.count).map { String(decoding: chunk.line($0), as: UTF8.self) }
            }
            // The last end mark of an older segment is the one thing that a reader doesn't need: the next segment goes on.
            #expect(!isDamaged || found == self.lines, "\(place): a reader sees no damage")
        } catch {
            guard case .damaged = error else { throw error }
            #expect(isDamaged, "\(place): a reader is told \(error)")
        }
        #expect(found.elementsEqual(self.lines.prefix(found.count)), "\(place)")
    }

    private func checkStart(
        _ copy: JournalFixture, _ bytes: [UInt8], _ path: String, isDamaged: Bool, _ place: String
    ) throws {
        let names = copy.disk.paths
        do {
            let writer = try copy.open()
            if isDamaged {
                // Deep in a segment that isn't the last, which a start doesn't read: nothing was cut, and it goes on after all.
                #expect(path != JournalFixture.segmentPath(self.bases.last ?? 0), "\(place): opened")
                #expect(writer.recovery == nil && Int(writer.newestOffset) == self.lines.count - 1, "\(place)")
                #expect(copy.disk.bytes(of: path) == bytes, "\(place)")
            } else {
                #expect(writer.recovery != nil, "\(place): nothing is said")
                let kept = self.isEnded ? self.lines.count : Int(self.commits.last?.firstOffset ?? 0)
                #expect(try copy.lines() == Array(self.lines.prefix(kept)), "\(place)")
            }
        } catch JournalError.damaged(let damage) {
            #expect(isDamaged && damage.file == path, "\(place): \(damage)")
            #expect(copy.disk.bytes(of: path) == bytes && copy.disk.paths == names, "\(place): something was changed")
        }
    }
}
