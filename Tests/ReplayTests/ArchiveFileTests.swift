import Archives
import Foundation
import JSONDocument
import Journal
import Table
import TestSupport
import Testing

@testable import Replay

/// An archive file: a journal with its blobs, written by `export` and read by `import`.
@Suite struct ArchiveFileTests {
    private let played: PlayedTable
    private let other: TemporaryFolder

    init() throws {
        played = try PlayedTable()
        other = try TemporaryFolder()
    }

    private var file: String { "\(other.path)/table.zip" }
    private var copy: String { "\(other.path)/journal/default" }

    /// 0 to 6 the evening, 7 and 8 two maps.
    private func play() async throws -> (source: JournalSource, blobs: [String]) {
        try await played.playEvening()
        let table = try played.open()
        let blobs = [
            try await played.uploadMap("a.png", "\u{89}PNG a", on: table),
            try await played.uploadMap("b.png", "\u{89}PNG b", on: table),
        ]
        table.close()
        return (try played.source(), blobs)
    }

    private func source(_ folder: String? = nil) throws -> JournalSource {
        try JournalSource(path: folder ?? copy, fileSystem: PosixFileSystem())
    }

    private func chain(_ source: JournalSource, _ offset: Int64) throws -> String {
        try source.reader.chain(at: offset).hex
    }

    @Test func `an archive becomes the same journal where there is none`() async throws {
        let (original, blobs) = try await play()
        let wrote = try await ReplayTool.run("export", "--journal", played.journal, "--as", "archive", "--to", file)
        #expect(wrote.code == 0 && wrote.output.hasPrefix("wrote 9 events and 2 blobs, "))
        let said = try await ReplayTool.run("import", "--from", file, "--journal", copy, "--dry-run")
        #expect(said.code == 0 && said.output.contains("would become the journal"))
        #expect(!FileManager.default.fileExists(atPath: copy))
        // An option that would be without effect is refused.
        #expect(try await ReplayTool.run("import", "--from", file, "--journal", copy, "--sounds", other.path).code == 2)
        let taken = try await ReplayTool.run("import", "--from", file, "--journal", copy)
        #expect(taken.code == 0 && taken.output.contains("became the journal"))
        let copied = try source()
        #expect(copied.reader.identity == original.reader.identity)
        #expect(try copied.newest() == 8)
        #expect(try chain(copied, 8) == chain(original, 8))
        for offset in Int64(-1)...8 { #expect(try copied.document(at: offset) == original.document(at: offset)) }
        #expect(try blobs.allSatisfy { try copied.blobs.contains($0) })
        #expect(try Audit(copied).run { _ in }.isClean)
        // It goes on like any journal.
        let table = try played.open(copy)
        #expect(table.committed.offset == 8)
        table.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: other.path).sorted() == ["journal", "table.zip"])
    }

    @Test func `an archive of a range begins with the document before it`() async throws {
        let (original, blobs) = try await play()
        let wrote = try await ReplayTool.run(
            "export", "--journal", played.journal, "--as", "archive", "--from", "3", "--through", "7", "--to", file,
            "--json")
        let json = try JSONValue.parse(text: wrote.output.trimmingSpaces())
        #expect(json["first"]?.intValue == 3 && json["last"]?.intValue == 7 && json["blobs"]?.intValue == 1)
        #expect(json["chain"]?.stringValue == (try chain(original, 7)))
        #expect(try await ReplayTool.run("import", "--from", file, "--journal", copy).code == 0)
        let copied = try source()
        #expect(copied.reader.identity.start?.offset == 2)
        #expect(try copied.beginning() == 2)
        #expect(try copied.newest() == 7)
        for offset in Int64(2)...7 { #expect(try copied.document(at: offset) == original.document(at: offset)) }
        #expect(try copied.blobs.contains(blobs[0]))
        #expect(try !copied.blobs.contains(blobs[1]))
        #expect(try Audit(copied).run { _ in }.isClean)
    }

    @Test func `a part of an archive can be taken, as a journal or as a state`() async throws {
        let (original, blobs) = try await play()
        #expect(
            try await ReplayTool.run("export", "--journal", played.journal, "--as", "archive", "--to", file).code == 0)
        let taken = try await ReplayTool.run(
            "import", "--from", file, "--journal", copy, "--first", "2", "--through", "7", "--json")
        #expect(try JSONValue.parse(text: taken.output.trimmingSpaces())["newest"]?.intValue == 7)
        let copied = try source()
        #expect(try copied.beginning() == 1)
        #expect(try copied.newest() == 7)
        #expect(try chain(copied, 7) == chain(original, 7))
        #expect(try copied.blobs.contains(blobs[0]))
        #expect(try !copied.blobs.contains(blobs[1]))
        #expect(try Audit(copied).run { _ in }.isClean)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(other.path)/journal") == ["default"])
        let here = try PlayedTable()
        let table = try here.open()
        _ = try await here.saveScene(on: table)
        table.close()
        #expect(
            try await ReplayTool.run("import", "--from", file, "--journal", here.journal, "--through", "7").code == 0)
        #expect(try here.source().document(at: 1)["maps"]?.count == 1)
        #expect(try await ReplayTool.run("import", "--from", played.folder.path, "--through", "7").code == 2)
    }

    @Test func `a change of several events is taken whole`() async throws {
        try await played.playEvening()
        let writer = try JournalWriter.open(
            folder: played.journal, fileSystem: PosixFileSystem(), clock: played.clock.clock, identity: { "" })
        let drafts = (0..<3).map { number in
            EventDraft(
                type: "live.changed", data: Array("{}".utf8),
                patch: Array(#"[{"op":"add","path":"/live/x\#(number)","value":\#(number)}]"#.utf8))
        }
        _ = try writer.commit([drafts])
        try writer.close()
        let source = try played.source()
        let range = try ExportRange(EventLog.Range(from: 8, through: 8), in: source)
        #expect(try range.withWholeGroups(in: source).first == 7)
        #expect(try range.withWholeGroups(in: source).last == 9)
        let report = try ArchiveExport(from: source).run(
            range, to: file, overwrites: false, useSnapshots: true, progress: { _ in })
        #expect(report.range.first == 7)
        #expect(try await ReplayTool.run("import", "--from", file, "--journal", copy).code == 0)
        #expect(try self.source().document(at: 9) == source.document(at: 9))
    }

    @Test func `into a table that has a journal it comes as one event`() async throws {
        _ = try await play()
        #expect(
            try await ReplayTool.run("export", "--journal", played.journal, "--as", "archive", "--to", file).code == 0)
        let here = try PlayedTable()
        let table = try here.open()
        let scene = try await here.saveScene(on: table, name: "Mine")
        table.close()
        let said = try await ReplayTool.run("import", "--from", file, "--journal", here.journal, "--dry-run")
        #expect(said.output.contains("would put its last state over the table") && said.output.contains("2 map files"))
        #expect(try here.source().newest() == 0)
        let taken = try await ReplayTool.run("import", "--from", file, "--journal", here.journal)
        #expect(taken.code == 0 && taken.output.contains("imported by event 1\n"))
        let document = try here.source().document(at: 1)
        #expect(document["maps"]?["b.png"]?["size"]?.intValue == 7)
        #expect(document["sceneFolders"]?["Act 1"] != nil)
        #expect(document["scenes"]?[scene] != nil)
        #expect(document["live"]?["name"]?.stringValue == "Crypt")
        #expect(try Audit(try here.source()).run { _ in }.isClean)
        let again = try await ReplayTool.run("import", "--from", file, "--journal", here.journal)
        #expect(again.output.hasSuffix("the table had all of it already\n"))
        let parent = parentFolder(of: here.journal)
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent) == ["default"])
    }

    @Test func `wherever a byte of it is wrong, nothing of it is taken`() async throws {
        _ = try await play()
        #expect(
            try await ReplayTool.run("export", "--journal", played.journal, "--as", "archive", "--to", file).code == 0)
        let bytes = try other.read("table.zip")
        var refused = 0
        for position in stride(from: 0, to: bytes.count, by: 7) {
            var flipped = bytes
            flipped[position] ^= 0x41
            try Data(flipped).write(to: URL(fileURLWithPath: file))
            let job = ArchiveImport(file, fileSystem: PosixFileSystem())
            do {
                _ = try job.makeJournal(copy) { _ in }
                // A time stamp or a permission in the zip's own tables: what came out is right all the same.
                #expect(try Audit(try source()).run { _ in }.isClean, "byte \(position)")
                #expect(try source().newest() == 8)
                try FileManager.default.removeItem(atPath: copy)
            } catch {
                refused += 1
                #expect((error as? ReplayError)?.exitCode == 3, "byte \(position): \(error)")
                #expect(!FileManager.default.fileExists(atPath: copy))
            }
        }
        #expect(refused > bytes.count / 14)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(other.path)/journal").isEmpty)
    }

    /// Writes a zip of its own.
    private func pack(_ entries: [(String, [UInt8])]) throws {
        let zip = try ZipWriter()
        for (path, content) in entries {
            try zip.beginFile(path, byteCount: Int64(content.count), secondsSince1970: 0)
            try zip.write(content)
        }
        try zip.finish()
        try Data(zip.takeOutput()).write(to: URL(fileURLWithPath: file))
    }

    private static let identity = Array(
        #"{"format":1,"journal":"6b2f0c1e-0000-4000-8000-00000000beef","created":"2026-11-23T06:40:00.000Z"}"#.utf8)

    @Test(arguments: [
        "../escape", "/etc/passwd", "blobs/../../x", "blobs/sha256/ab/cd", "lock", "snapshots/x", "journal.json/x",
        "00000000000000000000.jsonl.lz4/../x", "start-1.json.lz4", "blobs/uploads/x.tmp",
    ])
    func `an entry that no journal has refuses the archive`(path: String) throws {
        try pack([("journal.json", Self.identity), (path, [1, 2, 3])])
        let job = ArchiveImport(file, fileSystem: PosixFileSystem())
        let error = #expect(throws: ReplayError.self) { try job.makeJournal(copy) { _ in } }
        #expect("\(try #require(error))".contains("no journal has"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(other.path)/journal").isEmpty)
    }

    @Test func `a start that leads elsewhere, a blob with another content and a bomb are refused`() throws {
        let chain = String(repeating: "0", count: 64)
        let start =
            #"{"format":1,"journal":"6b2f0c1e-0000-4000-8000-00000000beef","created":"2026-11-23T06:40:00.000Z","#
        let elsewhere = start + #""start":{"offset":4,"chain":"\#(chain)","document":"../../etc/passwd"}}"#
        var limits = ArchiveUnpacking.Limits()
        limits.freeByteCount = 1 << 20
        limits.entryCount = 20
        let many = (0..<21).map { (JournalFolder.segmentName(base: $0), [UInt8(1)]) }
        for (entries, reason) in [
            ([("journal.json", Array(elsewhere.utf8))], "a name that no start document has"),
            ([("journal.json", Self.identity), ("blobs/sha256/00/\(chain)", [1])], "hashes to"),
            (
                [("journal.json", Self.identity), ("blobs/sha256/00/\(chain)", [UInt8](repeating: 0, count: 9 << 20))],
                "unpacks to more than"
            ),
            ([("journal.json", Self.identity), ("journal.json", Self.identity)], "two entries"),
            ([("journal.json", Self.identity)] + many, "more than 20 entries"),
            ([(JournalFolder.segmentName(base: 0), [1])], "no journal.json"),
        ] {
            try pack(entries)
            let job = ArchiveImport(file, limits: limits, fileSystem: PosixFileSystem())
            let error = #expect(throws: ReplayError.self) { try job.makeJournal(copy) { _ in } }
            #expect("\(try #require(error))".contains(reason))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(other.path)/journal").isEmpty)
    }

    @Test func `what nothing in the journal names refuses the archive`() async throws {
        let (original, _) = try await play()
        let paths = try FileManager.default.subpathsOfDirectory(atPath: played.journal)
        let entries = try paths.filter { ArchiveEntryName($0) != nil }.map { path in
            (path, try played.folder.read("journal/default/\(path)"))
        }
        try played.folder.write("unnamed", to: "unnamed")
        let sha256 = try FileHash.sha256("\(played.folder.path)/unnamed", fileSystem: PosixFileSystem())
        for (path, content) in [
            (ArchiveEntryName.blob(sha256).path, "unnamed"), (JournalFolder.startName, "x"),
            (JournalFolder.startName(offset: 3), "x"),
        ] {
            try pack(entries + [(path, Array(content.utf8))])
            let job = ArchiveImport(file, fileSystem: PosixFileSystem())
            let error = #expect(throws: ReplayError.self) { try job.makeJournal(copy) { _ in } }
            #expect("\(try #require(error))".contains("nothing in its journal names '\(path)'"))
        }
        try pack(entries)
        _ = try ArchiveImport(file, fileSystem: PosixFileSystem()).makeJournal(copy) { _ in }
        #expect(try source().newest() == original.newest())
    }

    @Test func `segments that hold far more than their size are refused before they are replayed`() async throws {
        let table = try played.open()
        let notes = String(repeating: "a", count: 4 << 20)
        try await played.act(on: table, "scene.save", #"{"id":"x","name":"Crypt","notes":"\#(notes)"}"#)
        table.close()
        #expect(
            try await ReplayTool.run("export", "--journal", played.journal, "--as", "archive", "--to", file).code == 0)
        var limits = ArchiveUnpacking.Limits()
        (limits.ratio, limits.freeByteCount) = (1, 1 << 20)
        let bomb = ArchiveImport(file, limits: limits, fileSystem: PosixFileSystem())
        let error = #expect(throws: ReplayError.self) { try bomb.makeJournal(copy) { _ in } }
        #expect("\(try #require(error))".contains("its events unpack to more than"))
        #expect(!FileManager.default.fileExists(atPath: copy))
        _ = try ArchiveImport(file, fileSystem: PosixFileSystem()).makeJournal(copy) { _ in }
        #expect(try source().newest() == 0)
    }

    @Test func `the old server's backup is taken as one event, and looked at with a dry run`() async throws {
        try pack([
            ("maps/Act 1/crypt.png", Array("\u{89}PNG".utf8)),
            ("scenes/s1.json", Array(#"{"id":"s1","name":"Inn"}"#.utf8)),
            ("users/users.json", Array("[]".utf8)),
        ])
        let said = try await ReplayTool.run("import", "--from", file, "--journal", copy, "--dry-run")
        #expect(said.code == 0 && said.output.hasPrefix("would take 1 map file, 1 scene file, 0 sounds"))
        #expect(!FileManager.default.fileExists(atPath: copy))
        let taken = try await ReplayTool.run("import", "--from", file, "--journal", copy, "--json")
        let json = try JSONValue.parse(text: taken.output.trimmingSpaces())
        #expect(json["from"]?.stringValue == "backup" && json["offset"]?.intValue == 0)
        #expect(json["took"]?["other"]?.intValue == 1)
        #expect(try source().document(at: 0)["scenes"]?["s1"]?["name"]?.stringValue == "Inn")
        try other.write("no zip", to: "table.zip")
        #expect(try await ReplayTool.run("import", "--from", file, "--journal", copy).code == 3)
    }

    @Test func `a missing blob, or one that was changed, makes no archive`() async throws {
        let (original, blobs) = try await play()
        let path = original.blobs.path(blobs[0])
        let content = try Data(contentsOf: URL(fileURLWithPath: path))
        try Data("other".utf8).write(to: URL(fileURLWithPath: path))
        let changed = try await ReplayTool.run("export", "--journal", played.journal, "--as", "archive", "--to", file)
        #expect(changed.code == 3 && changed.errors.contains("isn't what its name says"))
        try FileManager.default.removeItem(atPath: path)
        let missing = try await ReplayTool.run("export", "--journal", played.journal, "--as", "archive", "--to", file)
        #expect(missing.code == 3 && missing.errors.contains("event 7 names is missing"))
        #expect(missing.errors.contains(blobs[0]) && missing.errors.contains("--without-missing-blobs"))
        try content.write(to: URL(fileURLWithPath: path))
        #expect(
            try await ReplayTool.run("export", "--journal", played.journal, "--as", "archive", "--to", file).code == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: other.path) == ["table.zip"])
    }

    @Test func `a missing blob can be left out, and is named`() async throws {
        let (original, blobs) = try await play()
        try FileManager.default.removeItem(atPath: original.blobs.path(blobs[0]))
        let export = [
            "export", "--journal", played.journal, "--as", "archive", "--to", file, "--without-missing-blobs",
        ]
        let wrote = try await ReplayTool.run(export)
        #expect(wrote.code == 0 && wrote.output.hasPrefix("wrote 9 events and 1 blob, "))
        #expect(wrote.errors == "left out: blob \(blobs[0]), named by event 7: it is missing\n")
        let json = try JSONValue.parse(
            text: try await ReplayTool.run(export + ["--force", "--json"]).output.trimmingSpaces())
        #expect(json["missingBlobs"] == [["sha256": .string(blobs[0]), "event": 7]])
        let refused = try await ReplayTool.run("import", "--from", file, "--journal", copy)
        #expect(refused.code == 3 && refused.errors.contains(blobs[0]))
        #expect(refused.errors.contains("--without-missing-blobs"))
        for range in [[], ["--through", "7"]] {
            let taken = try await ReplayTool.run(
                ["import", "--from", file, "--journal", copy, "--without-missing-blobs"] + range)
            #expect(taken.code == 0 && taken.output.contains("became the journal"), "\(range)")
            #expect(try !source().blobs.contains(blobs[0]))
            #expect(try Audit(source()).run { _ in }.findings.map(\.eventOffset) == [7])
            try FileManager.default.removeItem(atPath: copy)
        }
    }

    @Test func `leaving out missing blobs is about archives`() async throws {
        try await played.playEvening()
        for arguments in [
            ["export", "--journal", played.journal, "--as", "document", "--to", "\(other.path)/x"],
            ["import", "--journal", copy, "--from", other.path],
        ] {
            let result = try await ReplayTool.run(arguments + ["--without-missing-blobs"])
            #expect(result.code == 2 && result.errors.contains("--without-missing-blobs"), "\(arguments)")
        }
    }
}
