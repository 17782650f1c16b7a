import Foundation
import JSONDocument
import Journal
import Table
import Testing

@testable import Replay

/// `prune`: blobs that nothing names.
@Suite struct PruningTests: PlayedSuite {
    let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    /// Makes every blob as old as a test wants it to be.
    private func age(hours: Double) throws {
        let root = "\(played.journal)/blobs/sha256"
        for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -3600 * hours)], ofItemAtPath: "\(root)/\(name)")
        }
    }

    /// A map that is there, one that was deleted, and an upload that no event names.
    private func play() async throws -> (there: String, deleted: String, unnamed: String) {
        let table = try played.open(journal: JournalOptions(frameByteCount: 1, segmentByteCount: 1))
        let deleted = try await played.uploadMap("gone.png", "\u{89}PNG gone", on: table)
        try await played.act(on: table, "map.delete", #"{"name":"gone.png"}"#)
        let there = try await played.uploadMap("map.png", "\u{89}PNG map", on: table)
        let upload = try table.blobs.makeUpload()
        try upload.append(Array("nobody".utf8))
        let unnamed = try upload.finish().sha256
        table.close()
        return (there, deleted, unnamed)
    }

    @Test func `only what no event names goes, and only when it is told to`() async throws {
        let blobs = try await play()
        try age(hours: 2)
        let shown = try await run("prune")
        #expect(shown.code == 0 && shown.output.hasPrefix("unnamed   1 blob, 6 B"))
        #expect(shown.errors.contains("--yes"))
        #expect(try played.source().blobs.contains(blobs.unnamed))
        #expect(try await run("prune", "--yes", "--dry-run").output.hasPrefix("unnamed"))
        let done = try await run("prune", "--yes", "--json")
        let json = try JSONValue.parse(text: done.output.trimmingSpaces())
        #expect(json["removed"]?.boolValue == true && json["kept"]?.intValue == 2)
        #expect(json["unnamed"]?[0]?["sha256"]?.stringValue == blobs.unnamed)
        let source = try played.source()
        #expect(try !source.blobs.contains(blobs.unnamed))
        #expect(try source.blobs.contains(blobs.deleted))
        #expect(try source.blobs.contains(blobs.there))
        #expect(try Audit(source).run { _ in }.isClean)
        #expect(try await run("prune", "--yes").code == 1)
    }

    @Test func `a blob of the last hour is left alone`() async throws {
        let blobs = try await play()
        try age(hours: 0.5)
        let result = try await run("prune", "--yes")
        #expect(result.code == 1 && result.output.contains("young     1 blob"))
        #expect(try played.source().blobs.contains(blobs.unnamed))
    }

    @Test func `what only archived events name goes, unless the archive is named; the archive keeps its own`()
        async throws
    {
        let blobs = try await play()
        try age(hours: 2)
        #expect(try await run("archive", "--before", "1", "--yes").code == 0)
        let target = "\(played.journal).archive"
        let kept = try await run("prune", "--archive", target, "--json")
        #expect(try JSONValue.parse(text: kept.output.trimmingSpaces())["unnamed"]?.count == 1)
        #expect(try await run("prune", "--yes").output.hasPrefix("removed   2 blobs"))
        let source = try played.source()
        #expect(try !source.blobs.contains(blobs.deleted))
        #expect(try source.blobs.contains(blobs.there))
        #expect(try await run("verify").code == 0)
        #expect(try await run("verify", "--archive", target).code == 0)
        #expect(
            try await run("export", "--archive", target, "--at", "0", "--to", "\(played.folder.path)/then").code == 0)
        #expect(try played.folder.read("then/maps/gone.png") == Array("\u{89}PNG gone".utf8))
    }

    @Test func `what the document names that the journal goes on from stays`() async throws {
        let blobs = try await play()
        #expect(try await run("archive", "--before", "now", "--yes").code == 0)
        try age(hours: 2)
        #expect(try await run("prune", "--yes").output.hasPrefix("removed   2 blobs"))
        #expect(try played.source().blobs.contains(blobs.there))
        #expect(try await run("verify").code == 0)
    }

    @Test func `nothing goes while a server writes, or where not all can be read`() async throws {
        let blobs = try await play()
        try age(hours: 2)
        let lock = try PosixFileSystem().lock("\(played.journal)/lock", note: "4711")
        let busy = try await run("prune", "--yes")
        #expect(busy.code == 3 && busy.errors.contains("4711"))
        lock.unlock()
        try played.folder.flipByte("journal/default/\(JournalFolder.segmentName(base: 1))", at: 300)
        #expect(try await run("prune", "--yes").code == 3)
        #expect(try played.source().blobs.contains(blobs.unnamed))
    }

    @Test func `a blob is named by whatever place of an event holds its name`() {
        let name = String(repeating: "a1", count: 32)
        for (line, isSure) in [
            (#"{"blob":"\#(name)"}"#, true), (#"{"op":"replace","path":"/maps/x/blob","value":"\#(name)"}"#, true),
            (#"{"later":["\#(name)"]}"#, false),
        ] {
            var blobs = NamedBlobs()
            blobs.add(Array(line.utf8).span, event: 4)
            #expect(blobs.possible == [name])
            #expect(blobs.mentions == (isSure ? [name: BlobMention(event: 4)] : [:]))
        }
        var blobs = NamedBlobs()
        blobs.add(Array(#"["\#(name)0","\#(name.dropLast())","\#(name.uppercased())"]"#.utf8).span, event: 0)
        #expect(blobs.possible.isEmpty)
    }

    @Test func `a file that has a blob's name in another folder isn't the table's, and stops nothing`() async throws {
        let blobs = try await play()
        let stray = "journal/default/blobs/sha256/zz/\(blobs.unnamed)"
        try played.folder.write("nobody", to: stray)
        try played.folder.write("other", to: "journal/default/blobs/sha256/zz/\(String(repeating: "0", count: 64))")
        try age(hours: 2)
        let result = try await run("prune", "--yes", "--json")
        #expect(result.code == 0)
        let json = try JSONValue.parse(text: result.output.trimmingSpaces())
        #expect(json["unnamed"]?[0] != nil && json["unnamed"]?[1] == nil)
        #expect(try !played.source().blobs.contains(blobs.unnamed))
        #expect(try played.folder.read(stray) == Array("nobody".utf8))
    }
}
