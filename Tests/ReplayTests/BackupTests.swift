import Foundation
import JSONDocument
import Journal
import Table
import TestSupport
import Testing

@testable import Replay

/// Scheduled backups: their names, when they are due, and what is written.
@Suite struct BackupTests {
    private let played: PlayedTable
    private let other: TemporaryFolder

    init() throws {
        played = try PlayedTable()
        other = try TemporaryFolder()
    }

    private static let day: Int64 = 86_400_000
    private static let now: Int64 = 1_795_000_000_000

    /// A backup made some days before now.
    private func name(
        daysAgo: Double = 0, journal: String = "0c6ff3a1", offset: Int64 = 7, chain: String = "5be07a44"
    ) -> BackupName {
        BackupName(
            seconds: (Self.now - Int64(daysAgo * Double(Self.day))) / 1000, journal: journal, offset: offset,
            chain: chain)
    }

    // MARK: Names

    @Test func `a name says when, which journal and what is in it`() throws {
        let name = BackupName(seconds: 1_795_717_260, journal: "0c6ff3a1", offset: 1203, chain: "5be07a44")
        #expect(name.text == "spelltable-2026-11-26T182100Z.0c6ff3a1.1203-5be07a44.zip")
        #expect(BackupName(name.text) == name)
        let before = BackupName(seconds: 0, journal: "0c6ff3a1", offset: -1, chain: "5be07a44")
        #expect(BackupName(before.text) == before)
    }

    @Test(arguments: [
        "spelltable-2026-02-30T182100Z.0c6ff3a1.1203-5be07a44.zip",
        "spelltable-2026-11-26T182100Z.0c6ff3a1.007-5be07a44.zip",
        "spelltable-2026-11-26T182100Z.0C6FF3A1.7-5be07a44.zip", "spelltable-2026-11-26T182100Z.zip",
        "spelltable-2026-11-26T182100Z.0c6ff3a1.7-5be07a44.zip.tmp", "spelltable_backup.zip",
        "my-spelltable-2026-11-26T182100Z.0c6ff3a1.7-5be07a44.zip",
    ])
    func `no other file is taken for one`(text: String) {
        #expect(BackupName(text) == nil)
    }

    // MARK: When

    @Test func `one is due when the newest is older than the period`() {
        let schedule = BackupSchedule(period: Self.day, keep: 7)
        let present = name(offset: 9)
        #expect(schedule.decision(for: present, among: [], now: Self.now) == .due)
        #expect(schedule.decision(for: present, among: [name(daysAgo: 3), name(daysAgo: 1)], now: Self.now) == .due)
        #expect(
            schedule.decision(for: present, among: [name(daysAgo: 3), name(daysAgo: 0.75)], now: Self.now)
                == .later(milliseconds: Self.day / 4))
    }

    @Test func `a file from the future delays nothing`() {
        let schedule = BackupSchedule(period: Self.day, keep: 7)
        #expect(schedule.decision(for: name(offset: 9), among: [name(daysAgo: -400)], now: Self.now) == .due)
    }

    @Test func `nothing is due while one that is there has all of it`() {
        let schedule = BackupSchedule(period: Self.day, keep: 7)
        let same = name(daysAgo: 2)
        #expect(schedule.decision(for: name(), among: [same], now: Self.now) == .unchanged(same))
        // Another journal, or this one cut back and gone on differently.
        for other in [name(daysAgo: 2, journal: "ffffffff"), name(daysAgo: 2, chain: "00000000")] {
            #expect(schedule.decision(for: name(), among: [other], now: Self.now) == .due)
        }
    }

    @Test func `the oldest beyond the count go, and never the one just made nor another table's`() {
        let made = name()
        let old = (1...4).map { name(daysAgo: Double($0), offset: 0) }
        let others = [name(daysAgo: 9, journal: "ffffffff")]
        let all = old + others + [made]
        #expect(BackupSchedule(period: 1, keep: 3).outdated(besides: made, among: all) == [old[3], old[2]])
        #expect(BackupSchedule(period: 1, keep: 9).outdated(besides: made, among: all) == [])
        // Its own clock was ahead once: the file in the future doesn't push out the one just made.
        let future = name(daysAgo: -1)
        #expect(BackupSchedule(period: 1, keep: 1).outdated(besides: made, among: [future, made]) == [future])
    }

    // MARK: What

    private func play() async throws -> Table {
        try await played.playEvening()
        let table = try played.open()
        _ = try await played.uploadMap("a.png", "\u{89}PNG a", on: table)
        return table
    }

    private func make(_ table: Table, keep: Int = 7) throws -> JournalBackup.Report {
        let name = BackupName(at: played.clock.clock(), journal: table.identity.uuid, state: table.committed)
        return try JournalBackup(of: played.journal, to: other.path, fileSystem: PosixFileSystem()).run(
            name, state: table.committed, schedule: BackupSchedule(period: 1, keep: keep))
    }

    private var files: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: other.path) } }

    @Test func `a backup of an open table is an archive that import takes, and nothing is left beside it`() async throws
    {
        let table = try await play()
        defer { table.close() }
        let report = try make(table)
        #expect(report.blobCount == 1 && report.missingBlobs.isEmpty)
        #expect(try files == [report.name.text])
        let copy = "\(played.folder.path)/copy/default"
        let taken = try await ReplayTool.run(
            "import", "--from", "\(other.path)/\(report.name.text)", "--journal", copy)
        #expect(taken.code == 0 && taken.output.contains("became the journal"))
        let source = try JournalSource(path: copy, fileSystem: PosixFileSystem())
        #expect(try source.document(at: try source.newest()) == table.committed.document)
        #expect(try source.reader.chain(at: 7) == table.committed.chain)
    }

    @Test func `what is not the table's is neither counted nor removed`() async throws {
        let table = try await play()
        defer { table.close() }
        let strange = ["notes.txt", "spelltable-2020-01-01T000000Z.ffffffff.3-00000000.zip"]
        for name in strange { try Data("x".utf8).write(to: URL(fileURLWithPath: "\(other.path)/\(name)")) }
        let first = try make(table, keep: 1)
        try await played.act(on: table, "scene-folder.create", #"{"path":"Act 9"}"#)
        let second = try make(table, keep: 1)
        #expect(second.removed == [first.name.text])
        #expect(try files.sorted() == (strange + [second.name.text]).sorted())
    }

    /// A disk on which backups can't be removed once they have their name.
    private struct KeepingFileSystem: FileSystem {
        let base = PosixFileSystem()

        func remove(_ path: String) throws(FileError) {
            if BackupName(lastPathComponent(of: path)) != nil, !path.contains("unfinished") {
                throw FileError(operation: .remove, path: path, code: EACCES)
            }
            try base.remove(path)
        }

        func open(_ path: String, _ mode: FileOpenMode) throws(FileError) -> any OpenFile { try base.open(path, mode) }
        func rename(_ path: String, to newPath: String) throws(FileError) { try base.rename(path, to: newPath) }
        func status(_ path: String) throws(FileError) -> FileStatus? { try base.status(path) }
        func modificationTime(_ path: String) throws(FileError) -> Int64? { try base.modificationTime(path) }
        func list(_ folder: String) throws(FileError) -> [String] { try base.list(folder) }
        func makeFolders(_ folder: String) throws(FileError) { try base.makeFolders(folder) }
        func syncFolder(_ folder: String) throws(FileError) { try base.syncFolder(folder) }
        func lock(_ path: String, note: String) throws(FileError) -> any FileLock { try base.lock(path, note: note) }
    }

    @Test func `a backup is made also where old ones can't be removed, which is said`() async throws {
        let table = try await play()
        defer { table.close() }
        let first = try make(table, keep: 1)
        try await played.act(on: table, "scene-folder.create", #"{"path":"Act 9"}"#)
        let name = BackupName(at: played.clock.clock(), journal: table.identity.uuid, state: table.committed)
        let second = try JournalBackup(of: played.journal, to: other.path, fileSystem: KeepingFileSystem()).run(
            name, state: table.committed, schedule: BackupSchedule(period: 1, keep: 1))
        #expect(second.removed == [])
        #expect(second.removalFailure?.description.contains(first.name.text) == true)
        #expect(try files.sorted() == [first.name.text, name.text].sorted())
    }

    @Test func `what a killed server left is removed by the next one`() async throws {
        let table = try await play()
        defer { table.close() }
        let place = "\(other.path)/spelltable-\(table.identity.uuid.prefix(8))-unfinished"
        let left = try StagedFolder(for: place, fileSystem: PosixFileSystem())
        try Data("half".utf8).write(to: URL(fileURLWithPath: "\(left.path)/half.zip"))
        // A kill lets the lock go, and nothing else.
        let mark = try #require(
            try FileManager.default.contentsOfDirectory(atPath: left.path).first { $0 != "half.zip" })
        try FileManager.default.removeItem(atPath: "\(left.path)/\(mark)")
        try Data().write(to: URL(fileURLWithPath: "\(left.path)/\(mark)"))
        let report = try make(table)
        #expect(try files == [report.name.text])
    }

    @Test func `a backup that isn't the table's state is thrown away`() async throws {
        let table = try await play()
        defer { table.close() }
        let early = table.committed
        try await played.act(on: table, "scene-folder.create", #"{"path":"Act 9"}"#)
        let late = table.committed
        let name = BackupName(at: played.clock.clock(), journal: table.identity.uuid, state: late)
        let wrong = CommittedState(
            document: early.document, offset: late.offset, chain: late.chain, time: late.time,
            digests: DocumentDigest())
        #expect(throws: ReplayError.self) {
            try JournalBackup(of: played.journal, to: other.path, fileSystem: PosixFileSystem()).run(
                name, state: wrong, schedule: BackupSchedule(period: 1, keep: 1))
        }
        #expect(try files.isEmpty)
    }

    @Test func `the folder has to be there`() async throws {
        let table = try await play()
        defer { table.close() }
        let missing = JournalBackup(
            of: played.journal, to: "\(other.path)/unmounted", fileSystem: PosixFileSystem())
        #expect(throws: ReplayError.self) { try missing.names() }
        let name = BackupName(at: played.clock.clock(), journal: table.identity.uuid, state: table.committed)
        #expect(throws: ReplayError.self) {
            try missing.run(name, state: table.committed, schedule: BackupSchedule(period: 1, keep: 1))
        }
        #expect(try files.isEmpty)
    }

    @Test func `a stop in the middle leaves nothing`() async throws {
        let table = try await play()
        defer { table.close() }
        let gate = InterruptibleFileSystem.Switch()
        let disk = InterruptibleFileSystem(over: PosixFileSystem(), gate: gate)
        gate.interrupt()
        let name = BackupName(at: played.clock.clock(), journal: table.identity.uuid, state: table.committed)
        #expect(throws: ReplayError.self) {
            try JournalBackup(of: played.journal, to: other.path, fileSystem: disk).run(
                name, state: table.committed, schedule: BackupSchedule(period: 1, keep: 1))
        }
        #expect(try files.isEmpty)
    }
}
