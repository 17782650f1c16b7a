import Foundation
import JSONDocument
import Journal
import Table
import TestSupport
import Testing

@testable import Replay

/// What a journal begins with: its first header, and the documents that it and its archives go on from.
@Suite struct BeginningTests {
    private let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    private var archive: String { "\(played.journal).archive" }

    private func both() throws -> JournalSource {
        try JournalSource(path: played.journal, archives: [archive], fileSystem: PosixFileSystem())
    }

    /// Plays an evening with each event in a segment of its own, and archives it up to an event.
    private func playArchived(through offset: Int64) async throws {
        try await played.playEvening(journal: JournalOptions(frameByteCount: 1, segmentByteCount: 1))
        try archiveMore(through: offset)
    }

    private func archiveMore(through offset: Int64) throws {
        let archiving = try SegmentArchiving(
            path: played.journal, target: archive, fileSystem: PosixFileSystem(), clock: played.clock.clock,
            actor: "dm@spell-replay")
        _ = try archiving.run(before: .offset(offset)) { _ in }
    }

    /// Changes what a start document says, with a checksum that holds.
    private func rewriteStart(after offset: Int64, _ change: (inout SnapshotFile) -> Void) throws {
        let path = "\(played.journal)/\(JournalFolder.startName(offset: offset))"
        let packed = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var file = try #require(SnapshotFile(packed: packed))
        change(&file)
        try Data(file.packed()).write(to: URL(fileURLWithPath: path))
    }

    @Test func `a journal whose first header is damaged isn't an empty one`() async throws {
        try await played.playEvening()
        try played.folder.flipByte("journal/default/\(JournalFolder.segmentName(base: 0))", at: 3)
        let source = try played.source()
        #expect(throws: ReplayError.self) { try source.newest() }
        let copy = "\(played.folder.path)/copy"
        for arguments in [["state"], ["info"], ["fork", "--to", copy], ["export", "--to", copy]] {
            let run = try ReplayTool.Run(
                arguments + ["--journal", played.journal], in: try TemporaryFolder())
            await run.ended()
            let result = try run.result()
            #expect(result.code == 3, "\(arguments)")
            #expect(result.errors.contains(JournalFolder.segmentName(base: 0)), "\(arguments)")
        }
        #expect(!FileManager.default.fileExists(atPath: copy))
    }

    @Test func `a start document that its digest doesn't name is refused`() async throws {
        try await playArchived(through: 3)
        try rewriteStart(after: 3) { $0.document = TableDocument.empty.serialized() }
        let source = try played.source()
        #expect(throws: ReplayError.self) { try source.document(at: 3, useSnapshots: false) }
        let result = try await ReplayTool.run("state", "--journal", played.journal, "--no-snapshots")
        #expect(result.code == 3)
        #expect(result.errors.contains("digest"))
    }
}
