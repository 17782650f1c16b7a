import Foundation
import Glibc
import JSONDocument
import Journal
import TestSupport
import Testing

@testable import Table

@Suite("SoundsAdoption")
struct SoundsAdoptionTests {
    /// A real folder, since links and special files are what it is about.
    private final class SoundsFixture {
        let root: URL
        let table: Table
        let disk = SimulatedFileSystem()

        init() throws {
            self.root = FileManager.default.temporaryDirectory.appendingPathComponent("sounds-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: self.root, withIntermediateDirectories: true)
            self.table = try TableFixture().open(self.disk)
        }

        deinit {
            self.table.close()
            try? FileManager.default.removeItem(at: self.root)
        }

        /// The folder that is adopted.
        var folder: URL { self.root.appendingPathComponent("sounds") }

        func put(_ text: String, at path: String) throws {
            let file = self.root.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }

        func link(_ path: String, to target: String) throws {
            let link = self.root.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: link.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: link.path, withDestinationPath: self.root.appendingPathComponent(target).path)
        }

        func adoption() -> SoundsAdoption {
            SoundsAdoption(
                folder: self.folder.path, table: self.table, tableFolder: TableFixture.folder, fileSystem: self.disk)
        }

        var sounds: [String] { (self.table.committed.document["sounds"]?.members ?? []).map(\.key).sorted() }
    }

    @Test
    func whatIsNoSoundIsPassedOverAndReadOnceOnly() throws {
        let fixture = try SoundsFixture()
        try fixture.put("<html><script>alert(1)</script>", at: "sounds/loop/page.mp3")
        try fixture.put("rain", at: "sounds/loop/rain.mp3")
        let adoption = fixture.adoption()
        let first = adoption.scan()
        #expect(first.added == ["loop/rain.mp3"])
        #expect(first.skipped.map(\.name) == ["loop/page.mp3"])
        #expect(first.skipped.first?.reason.contains("web page") == true)
        let second = adoption.scan()
        #expect(second.skipped.isEmpty)
        #expect(second.unchangedCount == 2)
        #expect(fixture.sounds == ["loop/rain.mp3"])
    }

    @Test
    func filesBecomeSoundsWithTheirContent() throws {
        let fixture = try SoundsFixture()
        try fixture.put("rain", at: "sounds/loop/Ambience/rain.mp3")
        try fixture.put("bang", at: "sounds/oneshot/bang.ogg")
        try fixture.put("no category", at: "sounds/other/x.mp3")
        try fixture.put("hidden", at: "sounds/loop/.DS_Store")
        let report = fixture.adoption().scan()
        #expect(report.added == ["loop/Ambience/rain.mp3", "oneshot/bang.ogg"])
        #expect(report.skipped == [])
        #expect(fixture.sounds == ["loop/Ambience/rain.mp3", "oneshot/bang.ogg"])
        let entry = fixture.table.committed.document["sounds"]?["loop/Ambience/rain.mp3"]
        let blob = try #require(entry.flatMap { BlobReference($0) })
        #expect(try fixture.table.blobs.open(blob.sha256).readAll() == Array("rain".utf8))
        #expect(blob.mediaType == "audio/mpeg")
    }

    @Test
    func anotherLookTakesNothingTwice() throws {
        let fixture = try SoundsFixture()
        try fixture.put("rain", at: "sounds/loop/rain.mp3")
        let adoption = fixture.adoption()
        #expect(adoption.scan().added.count == 1)
        #expect(adoption.scan() == SoundsAdoption.Report(unchangedCount: 1))
        // Also by one that knows only what was kept.
        #expect(fixture.adoption().scan() == SoundsAdoption.Report(unchangedCount: 1))
        #expect(fixture.table.committed.offset == 0)
    }

    @Test
    func aChangedFileIsTakenAgainAndAMissingOneRemovesNothing() throws {
        let fixture = try SoundsFixture()
        try fixture.put("rain", at: "sounds/loop/rain.mp3")
        try fixture.put("wind", at: "sounds/loop/wind.mp3")
        let adoption = fixture.adoption()
        _ = adoption.scan()
        try fixture.put("heavy rain", at: "sounds/loop/rain.mp3")
        try FileManager.default.removeItem(at: fixture.folder.appendingPathComponent("loop/wind.mp3"))
        #expect(adoption.scan().added == ["loop/rain.mp3"])
        #expect(fixture.sounds == ["loop/rain.mp3", "loop/wind.mp3"])
    }

    @Test(arguments: [nil, "{", "[1"])
    func whatWasSeenIsNotTakenForNothingWhereItCannotBeRead(content: String?) throws {
        let fixture = try SoundsFixture()
        try fixture.put("rain", at: "sounds/loop/rain.mp3")
        _ = fixture.adoption().scan()
        _ = try fixture.table.submitAndWait(CommandRequest(.soundRemove(path: "loop/rain.mp3"), actor: "dm"))
        let path = TableFixture.folder + "/sounds-seen.json"
        let whole = try #require(fixture.disk.bytes(of: path))
        if let content {
            fixture.disk.put(Array(content.utf8), at: path)
        } else {
            fixture.disk.fail(.status, code: EIO)
        }
        let adoption = fixture.adoption()
        let failed = adoption.scan()
        #expect(failed.added == [])
        #expect(try #require(failed.memoryFault).hasPrefix("\(path) can't be read"))
        fixture.disk.put(whole, at: path)
        #expect(adoption.scan() == SoundsAdoption.Report(unchangedCount: 1))
        #expect(fixture.sounds == [])
    }

    @Test
    func whatWasSeenAndCannotBeKeptIsTold() throws {
        let fixture = try SoundsFixture()
        try fixture.put("rain", at: "sounds/loop/rain.mp3")
        // The first rename is the blob's.
        fixture.disk.fail(.rename, code: EIO, skipping: 1)
        let report = fixture.adoption().scan()
        #expect(report.added == ["loop/rain.mp3"])
        #expect(report.memoryFault?.hasPrefix("what was seen can't be kept") == true)
    }

    @Test
    func aSoundRemovedAtTheTableDoesNotComeBack() throws {
        let fixture = try SoundsFixture()
        try fixture.put("rain", at: "sounds/loop/rain.mp3")
        _ = fixture.adoption().scan()
        _ = try fixture.table.submitAndWait(CommandRequest(.soundRemove(path: "loop/rain.mp3"), actor: "dm"))
        #expect(fixture.adoption().scan().added == [])
        #expect(fixture.sounds == [])
    }

    @Test
    func linksOutOfTheFolderAndSpecialFilesAreSkipped() throws {
        let fixture = try SoundsFixture()
        try fixture.put("secret", at: "secret.mp3")
        try fixture.put("rain", at: "sounds/loop/rain.mp3")
        try fixture.link("sounds/loop/out.mp3", to: "secret.mp3")
        try fixture.link("sounds/loop/outside", to: ".")
        try fixture.link("sounds/loop/dangling.mp3", to: "sounds/loop/none.mp3")
        try fixture.link("sounds/oneshot/inside.mp3", to: "sounds/loop/rain.mp3")
        #expect(mkfifo(fixture.folder.appendingPathComponent("loop/pipe.mp3").path, 0o600) == 0)
        let report = fixture.adoption().scan()
        #expect(report.added == ["loop/rain.mp3", "oneshot/inside.mp3"])
        #expect(
            report.skipped.map(\.name) == [
                "loop/dangling.mp3", "loop/out.mp3", "loop/outside", "loop/pipe.mp3",
            ])
    }

    @Test
    func aMissingFolderIsAnEmptyOne() throws {
        #expect(try SoundsFixture().adoption().scan() == SoundsAdoption.Report())
    }
}
