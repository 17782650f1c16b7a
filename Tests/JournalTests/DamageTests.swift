import Journal
import JournalSimulation
import TestSupport
import Testing

/// Every byte of a small journal, flipped, and every length that it can be cut to.
@Suite("Damage")
struct DamageTests {
    /// Which journal is damaged.
    enum Sample: CaseIterable { case atRest, open, withLargeCommit, withLargeCommitOpen }

    // MARK: Flips

    @Test(arguments: Sample.allCases)
    func `a flipped bit of any byte of a segment is named by file, byte and event`(sample: Sample) throws {
        let journal = try DamagedJournal(sample)
        #expect(journal.bases.count > 2)
        for base in journal.basesOfInterest {
            let bytes = try journal.fixture.segmentBytes(base)
            for item in SegmentMap(of: bytes).items {
                for byte in item.range {
                    for mask in masks(for: item, byte, sample) {
                        try journal.checkFlip(base, byte, mask, item)
                    }
                }
            }
        }
    }

    /// One bit of each byte; all of them in the headers of one sample.
    private func masks(for item: SegmentMap.Item, _ byte: Int, _ sample: Sample) -> [UInt8] {
        sample == .atRest && item.kind != .block ? (0..<8).map { 1 << $0 } : [1 << UInt8(byte % 8)]
    }

    @Test func `every flipped bit of journal-json is refused, or stands in the time of creation`() throws {
        let journal = try DamagedJournal(.atRest)
        let path = JournalFixture.folder + "/" + JournalFolder.identityName
        let bytes = try #require(journal.fixture.disk.bytes(of: path))
        let key = Array(#""created":""#.utf8)
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: key) }) + key.count
        for byte in bytes.indices {
            for mask in (0..<8).map({ 1 << $0 as UInt8 }) {
                let copy = journal.copy()
                copy.disk.put(flipped(bytes, byte, mask), at: path)
                do {
                    _ = try copy.open()
                    #expect(start..<start + 24 ~= byte, "bit \(mask) of byte \(byte) goes unnoticed")
                    #expect(try copy.lines() == journal.lines)
                } catch JournalError.damaged(let damage) {
                    #expect("\(damage)".contains(JournalFolder.identityName), "\(damage)")
                } catch JournalError.unsupportedFormat(let file, _) {
                    #expect(file == path)
                }
            }
        }
    }

    @Test func `a flipped start in journal-json never makes another journal of it`() throws {
        let disk = SimulatedFileSystem()
        let chain = ChainDigest(journal: JournalFixture.uuid)
        let document = SnapshotFile(
            journal: JournalFixture.uuid, offset: 9, chain: chain.hex, digest: "d", document: Array("{}".utf8))
        try JournalFolder.create(
            JournalFixture.folder, uuid: "1b8f9f3e-6a52-4a4e-9d5e-1c2d3e4f5a6b", created: .epoch, document: document,
            ancestor: JournalFixture.uuid, fileSystem: disk)
        let path = JournalFixture.folder + "/" + JournalFolder.identityName
        let bytes = try #require(disk.bytes(of: path))
        for byte in bytes.indices {
            for mask in (0..<8).map({ 1 << $0 as UInt8 }) {
                disk.put(flipped(bytes, byte, mask), at: path)
                do {
                    let reader = try JournalReader(folder: JournalFixture.folder, fileSystem: disk)
                    // An empty journal has no frame that could contradict its uuid, and nothing to lose by it.
                    #expect(try reader.startDocument() == document, "bit \(mask) of byte \(byte)")
                    #expect(try reader.firstOffset() == 10)
                } catch {
                    #expect("\(error)".contains(JournalFixture.folder), "bit \(mask) of byte \(byte): \(error)")
                }
            }
        }
    }

    @Test func `a snapshot with a flipped bit is never used`() throws {
        let journal = try DamagedJournal(.atRest)
        let path = JournalFixture.folder + "/snapshots/" + JournalFolder.snapshotName(offset: journal.snapshot.offset)
        let bytes = try #require(journal.fixture.disk.bytes(of: path))
        for byte in bytes.indices {
            for mask in (0..<8).map({ 1 << $0 as UInt8 }) {
                let copy = journal.copy()
                copy.disk.put(flipped(bytes, byte, mask), at: path)
                let found = try SnapshotStore(folder: JournalFixture.folder, fileSystem: copy.disk).newest {
                    offset throws(JournalError) in
                    try JournalReader(folder: JournalFixture.folder, fileSystem: copy.disk).chain(at: offset).hex
                }
                #expect(found == nil || found == journal.snapshot, "bit \(mask) of byte \(byte)")
            }
        }
    }

    // MARK: Cuts

    @Test(arguments: Sample.allCases)
    func `a last segment of any length keeps every commit that is whole in it`(sample: Sample) throws {
        let journal = try DamagedJournal(sample)
        let base = try #require(journal.bases.last)
        let bytes = try journal.fixture.segmentBytes(base)
        let name = JournalFolder.segmentName(base: base)
        for count in 0..<bytes.count {
            let copy = journal.copy()
            copy.disk.put(Array(bytes.prefix(count)), at: JournalFixture.segmentPath(base))
            let report = try JournalVerifier.verify(folder: JournalFixture.folder, fileSystem: copy.disk)
            #expect(report.isClean, "cut to \(count): \(report.damages)")
            let writer = try copy.open()
            let kept = journal.newestEvent(base, before: count)
            #expect(report.newestOffset == kept && writer.newestOffset == kept, "cut to \(count)")
            #expect(try copy.lines() == Array(journal.lines.prefix(Int(kept) + 1)))
            guard let cut = writer.recovery else { continue }
            #expect(report.notes.first?.hasPrefix("\(name): ") == true, "cut to \(count): \(report.notes)")
            #expect(cut.byteOffset + cut.byteCount == Int64(count) && cut.file.hasSuffix(name))
            let saved = copy.disk.bytes(of: JournalFixture.folder + "/" + cut.savedAs)
            #expect(saved == Array(bytes[Int(cut.byteOffset)..<count]))
        }
    }

    @Test(arguments: [Sample.atRest, .withLargeCommit])
    func `a segment that isn't the last is refused at any shorter length`(sample: Sample) throws {
        let journal = try DamagedJournal(sample)
        for (base, next) in zip(journal.bases, journal.bases.dropFirst()) where journal.basesOfInterest.contains(base) {
            let bytes = try journal.fixture.segmentBytes(base)
            for count in 0..<bytes.count {
                let copy = journal.copy()
                copy.disk.put(Array(bytes.prefix(count)), at: JournalFixture.segmentPath(base))
                let kept = journal.newestEvent(base, before: count)
                // Where a frame ends, the file looks whole: the next one shows that events are missing.
                let names = [JournalFixture.segmentPath(base), JournalFixture.segmentPath(next)]
                let report = try JournalVerifier.verify(folder: JournalFixture.folder, fileSystem: copy.disk)
                let first = try #require(report.damages.first, "cut to \(count)")
                let isRight = names.contains(first.file) && journal.isFirstMissing(first.eventOffset, after: kept)
                #expect(isRight, "cut to \(count): \(first)")
                guard case .damaged(let damage) = try refusal(of: copy) else {
                    Issue.record("segment \(base) cut to \(count) bytes is opened")
                    continue
                }
                #expect(names.contains(damage.file), "cut to \(count): \(damage)")
            }
        }
    }

    private func refusal(of fixture: JournalFixture) throws -> JournalError? {
        do {
            _ = try fixture.open()
            return nil
        } catch {
            return error as? JournalError
        }
    }
}

func flipped(_ bytes: [UInt8], _ byte: Int, _ mask: UInt8) -> [UInt8] {
    var result = bytes
    result[byte] ^= mask
    return result
}
