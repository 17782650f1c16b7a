import JSONDocument
import Journal
import Table
import TestSupport
import Testing

@testable import Replay

/// A table on a simulated disk, with frames and segments small enough that damage of each kind is near.
struct RepairSimulation {
    static let folder = "/journal/default"
    static let target = "/journal/new"
    static let newUUID = "6b2f0c1e-0000-4000-8000-00000000beef"

    let disk: SimulatedFileSystem
    let clock = ManualClock()
    /// The lines, without line feeds.
    let lines: [[UInt8]]
    /// Digest of the document after each event.
    let digests: [String]
    let uuid: String
    /// What the disk can't read any more.
    private(set) var unreadable: (path: String, bytes: Range<Int64>)?

    /// Plays some events; a snapshot is written after each offset in `snapshots`.
    init(
        events: Int = 24, snapshots: [Int64] = [], uuid: String = "6b2f0c1e-0000-4000-8000-000000000001"
    ) async throws {
        let disk = SimulatedFileSystem()
        let clock = ManualClock()
        let table = try Self.open(disk, clock, uuid)
        var digests: [String] = []
        var files: [SnapshotFile] = []
        for number in 0..<events {
            let command = try Command.parse(name: Self.name(number), data: JSONValue.parse(text: Self.data(number)))
            _ = try await table.submit(CommandRequest(command, actor: "dm", id: "c\(number)"))
            clock.advance(milliseconds: 1000)
            let state = table.committed
            digests.append(state.digest())
            guard snapshots.contains(state.offset) else { continue }
            files.append(
                SnapshotFile(
                    journal: table.identity.uuid, offset: state.offset, chain: state.chain.hex, digest: state.digest(),
                    document: state.document.serialized()))
        }
        table.close()
        let store = SnapshotStore(folder: Self.folder, fileSystem: disk)
        for offset in try store.list() { try store.remove(offset) }
        for file in files { try store.write(file) }
        self.disk = disk
        self.digests = digests
        self.uuid = table.identity.uuid
        self.lines = try Self.lines(disk, Self.folder)
    }

    private init(_ other: RepairSimulation, disk: SimulatedFileSystem) {
        self.disk = disk
        self.lines = other.lines
        self.digests = other.digests
        self.uuid = other.uuid
    }

    static func open(_ disk: SimulatedFileSystem, _ clock: ManualClock, _ uuid: String) throws -> Table {
        try Table.open(
            TableConfiguration(
                folder: Self.folder, fileSystem: disk, clock: clock.clock,
                makeUUID: { uuid },
                options: TableOptions(journal: JournalOptions(frameByteCount: 700, segmentByteCount: 1100))))
    }

    private static func name(_ number: Int) -> String {
        number % 6 == 0 ? "scene-folder.create" : number == 1 || number % 8 == 7 ? "live.change" : "map-folder.create"
    }

    private static func data(_ number: Int) -> String {
        switch self.name(number) {
        case "live.change":
            #"{"scene":{"id":"s\#(number % 3)","name":"Crypt","maps":[{"name":"G","data":{"x":\#(number)}}]}}"#
        default: #"{"path":"Act \#(number)"}"#
        }
    }

    static func lines(_ disk: SimulatedFileSystem, _ folder: String) throws -> [[UInt8]] {
        let reader = try JournalReader(folder: folder, fileSystem: disk)
        var cursor = reader.cursor(from: try reader.firstOffset())
        var lines: [[UInt8]] = []
        while let chunk = try cursor.next() { for index in 0..<chunk.count { lines.append(chunk.line(index)) } }
        return lines
    }

    /// The segments' paths, oldest first.
    var segments: [String] { self.disk.paths.filter { $0.hasPrefix(Self.folder + "/0") } }

    /// The same with other content of a file; nil: without it.
    func with(_ path: String, _ bytes: [UInt8]?) -> RepairSimulation {
        let disk = self.disk.afterKill()
        if let bytes { disk.put(bytes, at: path) } else { disk.erase(path) }
        return RepairSimulation(self, disk: disk)
    }

    /// The same with bytes of a file that the disk can't read any more.
    func unreadable(_ path: String, _ bytes: Range<Int64>) -> RepairSimulation {
        var other = RepairSimulation(self, disk: self.disk.afterKill())
        other.unreadable = (path, bytes)
        return other
    }

    /// The disk as a repair finds it.
    var fileSystem: any FileSystem {
        guard let (path, bytes) = self.unreadable else { return self.disk }
        return UnreadableFileSystem(self.disk, path: path, bytes: bytes)
    }

    func repair(_ folder: String = Self.folder) throws -> JournalRepair {
        try JournalRepair(
            path: folder, fileSystem: self.fileSystem, clock: self.clock.clock, makeUUID: { Self.newUUID })
    }

    func plan() throws -> RepairPlan { try self.repair().examine { _ in } }

    /// Repairs into a folder beside and checks what any repair must keep.
    @discardableResult
    func repaired(_ plan: RepairPlan, _ what: String) throws -> [[UInt8]] {
        try self.disk.makeFolders(Self.target)
        let repair = try self.repair()
        let newest = try repair.write(plan, Self.newUUID, into: Self.target) { _ in }
        try repair.check(Self.target, newest: newest, digest: plan.digest) { _ in }
        let report = try JournalVerifier.verify(folder: Self.target, fileSystem: self.disk)
        #expect(report.isClean && report.notes.isEmpty, "\(what): \(report)")
        let lines = try Self.lines(self.disk, Self.target)
        for offset in plan.kept.runs.joined() {
            #expect(lines[Int(offset)] == self.lines[Int(offset)], "\(what), event \(offset)")
        }
        #expect(lines.count == Int(plan.newest) + 2, "\(what): every offset, and journal.repaired")
        #expect(String(decoding: lines[lines.count - 1], as: UTF8.self).contains(self.uuid), "\(what)")
        let reader = try JournalReader(folder: Self.target, fileSystem: self.disk)
        #expect(reader.identity.start?.ancestor == self.uuid, "\(what)")
        return lines
    }
}
