import Foundation
import JSONDocument
import Journal
import Table
import TestSupport
import Testing

@testable import Replay

/// `import` and `export`, as functions and as commands.
@Suite struct LayoutTests {
    private let played: PlayedTable
    private let old: TemporaryFolder

    init() throws {
        played = try PlayedTable()
        old = try TemporaryFolder()
    }

    /// Folders as the old server left them.
    private func layOut() throws {
        let map = #"{"name":"crypt.png","folder":"Act 1","data":{"scale":1.5,"fog":[1,2.0]}}"#
        try old.write("PNG one", to: "maps/Act 1/crypt.png")
        try old.write(map, to: "maps/Act 1/crypt.png.json")
        try old.write("PNG two", to: "maps/Über.PNG")
        try old.write(
            #"{"id":"s1","name":"Crypt","folder":"Act 1","maps":[{"name":"crypt.png","data":{}}],"fogOfWar":[1],"images":[{"id":"i1","name":"a.png","path":"Act 1/images/i1_a.png"}]}"#,
            to: "scenes/Act 1/s1.json")
        try old.write("PNG three", to: "scenes/Act 1/images/i1_a.png")
        try old.write(#"{"id":"s2","name":"Inn"}"#, to: "scenes/s2.json")
        try old.write(#"{"id":"s1","name":"Crypt","maps":[]}"#, to: "scenes/current_scene.json")
        try old.write("{broken", to: "scenes/broken.json")
        try old.write("MP3", to: "sounds/loop/Ambience/tavern.mp3")
        try old.write("x", to: "campaign_images/other.png")
        try FileManager.default.createDirectory(
            atPath: "\(old.path)/maps/Empty", withIntermediateDirectories: true)
    }

    @Test func `import takes the old folders in as one event`() async throws {
        try layOut()
        let result = try await ReplayTool.run("import", "--from", old.path, "--journal", played.journal)
        #expect(result.code == 0)
        #expect(result.output.contains("imported by event 0\n"))
        #expect(result.errors.contains("left out: scenes/broken.json"))
        let source = try played.source()
        #expect(try source.newest() == 0)
        #expect(try source.event(at: 0).envelope.type == "table.imported")
        let document = try source.document(at: 0)
        #expect(document["maps"]?["Act 1/crypt.png"]?["size"]?.intValue == 7)
        #expect(document["maps"]?["Über.PNG"]?["mediaType"]?.stringValue == "image/png")
        #expect(document["mapFolders"]?["Empty"]?.isObject == true)
        #expect(document["mapData"]?["Act 1/crypt.png"]?["data"]?.text == #"{"scale":1.5,"fog":[1,2.0]}"#)
        #expect(document["scenes"]?["s1"]?["fogOfWar"]?.text == "[1]")
        #expect(document["sceneImages"]?["s1"]?["i1"]?["name"]?.stringValue == "a.png")
        #expect(document["sounds"]?["loop/Ambience/tavern.mp3"] != nil)
        #expect(document["live"]?["name"]?.stringValue == "Crypt")
        #expect(try Audit(source).run { _ in }.isClean)
    }

    @Test func `importing twice changes nothing the second time`() async throws {
        try layOut()
        _ = try await ReplayTool.run("import", "--from", old.path, "--journal", played.journal)
        let again = try await ReplayTool.run("import", "--from", old.path, "--journal", played.journal)
        #expect(again.code == 0)
        #expect(again.output.hasSuffix("the table had all of it already\n"))
        #expect(try played.source().newest() == 0)
    }

    @Test func `export then import gives the same documents`() async throws {
        try layOut()
        _ = try await ReplayTool.run("import", "--from", old.path, "--journal", played.journal)
        let exported = "\(old.path)/exported"
        let result = try await ReplayTool.run("export", "--to", exported, "--journal", played.journal)
        #expect(result.code == 0)
        #expect(try old.read("exported/maps/Act 1/crypt.png") == Array("PNG one".utf8))
        #expect(try old.read("exported/scenes/Act 1/images/i1_a.png") == Array("PNG three".utf8))
        #expect(try old.read("exported/sounds/loop/Ambience/tavern.mp3") == Array("MP3".utf8))
        let other = "\(old.path)/journal/default"
        #expect(try await ReplayTool.run("import", "--from", exported, "--journal", other).code == 0)
        let first = try await ReplayTool.run("state", "--digest", "--journal", played.journal)
        let second = try await ReplayTool.run("state", "--digest", "--journal", other)
        #expect(first.output == second.output)
        #expect(first.output.count == 65)
    }

    @Test func `export at a moment brings back what was removed since`() async throws {
        try layOut()
        _ = try await ReplayTool.run("import", "--from", old.path, "--journal", played.journal)
        let table = try played.open()
        try await played.act(on: table, "map.delete", #"{"name":"crypt.png"}"#)
        table.close()
        let now = "\(old.path)/now"
        let then = "\(old.path)/then"
        _ = try await ReplayTool.run("export", "--to", now, "--journal", played.journal)
        _ = try await ReplayTool.run("export", "--to", then, "--journal", played.journal, "--at", "0")
        #expect(!FileManager.default.fileExists(atPath: "\(now)/maps/Act 1/crypt.png"))
        #expect(try old.read("then/maps/Act 1/crypt.png") == Array("PNG one".utf8))
    }

    @Test func `export refuses a folder that holds something, unless forced`() async throws {
        try await played.playEvening()
        try old.write("mine", to: "target/notes.txt")
        let refused = try await ReplayTool.run("export", "--to", "\(old.path)/target", "--journal", played.journal)
        #expect(refused.code == 2)
        #expect(refused.errors.contains("--force"))
        let forced = try await ReplayTool.run(
            "export", "--to", "\(old.path)/target", "--journal", played.journal, "--force")
        #expect(forced.code == 0)
        #expect(try old.read("target/notes.txt") == Array("mine".utf8))
        #expect(FileManager.default.fileExists(atPath: "\(old.path)/target/scenes/current_scene.json"))
    }

    @Test func `export with a blob missing says which and exits 3`() async throws {
        try layOut()
        _ = try await ReplayTool.run("import", "--from", old.path, "--journal", played.journal)
        try FileManager.default.removeItem(atPath: "\(played.journal)/blobs")
        let result = try await ReplayTool.run("export", "--to", "\(old.path)/out", "--journal", played.journal)
        #expect(result.code == 3)
        #expect(result.errors.contains("maps/Act 1/crypt.png can't be exported"))
    }

    @Test func `export doesn't write a blob that was changed, and replaces nothing by it`() async throws {
        try layOut()
        _ = try await ReplayTool.run("import", "--from", old.path, "--journal", played.journal)
        let source = try played.source()
        let document = try source.document(at: 0)
        let sha256 = try #require(document["maps"]?["Act 1/crypt.png"]?["blob"]?.stringValue)
        try Data("PNG two".utf8).write(to: URL(fileURLWithPath: source.blobs.path(sha256)))
        try old.write("good", to: "target/maps/Act 1/crypt.png")
        let result = try await ReplayTool.run(
            "export", "--to", "\(old.path)/target", "--journal", played.journal, "--force")
        #expect(result.code == 3 && result.errors.contains("isn't what its name says"))
        #expect(try old.read("target/maps/Act 1/crypt.png") == Array("good".utf8))
        let folder = "\(old.path)/target/maps/Act 1"
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["crypt.png"])
    }

    @Test func `wherever a forced export is cut short, each file is the old one or the new one`() async throws {
        try layOut()
        _ = try await ReplayTool.run("import", "--from", old.path, "--journal", played.journal)
        let document = try played.source().document(at: 0)
        var (count, isDone) = (0, false)
        while !isDone {
            // What a kill leaves beside the files takes names, and would take more each time.
            if count > 0 { try FileManager.default.removeItem(atPath: "\(old.path)/target") }
            try old.write("old", to: "target/maps/Act 1/crypt.png")
            let disk = DyingFileSystem(PosixFileSystem(), after: count)
            let source = try JournalSource(path: played.journal, fileSystem: disk)
            let export = TableExport(from: source, to: "\(old.path)/target")
            isDone = (try? export.run(document, overwrites: true) { _ in }) != nil
            let content = try old.read("target/maps/Act 1/crypt.png")
            #expect([Array("old".utf8), Array("PNG one".utf8)].contains(content), "after \(count) changes")
            count += 1
        }
        #expect(count > 20)
    }

    @Test func `export doesn't write through a link in the target`() async throws {
        try layOut()
        _ = try await ReplayTool.run("import", "--from", old.path, "--journal", played.journal)
        try old.write("precious", to: "elsewhere")
        try FileManager.default.createDirectory(
            atPath: "\(old.path)/target/maps/Act 1", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: "\(old.path)/target/maps/Act 1/crypt.png", withDestinationPath: "\(old.path)/elsewhere")
        let result = try await ReplayTool.run(
            "export", "--to", "\(old.path)/target", "--journal", played.journal, "--force")
        #expect(result.code == 2)
        #expect(try old.read("elsewhere") == Array("precious".utf8))
    }

    @Test func `a folder without any of the three parts is refused`() async throws {
        let result = try await ReplayTool.run("import", "--from", old.path, "--journal", played.journal)
        #expect(result.code == 3)
        #expect(result.errors.contains("no maps/, scenes/ or sounds/ here"))
    }

    @Test func `a file whose content isn't what its name says is left out, and named`() async throws {
        try layOut()
        try old.write("<html><script>alert(1)</script>", to: "maps/Act 1/page.png")
        let result = try await ReplayTool.run("import", "--from", old.path, "--journal", played.journal)
        #expect(result.code == 0)
        #expect((result.output + result.errors).contains("left out: maps/Act 1/page.png: "))
        let listed = try await ReplayTool.run("state", "--journal", played.journal)
        #expect(listed.output.contains("crypt.png"))
        #expect(!listed.output.contains("page.png"))
    }

    @Test func `links aren't followed`() async throws {
        try layOut()
        try old.write("secret", to: "secret.png")
        try FileManager.default.createSymbolicLink(
            atPath: "\(old.path)/maps/leak.png", withDestinationPath: "\(old.path)/secret.png")
        try FileManager.default.createSymbolicLink(
            atPath: "\(old.path)/maps/Loop", withDestinationPath: "\(old.path)/maps")
        let folder = try SourceFolder(old.path, fileSystem: PosixFileSystem())
        #expect(folder.leftOut.sorted() == ["maps/Loop", "maps/leak.png"])
        #expect(!folder.entries.contains { $0.name.contains("leak") || $0.name.contains("Loop") })
    }

    @Test func `sounds may be elsewhere`() throws {
        try layOut()
        try old.write("MP3", to: "code/sounds/oneshot/thunder.mp3")
        let folder = try SourceFolder(
            old.path, sounds: "\(old.path)/code/sounds", fileSystem: PosixFileSystem())
        let sounds = folder.entries.filter { $0.name.hasPrefix("sounds/") && !$0.isFolder }
        #expect(sounds.map(\.name) == ["sounds/oneshot/thunder.mp3"])
    }

    @Test func `a source that is refused leaves no journal behind`() async throws {
        try layOut()
        try old.write("PNG", to: "maps/bad\u{7}.png")
        let result = try await ReplayTool.run("import", "--from", old.path, "--journal", played.journal)
        #expect(result.code == 3)
        #expect(!FileManager.default.fileExists(atPath: played.journal))
        try old.write("no zip", to: "backup.zip")
        let backup = try await ReplayTool.run("import", "--from", "\(old.path)/backup.zip", "--journal", played.journal)
        #expect(backup.code == 3)
        #expect(!FileManager.default.fileExists(atPath: played.journal))
    }

    @Test func `a pipe among the files is left out, and none is a source`() async throws {
        try layOut()
        #expect(mkfifo("\(old.path)/maps/pipe.png", 0o600) == 0)
        let result = try await ReplayTool.run("import", "--from", old.path, "--journal", played.journal)
        #expect(result.code == 0)
        #expect(result.errors.contains("left out: maps/pipe.png: "))
        let pipe = try await ReplayTool.run(
            "import", "--from", "\(old.path)/maps/pipe.png", "--journal", played.journal)
        #expect(pipe.code == 2)
        #expect(pipe.errors.contains("neither a folder nor an ordinary file"))
    }
}
