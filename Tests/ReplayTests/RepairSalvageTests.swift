import Foundation
import JSONDocument
import Journal
import Table
import TestSupport
import Testing

@testable import Replay

/// What a repair makes of every kind of damage, on a simulated disk.
@Suite struct RepairSalvageTests {
    /// Every byte takes minutes without optimisation: `SPELLTABLE_EVERY_BYTE=1` asks for it, otherwise it is every fifth.
    private static let step = ProcessInfo.processInfo.environment["SPELLTABLE_EVERY_BYTE"] == nil ? 5 : 1

    @Test func `a journal that is whole needs no repair`() async throws {
        let played = try await RepairSimulation(snapshots: [10])
        let plan = try played.plan()
        #expect(plan.isClean && plan.faults.isEmpty)
        #expect(plan.kept.runs == [0...23])
        #expect(plan.digest == played.digests.last)
    }

    @Test func `whichever byte flips, one frame at most is lost and the rest stays byte for byte`() async throws {
        let played = try await RepairSimulation()
        var damaged = 0
        var lost: [Int64: Int] = [:]
        for path in played.segments {
            let bytes = try #require(played.disk.bytes(of: path))
            for index in stride(from: 0, to: bytes.count, by: Self.step) {
                var flipped = bytes
                flipped[index] ^= 1 << UInt8(index % 8)
                let what = "\(lastPathComponent(of: path)), byte \(index)"
                let hurt = played.with(path, flipped)
                let plan = try hurt.plan()
                guard plan.needsNewJournal else {
                    // A torn tail as far as anybody can tell, or bytes that say nothing.
                    #expect(plan.notes.count + (plan.newest == 23 ? 1 : 0) >= 1, "\(what)")
                    continue
                }
                damaged += 1
                lost[plan.lost.count, default: 0] += 1
                #expect(!plan.faults.isEmpty, "\(what)")
                #expect(plan.lost.count <= 8, "\(what): \(plan.lost.text)")
                #expect(plan.kept.count + plan.stranded.count + plan.lost.count == plan.newest + 1, "\(what)")
                try hurt.repaired(plan, what)
                // What is gone is said to be gone, also where nothing readable follows it.
                #expect(plan.isPresentKnown == (plan.digest == played.digests.last), "\(what)")
                if plan.lost.count == 0 { #expect(plan.newest == 23, "\(what)") }
            }
        }
        #expect(damaged > 3000 / Self.step)
        print("flipped bytes that damage: \(damaged); events lost, and how often: \(lost.sorted { $0.key < $1.key })")
    }

    @Test(arguments: [true, false])
    func `what a header or a segment's name says of the end is lost, not forgotten`(hasHeader: Bool) async throws {
        let played = try await RepairSimulation()
        let path = try #require(played.segments.last)
        let base = try #require(JournalFolder.segmentBase(ofName: lastPathComponent(of: path)))
        let bytes = try #require(played.disk.bytes(of: path))
        let header = try #require(FrameHeader.find(in: bytes, at: 0))
        let garbage = Array(repeating: UInt8(0x55), count: 100)
        // The segment before it is gone: lines alone end long before.
        let hurt = played.with(played.segments[played.segments.count - 2], nil)
            .with(path, hasHeader ? bytes.prefix(header.byteCount) + garbage : garbage)
        let plan = try hurt.plan()
        #expect(plan.newest == base && plan.lost.runs.last?.upperBound == base)
        #expect(plan.oldEnd.offset == (hasHeader ? base - 1 : plan.kept.runs.last?.upperBound))
        #expect(!plan.isPresentKnown)
        #expect(plan.text(Paint(isColoured: false)).contains(" to \(base), and perhaps more behind them; each becomes"))
        try hurt.repaired(plan, "header: \(hasHeader)")
    }

    @Test func `a name that no segment can have opens no hole`() async throws {
        let played = try await RepairSimulation()
        let path = RepairSimulation.folder + "/" + JournalFolder.segmentName(base: 900_000_000_000)
        let hurt = played.with(path, Array(repeating: 0x55, count: 100))
        let plan = try hurt.plan()
        #expect(plan.kept.runs == [0...23] && plan.newest == 24)
        #expect(plan.faults.contains { $0.file == path && $0.reason.contains("a name that doesn't fit") })
        try hurt.repaired(plan, "a name")
    }

    @Test func `a commit that never finished is no lost event`() async throws {
        let played = try await RepairSimulation()
        let path = try #require(played.segments.last)
        let bytes = try #require(played.disk.bytes(of: path))
        let plan = try played.with(path, bytes + [0x44, 0, 0, 0, 1, 2, 3]).plan()
        #expect(!plan.needsNewJournal && plan.notes.count == 1)
        #expect(plan.lost.count == 0 && plan.newest == 23 && plan.isPresentKnown)
    }

    /// Where the length fields of a segment's blocks stand.
    private func lengthFields(_ bytes: [UInt8]) -> [Int] {
        var positions: [Int] = []
        var index = 0
        while let (_, byteCount) = FrameHeader.find(in: bytes, at: index) {
            index += byteCount + 7
            while index + 4 <= bytes.count {
                let length = (0..<3).reduce(0) { $0 | Int(bytes[index + $1]) << (8 * $1) }
                guard length > 0 else { break }
                positions.append(index)
                index += 8 + length
            }
            index += 4
        }
        return positions
    }

    @Test(arguments: ["flag", "zero", "zero, stored"])
    func `a damaged length field costs nothing where the block's content is as it was`(damage: String) async throws {
        let played = try await RepairSimulation()
        var count = 0
        for path in played.segments {
            let bytes = try #require(played.disk.bytes(of: path))
            for position in self.lengthFields(bytes) {
                var hurt = bytes
                let isStored = bytes[position + 3] & 0x80 != 0
                switch damage {
                case "flag": hurt[position + 3] ^= 0x80
                case "zero": hurt.replaceSubrange(position..<position + 4, with: [0, 0, 0, 0])
                default: hurt.replaceSubrange(position..<position + 4, with: [0, 0, 0, isStored ? 0 : 0x80])
                }
                let what = "\(lastPathComponent(of: path)), length at \(position)"
                let plan = try played.with(path, hurt).plan()
                #expect(plan.kept.runs == [0...23] && plan.digest == played.digests[23], "\(what): \(plan.faults)")
                #expect(plan.faults.contains { $0.file == path && $0.byteOffset == Int64(position) }, "\(what)")
                count += 1
            }
        }
        #expect(count >= 20)
    }

    @Test func `whatever length a segment is cut to, the events before the cut stay`() async throws {
        let played = try await RepairSimulation()
        for path in played.segments {
            let bytes = try #require(played.disk.bytes(of: path))
            for count in stride(from: 0, to: bytes.count, by: Self.step) {
                let what = "\(lastPathComponent(of: path)), cut to \(count)"
                let hurt = played.with(path, Array(bytes.prefix(count)))
                let plan = try hurt.plan()
                guard plan.needsNewJournal, plan.kept.count + plan.stranded.count > 0 else { continue }
                try hurt.repaired(plan, what)
                let base = try #require(JournalFolder.segmentBase(ofName: lastPathComponent(of: path)))
                if base > 0 { #expect(plan.kept.runs.first.map { $0.upperBound >= base - 1 } == true, "\(what)") }
            }
        }
    }

    /// The first events of the second and third segment.
    private func bases() async throws -> (Int64, Int64) {
        let segments = try await RepairSimulation().segments
        let bases = segments.compactMap { JournalFolder.segmentBase(ofName: lastPathComponent(of: $0)) }
        try #require(bases.count >= 3)
        return (bases[1], bases[2])
    }

    @Test(arguments: [Int64(-1), 0, 2])
    func `behind a hole a good snapshot brings the document back, and the events after it stay`(
        distance: Int64
    ) async throws {
        let (second, third) = try await self.bases()
        let bridge = third + distance
        let played = try await RepairSimulation(snapshots: [bridge])
        let hurt = played.with(played.segments[1], nil)
        let plan = try hurt.plan()
        #expect(plan.kept.runs == [0...second - 1, bridge + 1...23])
        #expect(plan.lost.runs == [second...third - 1])
        #expect(plan.stranded.count == distance + 1)
        #expect(plan.bridges == [.init(offset: bridge, isProvenByChain: true)])
        #expect(plan.isPresentKnown)
        #expect(plan.digest == played.digests[23])
        let lines = try hurt.repaired(plan, "segment \(second) gone")
        let lost = String(decoding: lines[Int(second)], as: UTF8.self)
        #expect(lost.hasSuffix(#""type":"event.lost","data":{},"patch":[]}"#))
        // Who noted a D before the hole finds it in the repaired journal.
        let reader = try JournalReader(folder: RepairSimulation.target, fileSystem: hurt.disk)
        let old = try JournalReader(folder: RepairSimulation.folder, fileSystem: played.disk)
        #expect(try reader.chain(at: second - 1) == old.chain(at: second - 1))
    }

    @Test func `events that stand on lost ones are kept as data and change nothing`() async throws {
        let played = try await RepairSimulation()
        let hurt = played.with(played.segments[1], nil)
        let plan = try hurt.plan()
        let stranded = try #require(plan.stranded.runs.first)
        #expect(stranded.upperBound == 23)
        #expect(!plan.isPresentKnown)
        #expect(plan.digest == played.digests[Int(try #require(plan.kept.runs.first).upperBound)])
        let lines = try hurt.repaired(plan, "no snapshot")
        let line = try JSONValue.parse(lines[Int(stranded.lowerBound)])
        #expect(line["type"]?.stringValue == "event.stranded")
        let original = try JSONValue.parse(played.lines[Int(stranded.lowerBound)])
        #expect(line["data"]?["line"] == original)
        #expect(line["time"] == original["time"])
    }

    @Test func `where the end is lost, the newest snapshot is the present`() async throws {
        let played = try await RepairSimulation(snapshots: [9, 23])
        let hurt = played.with(try #require(played.segments.last), nil)
        let plan = try hurt.plan()
        #expect(!plan.needsNewJournal || plan.newest == 23)
        #expect(plan.bridges == [.init(offset: 23, isProvenByChain: false)])
        #expect(plan.digest == played.digests[23])
        try hurt.repaired(plan, "end gone")
    }

    @Test func `a snapshot whose chain isn't the journal's brings nothing back`() async throws {
        let (_, third) = try await self.bases()
        let played = try await RepairSimulation(snapshots: [third])
        let store = SnapshotStore(folder: RepairSimulation.folder, fileSystem: played.disk)
        var file = try #require(try store.read(third))
        file.chain = String(repeating: "0", count: 64)
        try store.write(file)
        let plan = try played.with(played.segments[1], nil).plan()
        #expect(plan.bridges.isEmpty)
        #expect(!plan.isPresentKnown)
    }

    @Test(arguments: [true, false])
    func `a header without readable lines still says which snapshot is the journal's`(isRight: Bool) async throws {
        let plain = try await RepairSimulation()
        let (path, range, base) = try #require(
            plain.segments.dropFirst().lazy.compactMap { path in
                plain.disk.bytes(of: path).flatMap(self.secondHeader).map { (path, $0, $1) }
            }.first)
        let played = try await RepairSimulation(snapshots: [base - 1])
        if !isRight {
            let store = SnapshotStore(folder: RepairSimulation.folder, fileSystem: played.disk)
            var file = try #require(try store.read(base - 1))
            file.chain = String(repeating: "0", count: 64)
            try store.write(file)
        }
        // Of the whole segment nothing but that header is left.
        var bytes = try #require(played.disk.bytes(of: path))
        for index in bytes.indices where !range.contains(index) { bytes[index] = 0x55 }
        let hurt = played.with(path, bytes)
        let plan = try hurt.plan()
        #expect(plan.bridges == (isRight ? [.init(offset: base - 1, isProvenByChain: true)] : []))
        try hurt.repaired(plan, "one header")
    }

    /// The second header in a segment: its bytes and the offset that it names.
    private func secondHeader(_ bytes: [UInt8]) -> (Range<Int>, Int64)? {
        let starts = bytes.indices.dropFirst().lazy.filter { FrameHeader.find(in: bytes, at: $0) != nil }
        guard let start = starts.first, let found = FrameHeader.find(in: bytes, at: start) else { return nil }
        return (start..<start + found.byteCount, found.header.base)
    }

    @Test func `a snapshot within a hole is the document there, until the next`() async throws {
        let (second, third) = try await self.bases()
        let played = try await RepairSimulation(snapshots: [second + 1])
        let hurt = played.with(played.segments[1], nil)
        let plan = try hurt.plan()
        #expect(plan.bridges == [.init(offset: second + 1, isProvenByChain: false)])
        #expect(plan.digest == played.digests[Int(second) + 1])
        #expect(plan.lost.runs == [second...third - 1])
        try hurt.repaired(plan, "snapshot in the hole")
    }

    @Test func `a damaged journal.json is made again from what the frames say`() async throws {
        let played = try await RepairSimulation()
        let path = RepairSimulation.folder + "/journal.json"
        let bytes = try #require(played.disk.bytes(of: path))
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 4
            let hurt = played.with(path, flipped)
            let plan: RepairPlan
            do {
                plan = try hurt.plan()
            } catch {
                #expect("\(error)".contains("newer than this program"), "byte \(index): \(error)")
                continue
            }
            #expect(plan.kept.runs == [0...23], "byte \(index)")
            if plan.needsNewJournal { try hurt.repaired(plan, "journal.json, byte \(index)") }
        }
        let gone = played.with(path, nil)
        let plan = try gone.plan()
        #expect(plan.needsNewJournal && plan.kept.count == 24)
        try gone.repaired(plan, "no journal.json")
    }

    @Test func `a file that the disk can't read any more is a fault, not the end of the repair`() async throws {
        let played = try await RepairSimulation(snapshots: [9, 20])
        let snapshots = RepairSimulation.folder + "/" + JournalFolder.snapshotsName + "/"
        for path in [RepairSimulation.folder + "/journal.json", snapshots + JournalFolder.snapshotName(offset: 20)] {
            let hurt = played.unreadable(path, 0..<10)
            let plan = try hurt.plan()
            #expect(plan.kept.runs == [0...23] && plan.journal == played.uuid, "\(path)")
            #expect(plan.faults.contains { $0.file == path && $0.reason.contains("can't be read: ") }, "\(path)")
            if plan.needsNewJournal { try hurt.repaired(plan, path) }
        }
    }

    @Test func `an unreadable page costs the frames in it, wherever it is`() async throws {
        let played = try await RepairSimulation(snapshots: [9])
        for path in played.segments {
            let hurt = played.unreadable(path, 0..<100)
            let plan = try hurt.plan()
            #expect(plan.journal == played.uuid && plan.needsNewJournal, "\(path)")
            #expect(plan.faults.contains { $0.file == path && $0.reason.contains("can't be read: ") }, "\(path)")
            try hurt.repaired(plan, path)
        }
    }

    @Test func `a first document that the disk can't read is lost, and the lines stay`() async throws {
        let played = try await RepairSimulation()
        let hurt = played.with(played.segments[1], nil)
        try hurt.repaired(try hurt.plan(), "first")
        let path = RepairSimulation.target + "/" + JournalFolder.startName
        let plan = try hurt.unreadable(path, 0..<1).repair(RepairSimulation.target).examine { _ in }
        #expect(plan.journal == RepairSimulation.newUUID && plan.kept.count == 0 && plan.stranded.count > 20)
        #expect(plan.faults.contains { $0.file == path && $0.reason.contains("can't be read: ") })
    }

    @Test(arguments: [true, false])
    func `another table's segment in the folder doesn't decide which journal it is`(hasIdentity: Bool) async throws {
        let played = try await RepairSimulation()
        let other = try await RepairSimulation(uuid: "6b2f0c1e-0000-4000-8000-0000000000aa")
        let bytes = try #require(other.disk.bytes(of: other.segments[0]))
        let hurt = played.with(played.segments[0], bytes)
            .with(hasIdentity ? "/none" : RepairSimulation.folder + "/journal.json", nil)
        let plan = try hurt.plan()
        #expect(plan.journal == played.uuid && plan.newest == 23)
        #expect(plan.faults.contains { $0.reason.contains("a frame of another journal, \(other.uuid)") })
        #expect(plan.stranded.count > 10)
        try hurt.repaired(plan, "another table's segment")
    }

    @Test func `what is written is what was planned, or nothing`() async throws {
        let played = try await RepairSimulation()
        let plan = try played.with(played.segments[1], nil).plan()
        // The present comes out the same: the segment after it changes only what is stranded.
        let later = played.with(played.segments[1], nil).with(try #require(played.segments.last), nil)
        #expect(try later.plan().digest == plan.digest)
        #expect(throws: ReplayError.self) { try later.repaired(plan, "another reading") }
    }

    @Test func `a repaired journal that is damaged again can be repaired again`() async throws {
        let played = try await RepairSimulation()
        let hurt = played.with(played.segments[1], nil)
        let lines = try hurt.repaired(try hurt.plan(), "first")
        let path = RepairSimulation.target + "/" + JournalFolder.segmentName(base: 0)
        var bytes = try #require(hurt.disk.bytes(of: path))
        // Within the header: the frame's blocks are all there.
        bytes[60] ^= 1
        hurt.disk.put(bytes, at: path)
        let again = try hurt.repair(RepairSimulation.target)
        let plan = try again.examine { _ in }
        #expect(plan.needsNewJournal)
        #expect(plan.journal == RepairSimulation.newUUID)
        #expect(plan.kept.runs == [0...Int64(lines.count - 1)])
        try hurt.disk.makeFolders("/journal/third")
        let newest = try again.write(plan, "6b2f0c1e-0000-4000-8000-000000000003", into: "/journal/third") { _ in }
        try again.check("/journal/third", newest: newest, digest: plan.digest) { _ in }
    }

    @Test func `a patch that doesn't apply is stranded with what follows`() async throws {
        let played = try await RepairSimulation(events: 6)
        let writer = try JournalWriter.open(
            folder: RepairSimulation.folder, fileSystem: played.disk, clock: played.clock.clock, identity: { "" })
        let bad = EventDraft(
            type: "x.done", data: Array("{}".utf8), patch: Array(#"[{"op":"remove","path":"/maps/none"}]"#.utf8))
        let good = EventDraft(type: "x.done", data: Array("{}".utf8), patch: Array("[]".utf8))
        _ = try writer.commit([[bad], [good]])
        try writer.close()
        let plan = try played.plan()
        #expect(plan.needsNewJournal)
        #expect(plan.kept.runs == [0...5] && plan.stranded.runs == [6...7])
        #expect(plan.faults.first?.reason.contains("can't be applied") == true)
        try played.with("/none", nil).repaired(plan, "bad patch")
    }

    @Test func `a group of which a part is lost is stranded whole`() async throws {
        let played = try await RepairSimulation(events: 3)
        let writer = try JournalWriter.open(
            folder: RepairSimulation.folder, fileSystem: played.disk, clock: played.clock.clock, identity: { "" })
        var noise = SeededGenerator(seed: 5)
        let group = (0..<6).map { _ in
            let text = String(
                decoding: (0..<120_000).map { _ in UInt8.random(in: 0x61...0x7A, using: &noise) }, as: UTF8.self)
            return EventDraft(type: "x.done", data: Array(#"{"n":"\#(text)"}"#.utf8), patch: Array("[]".utf8))
        }
        _ = try writer.commit([group])
        _ = try writer.commit([[EventDraft(type: "x.done", data: Array("{}".utf8), patch: Array("[]".utf8))]])
        try writer.close()
        let path = try #require(played.segments.last)
        var bytes = try #require(played.disk.bytes(of: path))
        bytes[bytes.count * 3 / 4] ^= 1
        let hurt = played.with(path, bytes)
        let plan = try hurt.plan()
        #expect(plan.kept.runs == [0...2])
        #expect(plan.stranded.runs.first?.lowerBound == 3)
        #expect(plan.lost.count >= 1)
        #expect(plan.newest == 9)
    }
}
