import Foundation
import JSONDocument
import Journal
import Table
import TestSupport
import Testing

@testable import Replay

@Suite struct AuditTests {
    private let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    private func report() throws -> Audit.Report {
        try Audit(try played.source()).run { _ in }
    }

    private var segment: String { "journal/default/\(JournalFolder.segmentName(base: 0))" }

    @Test func `a journal that was closed in order is clean, with the table's digest and chain`() async throws {
        let table = try played.open()
        _ = try await played.saveScene(on: table)
        try await played.act(on: table, "live.change", #"{"scene":\#(PlayedTable.live(x: 0))}"#)
        let (digest, chain) = (table.committed.digest(), table.committed.chain)
        table.close()
        let report = try report()
        #expect(report.findings.isEmpty)
        #expect(report.digest == digest)
        #expect(report.journal.chain == chain)
        #expect(report.journal.eventCount == 2)
        #expect(report.text(.plain).contains("\nclean: "))
        #expect(report.json["clean"]?.boolValue == true)
    }

    @Test func `a journal that is being written is clean`() async throws {
        let table = try played.open()
        defer { table.close() }
        _ = try await played.saveScene(on: table)
        #expect(try report().isClean)
    }

    @Test func `wherever a byte of a segment flips, it is found, named and nothing is written`() async throws {
        try await played.playEvening()
        let size = try played.folder.read(segment).count
        for offset in stride(from: 0, to: size, by: 7) {
            try played.folder.flipByte(segment, at: offset)
            let before = try played.folder.read(segment)
            let report = try report()
            #expect(!report.isClean || !report.journal.notes.isEmpty, "byte \(offset)")
            #expect(report.findings.allSatisfy { $0.file.hasPrefix(played.journal) }, "byte \(offset)")
            #expect(try played.folder.read(segment) == before)
            try played.folder.flipByte(segment, at: offset)
        }
        #expect(try report().isClean)
    }

    @Test func `verify exits 1 and names file and offset`() async throws {
        try await played.playEvening()
        try played.folder.flipByte(segment, at: 400)
        let result = try await ReplayTool.run("verify", "--journal", played.journal)
        #expect(result.code == 1)
        #expect(result.output.contains("damaged  \(played.folder.path)/\(segment), byte "))
        #expect(result.output.contains(", event "))
        let json = try await ReplayTool.run("verify", "--journal", played.journal, "--json")
        #expect(json.code == 1)
        let finding = try JSONValue.parse(text: json.output.trimmingSpaces())["findings"]?[0]
        #expect(finding?["file"]?.stringValue == "\(played.folder.path)/\(segment)")
        #expect((finding?["byte"]?.intValue ?? -1) >= 0)
    }

    @Test func `a patch that doesn't apply is found though every checksum holds`() throws {
        let writer = try JournalWriter.open(
            folder: played.journal, fileSystem: PosixFileSystem(), clock: played.clock.clock,
            identity: { "6b2f0c1e-0000-4000-8000-000000000001" })
        let good = EventDraft(
            type: "x.done", data: Array("{}".utf8),
            patch: Array(#"[{"op":"replace","path":"/viewer/blank","value":true}]"#.utf8))
        let bad = EventDraft(
            type: "x.done", data: Array("{}".utf8), patch: Array(#"[{"op":"remove","path":"/maps/none"}]"#.utf8))
        _ = try writer.commit([[good], [bad], [good]])
        try writer.close()
        let report = try report()
        #expect(report.journal.isClean)
        #expect(report.findings.count == 1)
        #expect(report.findings.first?.eventOffset == 1)
        #expect(report.digest == nil)
    }

    @Test func `a snapshot that lies is found`() async throws {
        try await played.playEvening()
        let store = SnapshotStore(folder: played.journal, fileSystem: PosixFileSystem())
        let offset = try #require(try store.list().last)
        var snapshot = try #require(try store.read(offset))
        snapshot.document = TableDocument.empty.serialized()
        try store.write(snapshot)
        let report = try report()
        #expect(report.findings.map(\.eventOffset) == [offset])
        #expect(report.findings.first?.reason.contains("differs from the replayed document") == true)
    }

    @Test func `a snapshot of an event that the journal lacks is found`() async throws {
        try await played.playEvening()
        let store = SnapshotStore(folder: played.journal, fileSystem: PosixFileSystem())
        let offset = try #require(try store.list().last)
        var snapshot = try #require(try store.read(offset))
        snapshot.offset = 100
        try store.write(snapshot)
        #expect(try report().findings.map(\.eventOffset) == [100])
    }

    @Test func `a blob that is missing or changed is found with the event that names it`() async throws {
        let table = try played.open()
        var blobs: [BlobReference] = []
        for text in ["one", "two", "three"] {
            let upload = try table.blobs.makeUpload()
            try upload.append(Array(text.utf8))
            let (sha256, size) = try upload.finish()
            blobs.append(BlobReference(sha256: sha256, size: size, mediaType: "image/png"))
            let command = Command.mapUpload(folder: nil, name: "\(text).png", blob: blobs[blobs.count - 1])
            _ = try await table.submit(CommandRequest(command, actor: "dm"))
        }
        table.close()
        #expect(try report().blobCount == 3)
        #expect(try report().isClean)
        func name(_ index: Int) -> String {
            "journal/default/blobs/sha256/\(blobs[index].sha256.prefix(2))/\(blobs[index].sha256)"
        }
        try FileManager.default.removeItem(atPath: "\(played.folder.path)/\(name(0))")
        try played.folder.flipByte(name(2), at: 1)
        let findings = try report().findings
        #expect(findings.map(\.eventOffset) == [0, 2])
        #expect(findings.map(\.file) == [0, 2].map { "\(played.folder.path)/\(name($0))" })
        #expect(findings.first?.reason.contains("missing") == true)
        #expect(findings.last?.reason.contains("hashes to") == true)
        // A link to itself: a file of which nobody can say what it is.
        try FileManager.default.createSymbolicLink(
            atPath: "\(played.folder.path)/\(name(0))", withDestinationPath: "\(played.folder.path)/\(name(0))")
        let unclear = try report()
        #expect(unclear.findings.map(\.eventOffset) == [0, 2])
        #expect(unclear.findings.first?.file == "\(played.folder.path)/\(name(0))")
        #expect(unclear.findings.first?.reason.contains("Too many levels of symbolic links") == true)
        #expect(unclear.blobByteCount == 8)
    }

    @Test func `blobs are found wherever they stand in a line`() {
        let hash = String(repeating: "0123456789abcdef", count: 4)
        func names(_ line: String) -> Set<String> {
            var blobs: [String: BlobMention] = [:]
            BlobMention.gather(Array(line.utf8).span, event: 1, into: &blobs)
            return Set(blobs.keys)
        }
        #expect(names(#"{"blob":"\#(hash)"}"#) == [hash])
        #expect(names(#""blob":"\#(hash)""#) == [hash])
        #expect(names(#"{"blob":"\#(hash.uppercased())"}"#) == [])
        #expect(names(#"{"blob":"\#(hash)0"}"#) == [])
        #expect(names(#"{"blob":"\#(hash)"#) == [])
        #expect(names("") == [])
    }
}
