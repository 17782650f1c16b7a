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
            let result = try await ReplayTool.run(arguments + ["--journal", played.journal])
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

    @Test func `verify with an archive looks at the document that the table goes on from`() async throws {
        try await playArchived(through: 3)
        let start = "\(played.journal)/\(JournalFolder.startName(offset: 3))"
        func findings() throws -> [Audit.Finding] { try Audit(try both()).run { _ in }.findings }
        #expect(try findings().isEmpty)
        let empty = TableDocument.empty
        try rewriteStart(after: 3) {
            $0.document = empty.serialized()
            $0.digest = DocumentDigest.compute(empty)
        }
        #expect(try findings().map(\.file) == [start])
        #expect(try findings().first?.reason.contains("differs from the replayed one") == true)
        try rewriteStart(after: 3) { $0.digest = "another" }
        #expect(try findings().first?.reason.contains("digest") == true)
        try FileManager.default.removeItem(atPath: start)
        #expect(try findings().map(\.reason) == ["missing"])
        let result = try await ReplayTool.run("verify", "--journal", played.journal, "--archive", archive)
        #expect(result.code == 1)
        #expect(result.output.contains(start))
    }

    @Test func `verify with an archive looks at the archive's snapshots, too`() async throws {
        try await playArchived(through: 3)
        let store = SnapshotStore(folder: archive, fileSystem: PosixFileSystem())
        let snapshot = SnapshotFile(
            journal: try played.source().reader.identity.uuid, offset: 2,
            chain: try both().reader.chain(at: 2).hex, digest: DocumentDigest.compute(TableDocument.empty),
            document: TableDocument.empty.serialized())
        try store.write(snapshot)
        let findings = try Audit(try both()).run { _ in }.findings
        #expect(findings.map(\.eventOffset) == [2])
        #expect(findings.first?.file.hasPrefix(archive) == true)
    }

    @Test func `a reader goes on where an archiving removes the document that it knew`() async throws {
        try await playArchived(through: 2)
        let source = try played.source()
        let before = try source.document(at: 6, useSnapshots: false)
        try archiveMore(through: 4)
        #expect(try source.document(at: 6, useSnapshots: false) == before)
        // Without another beginning, a missing document is what it was: damage.
        try FileManager.default.removeItem(atPath: "\(played.journal)/\(JournalFolder.startName(offset: 4))")
        #expect(throws: ReplayError.self) { try played.source().document(at: 6, useSnapshots: false) }
    }
}
