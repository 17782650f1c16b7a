import Foundation
import Glibc
import JSONDocument
import Journal
import Table
import TestSupport
import Testing

@testable import Replay

/// How a repaired journal takes the damaged one's place, on a real disk.
@Suite struct RepairPlaceTests {
    private let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    private var segment: String { "journal/default/\(JournalFolder.segmentName(base: 0))" }

    /// An evening with a blob, damaged in its middle.
    private func damaged() async throws -> (uuid: String, bytes: [UInt8], blob: String) {
        let table = try played.open()
        let upload = try table.blobs.makeUpload()
        try upload.append(Array("a map".utf8))
        let (sha256, size) = try upload.finish()
        let blob = BlobReference(sha256: sha256, size: size, mediaType: "image/png")
        _ = try await table.submit(
            CommandRequest(.mapUpload(folder: nil, name: "map.png", blob: blob), actor: "dm"))
        table.close()
        try await played.playEvening()
        try played.folder.flipByte(segment, at: try played.folder.read(segment).count - 60)
        return (table.identity.uuid, try played.folder.read(segment), sha256)
    }

    private static let newUUID = "6b2f0c1e-0000-4000-8000-00000000beef"

    private func repair(_ disk: FolderDisk) throws -> JournalRepair {
        try JournalRepair(path: played.journal, disk: disk, clock: played.clock.clock, makeUUID: { Self.newUUID })
    }

    private func repair(_ disk: any FileSystem) throws -> JournalRepair {
        try self.repair(FolderDisk(fileSystem: disk))
    }

    /// A disk that ends after so many changes of any kind.
    private func dying(after count: Int) -> FolderDisk {
        let disk = DyingFileSystem(PosixFileSystem(), after: count)
        return FolderDisk(fileSystem: disk, calls: DyingCalls(disk: disk))
    }

    private func restore(_ original: String) throws {
        let journal = "\(played.folder.path)/journal"
        if FileManager.default.fileExists(atPath: journal) { try FileManager.default.removeItem(atPath: journal) }
        try FileManager.default.copyItem(atPath: original, toPath: journal)
    }

    private func identity(_ folder: String) throws -> JournalIdentity {
        try JournalReader(folder: folder, fileSystem: PosixFileSystem()).identity
    }

    /// The folders beside the table's.
    private func others() throws -> [String] {
        let parent = "\(played.folder.path)/journal"
        return try FileManager.default.contentsOfDirectory(atPath: parent).filter { $0 != "default" }.sorted()
            .map { "\(parent)/\($0)" }
    }

    private func isClean() throws -> Bool { try Audit(try played.source()).run { _ in }.isClean }

    @Test func `wherever it is cut short, the old journal is in its place or the new one, and the next run finishes`()
        async throws
    {
        let (uuid, bytes, blob) = try await self.damaged()
        let original = "\(played.folder.path)/original"
        try FileManager.default.copyItem(atPath: "\(played.folder.path)/journal", toPath: original)
        var old = 0
        var new = 0
        var count = 0
        while true {
            try self.restore(original)
            let isDone = (try? self.repair(self.dying(after: count)).run { _ in }) != nil
            if try self.identity(played.journal).uuid == uuid {
                old += 1
                #expect(try played.folder.read(segment) == bytes, "after \(count) changes")
            } else {
                new += 1
                #expect(try self.isClean(), "after \(count) changes")
            }
            if isDone { break }
            _ = try self.repair(PosixFileSystem()).run { _ in }
            #expect(try self.isClean(), "after \(count) changes and a second run")
            let kept = try self.others()
            #expect(try kept.map { try self.identity($0).uuid } == [uuid], "after \(count) changes: \(kept)")
            #expect(try played.source().blobs.contains(blob), "after \(count) changes")
            count += 1
        }
        #expect(old > 20 && new > 3)
        print("cut short after each of \(count) changes: \(old) times the old journal, \(new) times the new one")
    }

    @Test func `tidying up that is cut short, too, keeps the damaged journal and nothing else`() async throws {
        let (uuid, _, _) = try await self.damaged()
        let original = "\(played.folder.path)/original"
        try FileManager.default.copyItem(atPath: "\(played.folder.path)/journal", toPath: original)
        let left = "\(played.folder.path)/left"
        var cuts = 0
        var count = 0
        while true {
            try self.restore(original)
            let isDone = (try? self.repair(self.dying(after: count)).run { _ in }) != nil
            if isDone { break }
            let isNew = try self.identity(played.journal).uuid == Self.newUUID
            try? FileManager.default.removeItem(atPath: left)
            try FileManager.default.copyItem(atPath: "\(played.folder.path)/journal", toPath: left)
            for second in 0... {
                try self.restore(left)
                let place = RepairPlace(folder: played.journal, disk: self.dying(after: second))
                let isTidy = (try? place.clearLeftovers()) != nil
                try RepairPlace(folder: played.journal, disk: FolderDisk(fileSystem: PosixFileSystem()))
                    .clearLeftovers()
                let kept = try self.others().map { try self.identity($0).uuid }
                #expect(kept == (isNew ? [uuid] : []), "after \(count) changes, then \(second)")
                if isTidy { break }
                cuts += 1
            }
            count += 1
        }
        #expect(cuts > count)
        print("tidying up after each of \(count) ends, itself cut short \(cuts) times")
    }

    @Test func `a disk with more room than a number can hold has room`() {
        #expect(FolderDisk.product(.max, 4096) == .max)
        #expect(FolderDisk.product(1000, 4096) == 4_096_000)
    }

    @Test func `a mark that is left in the journal's folder is removed for good`() async throws {
        _ = try await self.damaged()
        let mark = "journal/default/repairing" + JournalFolder.temporarySuffix
        try played.folder.write("", to: mark)
        let disk = DyingFileSystem(PosixFileSystem(), after: .max)
        try RepairPlace(folder: played.journal, disk: FolderDisk(fileSystem: disk)).clearLeftovers()
        #expect(disk.changes == ["remove repairing.tmp", "syncFolder default"])
    }

    @Test func `the damaged journal stays as it was, and blobs take no room twice`() async throws {
        let (uuid, bytes, blob) = try await self.damaged()
        let result = try self.repair(PosixFileSystem()).run { _ in }
        let copy = try #require(result.copy)
        #expect(try self.others() == [copy])
        #expect(copy.hasPrefix("\(played.journal).damaged-2026"))
        #expect(
            try played.folder.read("journal/\(lastPathComponent(of: copy))/\(lastPathComponent(of: segment))") == bytes)
        let path = try played.source().blobs.path(blob)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.referenceCount] as? Int) == 2)
        let table = try played.open()
        #expect(table.identity.start?.ancestor == uuid)
        #expect(table.committed.offset == result.plan.newest + 1)
        _ = try await played.saveScene(on: table)
        table.close()
        #expect(try self.isClean())
    }

    private func attribute(_ key: FileAttributeKey, of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[key] as? Int
    }

    @Test func `the repaired journal is no more open to others than the damaged one`() async throws {
        _ = try await self.damaged()
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: played.journal)
        _ = try self.repair(PosixFileSystem()).run { _ in }
        #expect(try self.attribute(.posixPermissions, of: played.journal) == 0o700)
    }

    @Test(.enabled(if: geteuid() == 0, "only root may give files away"))
    func `a repair by root leaves a journal that its owner can write`() async throws {
        _ = try await self.damaged()
        let all = [""] + (try FileManager.default.subpathsOfDirectory(atPath: played.journal)).map { "/" + $0 }
        for path in all {
            try FileManager.default.setAttributes(
                [.ownerAccountID: 1234, .groupOwnerAccountID: 4321], ofItemAtPath: played.journal + path)
        }
        _ = try self.repair(PosixFileSystem()).run { _ in }
        let made = [""] + (try FileManager.default.subpathsOfDirectory(atPath: played.journal)).map { "/" + $0 }
        #expect(made.contains("/journal.json") && made.count > 5)
        for path in made {
            #expect(try self.attribute(.ownerAccountID, of: played.journal + path) == 1234, "\(path)")
            #expect(try self.attribute(.groupOwnerAccountID, of: played.journal + path) == 4321, "\(path)")
        }
    }

    @Test func `a journal that somebody writes is left alone`() async throws {
        _ = try await self.damaged()
        let lock = try PosixFileSystem().lock("\(played.journal)/lock", note: "4711")
        defer { lock.unlock() }
        let error = #expect(throws: ReplayError.self) { try self.repair(PosixFileSystem()).run { _ in } }
        #expect(error?.exitCode == 3)
        #expect("\(String(describing: error))".contains("4711"))
        #expect(throws: ReplayError.self) { try self.repair(PosixFileSystem()).examine { _ in } }
        #expect(try self.others().isEmpty)
    }

    @Test func `the command shows, does, and answers with its exit code`() async throws {
        _ = try await self.damaged()
        let shown = try await ReplayTool.run("repair", "--journal", played.journal)
        #expect(shown.code == 1)
        #expect(shown.output.contains("damaged   \(played.folder.path)/\(segment), byte "))
        #expect(shown.output.contains(", frame at "))
        #expect(shown.output.contains("kept      "))
        #expect(shown.errors.contains("Add --write"))
        let json = try await ReplayTool.run("repair", "--journal", played.journal, "--json")
        #expect(json.code == 1)
        #expect(try JSONValue.parse(text: json.output.trimmingSpaces())["clean"]?.boolValue == false)
        let done = try await ReplayTool.run("repair", "--journal", played.journal, "--write")
        #expect(done.code == 0 && done.output.contains("repaired  journal "))
        let again = try await ReplayTool.run("repair", "--journal", played.journal)
        #expect(again.code == 0 && again.output.contains("nothing to repair"))
        let info = try await ReplayTool.run("info", "--journal", played.journal)
        #expect(info.output.contains("goes on     from its beginning of journal "))
    }
}

/// A repair's calls on a disk that ends.
private struct DyingCalls: FolderCalls {
    let disk: DyingFileSystem
    private let calls = PosixFolderCalls()

    init(disk: DyingFileSystem) { self.disk = disk }

    func makeFolder(_ path: String) throws(FileError) {
        try self.disk.change(.makeFolder, path)
        try self.calls.makeFolder(path)
    }

    func removeFolder(_ path: String) throws(FileError) {
        try self.disk.change(.remove, path)
        try self.calls.removeFolder(path)
    }

    func link(_ path: String, to other: String) throws(FileError) {
        try self.disk.change(.rename, path)
        try self.calls.link(path, to: other)
    }

    func linkContent(_ path: String, to other: String) throws(FileError) {
        try self.disk.change(.rename, path)
        try self.calls.linkContent(path, to: other)
    }

    func exchange(_ path: String, _ other: String) throws(FileError) {
        try self.disk.change(.rename, path)
        try self.calls.exchange(path, other)
    }

    func giveAway(_ path: String, user: UInt32, group: UInt32) throws(FileError) {
        try self.disk.change(.status, path)
        try self.calls.giveAway(path, user: user, group: group)
    }

    func setMode(_ path: String, _ mode: UInt32) throws(FileError) {
        try self.disk.change(.status, path)
        try self.calls.setMode(path, mode)
    }
}
