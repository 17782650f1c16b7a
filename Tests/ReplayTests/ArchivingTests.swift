import Foundation
import JSONDocument
import Journal
import Table
import TestSupport
import Testing

@testable import Replay

/// `archive`: older segments elsewhere, and reading both as one journal.
@Suite struct ArchivingTests {
    private let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    private var target: String { "\(played.journal).archive" }

    /// Ten events, each in a segment of its own: two maps, one of them deleted, and the evening.
    private func play() async throws -> (source: JournalSource, gone: String) {
        let options = JournalOptions(frameByteCount: 1, segmentByteCount: 1)
        let table = try played.open(journal: options)
        let gone = try await played.uploadMap("gone.png", "\u{89}PNG gone", on: table)
        try await played.uploadMap("stays.png", "\u{89}PNG stays", on: table)
        try await played.act(on: table, "map.delete", #"{"name":"gone.png"}"#)
        table.close()
        return (try await played.playEvening(journal: options), gone)
    }

    private func archiving(_ disk: any FileSystem = PosixFileSystem(), to: String? = nil) throws -> SegmentArchiving {
        try SegmentArchiving(
            path: played.journal, target: to, fileSystem: disk, clock: played.clock.clock, actor: "dm@spell-replay")
    }

    private func both(_ archives: String...) throws -> JournalSource {
        try JournalSource(path: played.journal, archives: archives, fileSystem: PosixFileSystem())
    }

    private func digests(_ source: JournalSource, _ range: ClosedRange<Int64>) throws -> [String] {
        try range.map { DocumentDigest.compute(try source.document(at: $0)) }
    }

    @Test func `the journal goes on from the document, and both read as one`() async throws {
        let (source, gone) = try await play()
        let before = try digests(source, -1...9)
        let chains = try (-1...9).map { try source.reader.chain(at: $0).hex }
        let plan = try archiving().run(before: .offset(5)) { _ in }
        #expect(plan.segments.map(\.lastOffset) == [0, 1, 2, 3, 4, 5])
        let kept = try played.source()
        #expect(try kept.beginning() == 5)
        #expect(try kept.newest() == 10)
        #expect(try kept.event(at: 10).envelope.type == "journal.archived")
        #expect(try digests(kept, 5...9) == Array(before[6...]))
        #expect(throws: ReplayError.self) { try kept.document(at: 4) }
        #expect(try Audit(kept).run { _ in }.isClean)
        let whole = try both(target)
        #expect(try digests(whole, -1...9) == before)
        #expect(try (-1...9).map { try whole.reader.chain(at: $0).hex } == chains)
        #expect(try whole.beginning() == -1)
        #expect(try Audit(whole).run { _ in }.isClean)
        // The archive is a journal by itself.
        let archive = try JournalSource(path: target, fileSystem: PosixFileSystem())
        #expect(try archive.newest() == 5)
        #expect(try digests(archive, -1...5) == Array(before[...6]))
        #expect(try archive.blobs.contains(gone))
        #expect(try SnapshotStore(folder: target, fileSystem: PosixFileSystem()).list() == [2])
        #expect(try SnapshotStore(folder: played.journal, fileSystem: PosixFileSystem()).list() == [9])
        #expect(try Audit(archive).run { _ in }.isClean)
    }

    @Test func `a table goes on afterwards, and can be archived again into the same folder or another`() async throws {
        let (source, _) = try await play()
        let before = try digests(source, -1...9)
        _ = try archiving().run(before: .offset(2)) { _ in }
        let table = try played.open()
        #expect(table.committed.offset == 10)
        _ = try await played.saveScene(on: table, name: "Later")
        table.close()
        _ = try archiving().run(before: .offset(7)) { _ in }
        #expect(try played.source().beginning() == 7)
        #expect(try digests(try both(target), -1...9) == before)
        let second = "\(target)-2"
        _ = try archiving(to: second).run(before: .newest) { _ in }
        let kept = try played.source()
        #expect(try kept.newest() - kept.beginning() == 1)
        let whole = try both(second, target)
        #expect(try digests(whole, -1...9) == before)
        #expect(try Audit(whole).run { _ in }.isClean)
        #expect(try whole.newest() == 13)
        let reopened = try played.open()
        #expect(DocumentDigest.compute(reopened.committed.document) == (try digests(whole, 13...13))[0])
        reopened.close()
        // The one in between is missing: nobody is handed a hole.
        let hole = #expect(throws: ReplayError.self) { try both(target).document(at: 9, useSnapshots: false) }
        let told = "the events 8 to 12 aren't here; give the archive that holds them with --archive, too"
        #expect("\(try #require(hole))".contains(told))
        #expect(!"\(try #require(hole))".contains("repair"))
        #expect(try Audit(try both(target)).run { _ in }.findings.first?.reason == told)
        let names = try FileManager.default.contentsOfDirectory(atPath: played.journal)
        #expect(names.filter { JournalFolder.isStartName($0) }.count == 1)
    }

    @Test func `wherever it is cut short, the journal is whole, and the next run finishes`() async throws {
        let (source, _) = try await play()
        let before = try digests(source, -1...9)
        let original = "\(played.folder.path)/original"
        try FileManager.default.copyItem(atPath: "\(played.folder.path)/journal", toPath: original)
        var (old, new, count) = (0, 0, 0)
        while true {
            try FileManager.default.removeItem(atPath: "\(played.folder.path)/journal")
            try FileManager.default.copyItem(atPath: original, toPath: "\(played.folder.path)/journal")
            let disk = DyingFileSystem(PosixFileSystem(), after: count)
            let isDone = (try? archiving(disk).run(before: .offset(5)) { _ in }) != nil
            if try played.source().reader.identity.start == nil {
                old += 1
                #expect(try digests(try played.source(), -1...9) == before, "after \(count) changes")
            } else {
                new += 1
                #expect(try digests(try played.source(), 5...9) == Array(before[6...]), "after \(count) changes")
                #expect(try digests(try both(target), -1...9) == before, "after \(count) changes")
            }
            #expect(try Audit(try played.source()).run { _ in }.isClean, "after \(count) changes")
            let table = try played.open()
            #expect(DocumentDigest.compute(table.committed.document) == before[10], "after \(count) changes")
            table.close()
            if isDone { break }
            _ = try archiving().run(before: .offset(6)) { _ in }
            #expect(try played.source().beginning() == 6, "after \(count) changes")
            #expect(try digests(try both(target), -1...9) == before, "after \(count) changes and a second run")
            #expect(try Audit(try both(target)).run { _ in }.isClean, "after \(count) changes and a second run")
            count += 1
        }
        #expect(old > 20 && new > 5)
        print("cut short after each of \(count) changes: \(old) times with the old beginning, \(new) with the new one")
    }

    @Test func `a folder that holds something else, and another journal's archive, are left alone`() async throws {
        _ = try await play()
        try played.folder.write("mine", to: "journal/default.archive/file")
        #expect(throws: ReplayError.self) { try archiving().run(before: .offset(5)) { _ in } }
        try FileManager.default.removeItem(atPath: target)
        let stranger = try PlayedTable()
        _ = try await stranger.playEvening()
        try FileManager.default.copyItem(atPath: stranger.journal, toPath: target)
        let error = #expect(throws: ReplayError.self) { try archiving().run(before: .offset(5)) { _ in } }
        #expect("\(try #require(error))".contains("another journal"))
        #expect(throws: ReplayError.self) { try both(target) }
        #expect(try played.source().newest() == 9)
    }

    @Test func `the journal's own folder is no archive, nor one in it or around it, whatever the name`() async throws {
        let (source, _) = try await play()
        let link = "\(played.folder.path)/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: played.journal)
        let inside = ["\(played.journal)/old", "\(link)/old/er", "\(played.journal)/snapshots/../blobs/old"]
        let above = [played.folder.path, parentFolder(of: played.journal)]
        for target in [played.journal, "\(played.journal)/", "\(played.journal)/../default", link] + inside + above {
            let error = #expect(throws: ReplayError.self) { try archiving(to: target).run(before: .newest) { _ in } }
            #expect("\(try #require(error))".contains("own folder"))
        }
        #expect(try source.newest() == 9)
        #expect(try Audit(source).run { _ in }.isClean)
    }

    @Test func `what links lead to gets into the archive, not the links`() async throws {
        let (source, gone) = try await play()
        let before = try digests(source, -1...9)
        let files = FileManager.default
        let segment = "\(played.journal)/\(JournalFolder.segmentName(base: 2))"
        for (index, path) in [segment, source.blobs.path(gone)].enumerated() {
            let elsewhere = "\(played.folder.path)/elsewhere-\(index)"
            try files.moveItem(atPath: path, toPath: elsewhere)
            try files.createSymbolicLink(atPath: path, withDestinationPath: elsewhere)
        }
        _ = try archiving().run(before: .offset(5)) { _ in }
        for index in 0...1 { try files.removeItem(atPath: "\(played.folder.path)/elsewhere-\(index)") }
        #expect(try digests(try both(target), -1...9) == before)
        #expect(try Audit(JournalSource(path: target, fileSystem: PosixFileSystem())).run { _ in }.isClean)
    }

    @Test func `blobs that are there already are synced, too, and replaced if they are others`() async throws {
        let (source, gone) = try await play()
        let place = BlobStore(folder: target, fileSystem: PosixFileSystem(), makeUUID: { "" }).path(gone)
        for content in ["", "\u{89}PNG gone", "\u{89}PNG evil"] {
            if !content.isEmpty {
                try FileManager.default.removeItem(atPath: place)
                try Data(content.utf8).write(to: URL(fileURLWithPath: place))
            }
            let disk = DyingFileSystem(PosixFileSystem(), after: 1000)
            let carrier = BlobCarrier(disk: FolderDisk(fileSystem: disk), folder: target)
            let report = try carrier.bring([gone], from: source.allBlobs) { _ in }
            #expect(report.count == 1)
            #expect(report.copiedCount == (content.hasSuffix("evil") ? 1 : 0))
            #expect(try FileHash.sha256(place, fileSystem: disk) == gone)
            for folder in [String(gone.prefix(2)), "sha256", "blobs", "default.archive"] {
                #expect(disk.changes.contains("syncFolder \(folder)"))
            }
        }
    }

    @Test func `a repair finds where an archived journal begins, though journal.json doesn't say it`() async throws {
        let (source, _) = try await play()
        let before = try digests(source, 5...9)
        _ = try archiving().run(before: .offset(5)) { _ in }
        try played.folder.write("{}", to: "journal/default/journal.json")
        #expect(try await ReplayTool.run("repair", "--journal", played.journal, "--write").code == 0)
        let repaired = try played.source()
        #expect(try repaired.beginning() == 5)
        #expect(try digests(repaired, 5...9) == before)
    }

    @Test func `a damaged journal isn't archived`() async throws {
        _ = try await play()
        try played.folder.flipByte("journal/default/\(JournalFolder.segmentName(base: 3))", at: 300)
        #expect(throws: ReplayError.self) { try archiving().run(before: .offset(5)) { _ in } }
        #expect(!FileManager.default.fileExists(atPath: target))
    }

    @Test func `the command shows, asks, does, and every reading command takes the archive`() async throws {
        _ = try await play()
        let shown = try await ReplayTool.run("archive", "--journal", played.journal, "--before", "5", "--dry-run")
        #expect(shown.code == 0 && shown.output.contains("6 segments") && shown.output.contains("events 0 to 5"))
        #expect(try await ReplayTool.run("archive", "--journal", played.journal, "--before", "5").code == 2)
        #expect(!FileManager.default.fileExists(atPath: target))
        let lock = try PosixFileSystem().lock("\(played.journal)/lock", note: "4711")
        let busy = try await ReplayTool.run("archive", "--journal", played.journal, "--before", "5", "--yes")
        #expect(busy.code == 3 && busy.errors.contains("4711"))
        lock.unlock()
        let log = try await ReplayTool.run("log", "--journal", played.journal, "--json").output
        let done = try await ReplayTool.run("archive", "--journal", played.journal, "--before", "5", "--yes", "--json")
        #expect(done.code == 0)
        #expect(try JSONValue.parse(text: done.output.trimmingSpaces())["events"]?.intValue == 6)
        #expect(try await ReplayTool.run("archive", "--journal", played.journal, "--before", "5", "--yes").code == 1)
        func read(_ arguments: String...) async throws -> ReplayTool.Result {
            try await ReplayTool.run(arguments + ["--journal", played.journal, "--archive", target])
        }
        #expect(try await read("log", "--json").output.hasPrefix(log))
        #expect(try await read("show", "1").output.contains("map.uploaded"))
        #expect(try await read("state", "--at", "1", "--path", "/maps/gone.png").code == 0)
        #expect(try await read("diff", "1", "2").code == 0)
        #expect(try await read("verify").code == 0)
        #expect(try await read("info").code == 0)
        let exported = "\(played.folder.path)/then"
        #expect(try await read("export", "--at", "1", "--to", exported).code == 0)
        #expect(try played.folder.read("then/maps/gone.png") == Array("\u{89}PNG gone".utf8))
        #expect(try await ReplayTool.run("show", "1", "--journal", played.journal).code != 0)
        #expect(try await ReplayTool.run("verify", "--journal", played.journal).code == 0)
    }

    @Test func `where the archive can't be, the journal is left as it was`() async throws {
        let (source, _) = try await play()
        try played.folder.write("a file", to: "journal/file")
        let blocked = "\(played.folder.path)/journal/file/archive"
        #expect(throws: ReplayError.self) { try archiving(to: blocked).run(before: .offset(5)) { _ in } }
        #expect(try source.newest() == 9)
        #expect(try played.source().event(at: 9).envelope.type != "journal.archived")
        // A dry run says the same as the run would.
        let own = try await ReplayTool.run(
            "archive", "--journal", played.journal, "--before", "5", "--to", played.journal, "--dry-run")
        #expect(own.code == 2)
        #expect(own.errors.contains("own folder"))
    }

    @Test func `a recording is played from the archive too, with its files`() async throws {
        let (source, gone) = try await play()
        let before = try digests(source, -1...9)
        _ = try archiving().run(before: .offset(5)) { _ in }
        let whole = try both(target)
        let settings = Player.Settings(begin: -1, end: 9, speed: .max, isPaused: true, maxGap: 5_000)
        let player = try Player(whole, settings, clock: { 0 })
        let table = player.recording.table
        for offset: Int64 in [1, 8, 3, -1, 9, 0] {
            try await player.perform(.offset(offset))
            #expect(DocumentDigest.compute(table.committed.document) == before[Int(offset) + 1], "\(offset)")
        }
        // As `prune` does with what only archived events name.
        try FileManager.default.removeItem(atPath: source.blobs.path(gone))
        #expect(try table.blobs.contains(gone))
        #expect(try table.blobs.location(of: gone).hasPrefix(target))
    }

    private func change(_ arguments: String...) async throws -> ReplayTool.Result {
        try await ReplayTool.run(arguments + ["--journal", played.journal, "--archive", target])
    }

    @Test func `an archived event is undone, and an archived moment brought back`() async throws {
        let (source, gone) = try await play()
        let then = try source.document(at: 1)
        _ = try archiving().run(before: .offset(5)) { _ in }
        #expect(try await ReplayTool.run("undo", "2", "--dry-run", "--journal", played.journal).code == 1, "without it")
        let undone = try await change("undo", "2", "--yes")
        #expect(undone.errors == "event 2 undone by event 11\n")
        #expect(try played.source().document(at: 11)["maps"] == then["maps"])
        #expect(try await change("redo", "2", "--yes").code == 0)
        #expect(try played.source().document(at: 12)["maps"]?["gone.png"] == nil)
        let restored = try await change("restore", "--to", "1", "map", "gone.png", "--yes")
        #expect(restored.errors == "/maps/gone.png restored to 1 by event 13\n")
        #expect(try played.source().document(at: 13)["maps"] == then["maps"])
        #expect(try played.source().blobs.contains(gone))
        #expect(try await ReplayTool.run("verify", "--journal", played.journal).code == 0)
        #expect(try both(target).beginning() == -1, "the archive is as it was")
    }

    @Test func `a change through a server is refused with an archive before anything is shown`() async throws {
        for command in [["undo", "3"], ["redo", "3"], ["restore", "--to", "3"]] {
            let result = try await ReplayTool.run(
                command + ["--dry-run", "--archive", target, "--server", "http://127.0.0.1:1"])
            #expect(result.code == 2 && result.output == "", "\(command)")
            #expect(result.errors.contains("leave --archive away"), "\(command)")
        }
    }
}
