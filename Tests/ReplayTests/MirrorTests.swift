import JSONDocument
import Journal
import Table
import TestSupport
import Testing

@testable import Replay

/// Copying a journal from elsewhere: what is right gets into the copy, and nothing else.
struct MirrorTests {
    private let played: PlayedTable
    private let target: TemporaryFolder
    private let source: FolderMirrorSource
    private var copy: String { "\(target.path)/copy/default" }

    init() throws {
        played = try PlayedTable()
        target = try TemporaryFolder()
        source = FolderMirrorSource(played.journal)
    }

    @discardableResult
    private func mirror() async throws -> MirrorReport {
        let mirror = try Mirror(
            source, into: copy, fileSystem: PosixFileSystem(), makeUUID: { "\(UInt64.random(in: 0 ... .max))" })
        defer { mirror.close() }
        return try await mirror.bringUpToDate { _ in }
    }

    /// More events, in a segment that goes on.
    private func playOn(_ name: String = "More", blob: [UInt8]? = nil) async throws {
        let table = try played.open()
        defer { table.close() }
        _ = try await played.saveScene(on: table, name: name)
        guard let blob else { return }
        let upload = try table.blobs.makeUpload()
        try upload.append(blob)
        let (sha256, size) = try upload.finish()
        let reference = BlobReference(sha256: sha256, size: size, mediaType: "image/png")
        _ = try await table.submit(
            CommandRequest(.mapUpload(folder: nil, name: "crypt.png", blob: reference), actor: "dm"))
    }

    private func expectSame() throws {
        let files = PosixFileSystem()
        let names = try files.list(played.journal).filter { JournalFolder.segmentBase(ofName: $0) != nil }
        for name in names + ["journal.json"] {
            #expect(try files.contents(of: "\(copy)/\(name)") == files.contents(of: "\(played.journal)/\(name)"))
        }
        try expectWhole(copy)
    }

    private func expectWhole(_ folder: String) throws {
        let audit = try Audit(JournalSource(path: folder, fileSystem: PosixFileSystem())).run { _ in }
        #expect(audit.isClean)
    }

    @Test func `a copy is the journal byte for byte, and the next run brings what is new`() async throws {
        try await played.playEvening()
        let first = try await mirror()
        #expect(first.eventCount == 7)
        #expect(first.offset == 6)
        try expectSame()
        _ = source.takeAsked()
        #expect(try await mirror().hasNews == false)
        #expect(source.takeAsked() == [])
        try await playOn(blob: Array("\u{89}PNG".utf8))
        let second = try await mirror()
        #expect(second.eventCount == 2)
        #expect(second.blobCount == 1)
        try expectSame()
    }

    @Test func `a folder that holds something else is left alone`() async throws {
        try await played.playEvening()
        try target.write("mine", to: "copy/default/notes.txt")
        for isDry in [true, false] {
            let error = await #expect(throws: ReplayError.self) {
                if isDry {
                    _ = try await MirrorPreview.make(of: source, in: copy, fileSystem: PosixFileSystem())
                } else {
                    try await mirror()
                }
            }
            #expect(error?.exitCode == 2)
            #expect("\(try #require(error))".contains("holds something else: 'notes.txt'"))
        }
        #expect(try PosixFileSystem().list(copy) == ["notes.txt"])
        try PosixFileSystem().remove("\(copy)/notes.txt")
        // What a beginning that was cut short leaves.
        for name in ["lock", "start.json.lz4", "journal.json.tmp"] { try target.write("", to: "copy/default/\(name)") }
        try await mirror()
        try expectSame()
    }

    @Test func `an empty journal can be copied too`() async throws {
        try played.open().close()
        let report = try await mirror()
        #expect(report.offset == -1)
        try expectSame()
        try await playOn()
        try await mirror()
        try expectSame()
    }

    /// Every byte of the segment, one after the other.
    @Test func `a flipped byte never gets into the copy`() async throws {
        try await played.playEvening()
        let name = JournalFolder.segmentName(base: 0)
        let size = try #require(try PosixFileSystem().status("\(played.journal)/\(name)")).byteCount
        for position in stride(from: Int64(0), to: size, by: 7) {
            source.spoil { (file, start, bytes) throws(ReplayError) in
                guard file == name, start <= position, position < start + Int64(bytes.count) else { return bytes }
                var bytes = bytes
                bytes[Int(position - start)] ^= 0x10
                return bytes
            }
            let error = await #expect(throws: ReplayError.self) { try await mirror() }
            #expect(error?.exitCode == 1, "byte \(position): \(String(describing: error))")
            let stored = try PosixFileSystem().contents(of: "\(copy)/\(name)") ?? []
            let original = try #require(try PosixFileSystem().contents(of: "\(played.journal)/\(name)"))
            #expect(original.starts(with: stored), "byte \(position)")
            try expectWhole(copy)
        }
        source.repair()
        try await mirror()
        try expectSame()
    }

    @Test func `wherever the copy was cut off, the next run completes it`() async throws {
        try await played.playEvening()
        try await playOn()
        try await mirror()
        let path = "\(copy)/\(JournalFolder.segmentName(base: 0))"
        let whole = try #require(try PosixFileSystem().contents(of: path))
        for size in stride(from: 0, to: whole.count, by: 11) {
            let file = try PosixFileSystem().open(path, .readWrite)
            try file.truncate(to: Int64(size))
            file.close()
            try await mirror()
            try expectSame()
        }
    }

    @Test func `a connection that ends leaves a whole copy`() async throws {
        try await played.playEvening()
        source.spoil { (file, _, bytes) throws(ReplayError) in
            guard file == "journal.json" else { throw .unreadable("gone", hint: "") }
            return bytes
        }
        let error = await #expect(throws: ReplayError.self) { try await mirror() }
        #expect(error?.exitCode == 3)
        try expectWhole(copy)
        source.repair()
        try await mirror()
        try expectSame()
    }

    // MARK: A server that is not what it was

    /// What it says; nothing in the copy may change.
    private func refusal() async throws -> String {
        let before = try contents(copy)
        let error = await #expect(throws: ReplayError.self) { try await mirror() }
        #expect(try contents(copy) == before)
        #expect(error?.exitCode == 1)
        return "\(try #require(error))"
    }

    /// The files of a folder.
    private func contents(_ folder: String) throws -> [String: [UInt8]] {
        let files = PosixFileSystem()
        var contents: [String: [UInt8]] = [:]
        for name in try files.list(folder) where name != JournalFolder.lockName {
            guard try files.status("\(folder)/\(name)")?.isFolder == false else { continue }
            contents[name] = try files.contents(of: "\(folder)/\(name)")
        }
        return contents
    }

    private func removeJournal() throws {
        let files = PosixFileSystem()
        for name in try files.list(played.journal) {
            let path = "\(played.journal)/\(name)"
            if try files.status(path)?.isFolder == false { try files.remove(path) }
        }
        try removeSnapshots()
    }

    private func copySegment(from: String, to: String) throws {
        let name = JournalFolder.segmentName(base: 0)
        let bytes = try #require(try PosixFileSystem().contents(of: "\(from)/\(name)"))
        try PosixFileSystem().writeDurably(bytes, to: "\(to)/\(name)")
    }

    @Test func `another journal is refused`() async throws {
        try await played.playEvening()
        try await mirror()
        try removeJournal()
        try await played.playEvening()
        #expect(try await refusal().contains("another journal"))
    }

    @Test func `an older state is refused`() async throws {
        try await played.playEvening()
        try copySegment(from: played.journal, to: target.path)
        try await playOn()
        try await mirror()
        try copySegment(from: target.path, to: played.journal)
        #expect(try await refusal().contains("older state"))
    }

    @Test func `another history is refused`() async throws {
        try await played.playEvening()
        try copySegment(from: played.journal, to: target.path)
        try await playOn("One way")
        try await mirror()
        try copySegment(from: target.path, to: played.journal)
        try removeSnapshots()
        try await playOn("Another way")
        try await playOn("And further")
        #expect(try await refusal().contains("another history"))
    }

    private func removeSnapshots() throws {
        let files = PosixFileSystem()
        let snapshots = "\(played.journal)/snapshots"
        for name in try files.list(snapshots) { try files.remove("\(snapshots)/\(name)") }
    }

    @Test func `a copy that somebody writes is left alone`() async throws {
        try await played.playEvening()
        try await mirror()
        let promoted = try Table.open(
            TableConfiguration(
                folder: copy, fileSystem: PosixFileSystem(), clock: played.clock.clock, makeUUID: { "x" },
                options: TableOptions()))
        let error = await #expect(throws: ReplayError.self) { try await mirror() }
        #expect(error?.exitCode == 3)
        _ = try await played.saveScene(on: promoted)
        promoted.close()
        #expect(try await refusal().contains("older state"))
        try await playOn()
        #expect(try await refusal().contains("another history"))
    }

    @Test func `a server that is away is asked less and less often, up to a bound`() {
        var backoff = Backoff()
        #expect((0..<7).map { _ in backoff.next() } == [1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
        backoff.reset()
        #expect(backoff.next() == .seconds(1))
    }

    // MARK: Blobs

    @Test func `a blob that is wrong on the way is named, and fetched by the next run`() async throws {
        try await played.playEvening()
        try await playOn(blob: Array("\u{89}PNG and more".utf8))
        source.spoil { (file, _, bytes) throws(ReplayError) in
            file.utf8.count == 64 ? bytes.map { $0 ^ 1 } : bytes
        }
        let report = try await mirror()
        #expect(report.missingBlobs.map(\.event) == [8])
        #expect(report.isWhole == false)
        #expect(report.offset == 8)
        source.repair()
        let second = try await mirror()
        #expect(second.blobCount == 1)
        #expect(second.isWhole)
        try expectSame()
    }

    @Test func `a blob that the server lost is named each time`() async throws {
        try await played.playEvening()
        try await playOn(blob: Array("\u{89}PNG and more".utf8))
        let blobs = try JournalSource(path: played.journal, fileSystem: PosixFileSystem()).blobs
        let named = try PosixFileSystem().list("\(played.journal)/blobs/sha256")
        for folder in named {
            for name in try PosixFileSystem().list("\(played.journal)/blobs/sha256/\(folder)") {
                try PosixFileSystem().remove(blobs.path(name))
            }
        }
        #expect(try await mirror().missingBlobs.count == 1)
        #expect(try await mirror().missingBlobs.count == 1)
    }

    // MARK: What a server says

    @Test(arguments: [
        "{}", #"{"format":2}"#,
        #"{"format":1,"journal":"x","offset":0,"chain":"00","segments":[]}"#,
        #"{"format":1,"journal":"x","offset":0,"chain":"\#(Self.zeros)","segments":[{"name":"../x","base":0,"size":1}]}"#,
        #"{"format":1,"journal":"x","offset":0,"chain":"\#(Self.zeros)","segments":[\#(Self.second),\#(Self.second)]}"#,
        #"{"format":1,"journal":"x","offset":9223372036854775807,"chain":"\#(Self.zeros)","segments":[]}"#,
        #"{"format":1,"journal":"x","offset":0,"chain":"\#(Self.zeros)","segments":[\#(Self.huge)]}"#,
    ])
    func `a list that makes no sense is none`(text: String) throws {
        #expect(MirrorListing(try JSONValue.parse(text: text)) == nil)
    }

    private static let zeros = String(repeating: "0", count: 64)
    private static let second = #"{"name":"\#(JournalFolder.segmentName(base: 5))","base":5,"size":1}"#

    private static let huge = #"{"name":"\#(JournalFolder.segmentName(base: 5))","base":5,"size":1125899906842624}"#

    @Test func `of an answer that has no end no more is taken than it may have`() async throws {
        let server = try StubServer { request in
            guard request.line != "GET /journal" else {
                let segments = "[\(Self.second)]"
                return .init(
                    body: #"{"format":1,"journal":"x","offset":0,"chain":"\#(Self.zeros)","segments":\#(segments)}"#)
            }
            return .init(body: String(repeating: " ", count: 3 << 20))
        }
        defer { server.stop() }
        let result = try await ReplayTool.run("mirror", "http://127.0.0.1:\(server.port)", copy)
        #expect(result.code == 3)
        #expect(result.errors.contains("answers GET /journal/journal.json with more than 1048576 bytes"))
    }

    @Test func `what a server says gets to no terminal as it is`() throws {
        let listing = try #require(
            MirrorListing(
                try JSONValue.parse(
                    text: #"{"format":1,"journal":"\u001b[2Jx","offset":9,"chain":"\#(Self.zeros)","segments":[]}"#)))
        let chain = try #require(ChainDigest(hex: Self.zeros))
        let present = MirrorPlan.Present(journal: "y", newestOffset: 3, chain: chain, segments: [])
        let error = #expect(throws: ReplayError.self) { try MirrorPlan(listing, present, server: "s") }
        #expect(!"\(try #require(error))".contains("\u{1B}"))
        var report = MirrorReport(folder: "f\u{1B}[1m", journal: "x", offset: 0, chain: chain)
        report.missingBlobs = [.init(sha256: Self.zeros, event: 0, reason: "r\u{1B}[1m")]
        #expect(!report.text(.plain).contains("\u{1B}"))
    }

    @Test func `a server whose older events are archived is refused where they are missing`() throws {
        let listing = try #require(
            MirrorListing(
                try JSONValue.parse(
                    text: #"{"format":1,"journal":"x","offset":9,"chain":"\#(Self.zeros)","segments":["#
                        + Self.second + "]}")))
        let chain = try #require(ChainDigest(hex: Self.zeros))
        var present = MirrorPlan.Present(
            journal: "x", newestOffset: 3, chain: chain,
            segments: [(JournalFolder.segmentName(base: 0), 100)])
        #expect(throws: ReplayError.self) { try MirrorPlan(listing, present, server: "s") }
        present.newestOffset = 4
        let plan = try MirrorPlan(listing, present, server: "s")
        #expect(plan.parts.map(\.from) == [0])
        #expect(plan.byteCount == 1)
    }
}
