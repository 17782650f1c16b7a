import Foundation
import JSONDocument
import Journal
import Table
import Testing

@testable import Replay

/// `restore`, `undo` and `redo` of what names files that only an archive has by now.
@Suite struct ArchivedRestoreTests: PlayedSuite {
    let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    private var archive: String { "\(played.journal).archive" }

    /// Two maps (0, 1) that were deleted (2, 3), all archived and pruned, and a scene folder (5); their blobs.
    private func playPruned() async throws -> (source: JournalSource, blobs: [String]) {
        let table = try played.open(journal: JournalOptions(frameByteCount: 1, segmentByteCount: 1))
        var blobs: [String] = []
        for name in ["a.png", "b.png"] {
            blobs.append(try await played.uploadMap(name, "\u{89}PNG \(name)", on: table))
        }
        for name in ["a.png", "b.png"] { try await played.act(on: table, "map.delete", #"{"name":"\#(name)"}"#) }
        table.close()
        #expect(try await run("archive", "--before", "now", "--yes").code == 0)
        let root = "\(played.journal)/blobs/sha256"
        for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: "\(root)/\(name)")
        }
        #expect(try await run("prune", "--yes").output.hasPrefix("removed   2 blobs"))
        let again = try played.open()
        try await played.act(on: again, "scene-folder.create", #"{"path":"Act 1"}"#)
        again.close()
        let source = try played.source()
        #expect(try blobs.allSatisfy { try !source.blobs.contains($0) })
        return (source, blobs)
    }

    private func content(_ blob: String) throws -> [UInt8] {
        try played.folder.read("journal/default/blobs/sha256/\(blob.prefix(2))/\(blob)")
    }

    @Test func `a restore brings the files back that it names, and no others`() async throws {
        let (source, blobs) = try await playPruned()
        let looked = try await run("restore", "--to", "1", "map", "a.png", "--archive", archive, "--dry-run")
        #expect(looked.code == 0 && looked.output.hasPrefix("+ map a.png"))
        #expect(try !source.blobs.contains(blobs[0]), "only looked at")
        let done = try await run("restore", "--to", "1", "map", "a.png", "--archive", archive, "--yes")
        #expect(done.code == 0)
        #expect(done.errors == "1 file, 11 B, came back from the archive\n/maps/a.png restored to 1 by event 6\n")
        #expect(try content(blobs[0]) == Array("\u{89}PNG a.png".utf8))
        #expect(try !source.blobs.contains(blobs[1]))
        let document = try source.document(at: 6)
        #expect(document["maps"]?.members?.map(\.key) == ["a.png"])
        #expect(document["sceneFolders"]?.members?.map(\.key) == ["Act 1"], "what came since stays")
        #expect(try await run("verify").code == 0, "the table is whole without the archive")
        #expect(try await run("prune", "--yes").code == 1, "what came back is named again")
    }

    @Test func `an undo and a redo bring them back, too`() async throws {
        let (source, blobs) = try await playPruned()
        let done = try await run("undo", "3", "--archive", archive, "--yes")
        #expect(done.code == 0, "\(done.errors)")
        #expect(try content(blobs[1]) == Array("\u{89}PNG b.png".utf8))
        #expect(try source.document(at: 6)["maps"]?["b.png"]?["blob"]?.stringValue == blobs[1])
        #expect(try await run("redo", "3", "--archive", archive, "--yes").code == 0)
        #expect(try source.document(at: 7)["maps"]?.count == 0)
        #expect(try await run("verify").code == 0)
    }

    @Test func `what came back stays, whatever becomes of the archive`() async throws {
        let (source, blobs) = try await playPruned()
        let original = try BlobStore(
            folder: played.journal, archives: [archive], fileSystem: PosixFileSystem(), makeUUID: { "" }
        ).location(of: blobs[0])
        #expect(original.hasPrefix(archive))
        _ = try await run("restore", "--to", "1", "--archive", archive, "--yes")
        try FileManager.default.removeItem(atPath: original)
        #expect(try content(blobs[0]) == Array("\u{89}PNG a.png".utf8))
        #expect(try source.document(at: 6)["maps"]?.count == 2)
    }

    @Test func `a file that isn't what its name says stays where it is, and nothing is done`() async throws {
        let (source, blobs) = try await playPruned()
        let path = "journal/default.archive/blobs/sha256/\(blobs[0].prefix(2))/\(blobs[0])"
        try played.folder.flipByte(path, at: 7)
        let refused = try await run("restore", "--to", "1", "--archive", archive, "--yes")
        #expect(refused.code == 3 && refused.errors.contains(blobs[0]))
        #expect(try source.newest() == 5)
        #expect(try !source.blobs.contains(blobs[0]))
    }

    @Test func `one that the archive hasn't either is named, and can be left out`() async throws {
        let (source, blobs) = try await playPruned()
        try FileManager.default.removeItem(atPath: "\(archive)/blobs/sha256/\(blobs[0].prefix(2))/\(blobs[0])")
        let refused = try await run("restore", "--to", "1", "--archive", archive, "--yes")
        #expect(refused.code == 1 && refused.errors.contains("/maps/a.png: blobs/sha256/…/\(blobs[0])"))
        let done = try await run(
            "restore", "--to", "1", "--archive", archive, "--without-missing-files", "--yes")
        #expect(done.code == 0)
        #expect(try source.document(at: 6)["maps"]?.members?.map(\.key) == ["b.png"])
        #expect(try content(blobs[1]) == Array("\u{89}PNG b.png".utf8))
    }
}
