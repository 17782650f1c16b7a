import Foundation
import JSONDocument
import Journal
import Table
import TestSupport
import Testing

@testable import Replay

/// `fork`: a new journal from the document of a moment.
@Suite struct ForkTests {
    private let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    private var target: String { "\(played.folder.path)/fork" }

    private func fork(_ arguments: String...) async throws -> ReplayTool.Result {
        try await ReplayTool.run(["fork", "--journal", played.journal, "--to", target] + arguments)
    }

    private func play() async throws -> (source: JournalSource, early: String, late: String) {
        let table = try played.open()
        let early = try await played.uploadMap("early.png", "\u{89}PNG early", on: table)
        let late = try await played.uploadMap("late.png", "\u{89}PNG late", on: table)
        table.close()
        return (try await played.playEvening(), early, late)
    }

    @Test func `a fork goes on from the moment, with its own identity and its blobs`() async throws {
        let (source, early, late) = try await play()
        let result = try await fork("--at", "0", "--json")
        let json = try JSONValue.parse(text: result.output.trimmingSpaces())
        let forked = try JournalSource(path: target, fileSystem: PosixFileSystem())
        #expect(forked.reader.identity.uuid == json["journal"]?.stringValue)
        #expect(forked.reader.identity.uuid != source.reader.identity.uuid)
        #expect(forked.reader.identity.start?.ancestor == source.reader.identity.uuid)
        #expect(forked.reader.identity.start?.chain == (try source.reader.chain(at: 0)))
        #expect(try forked.document(at: 0) == source.document(at: 0))
        #expect(try forked.blobs.contains(early))
        #expect(try !forked.blobs.contains(late))
        let attributes = try FileManager.default.attributesOfItem(atPath: forked.blobs.path(early))
        #expect((attributes[.referenceCount] as? Int) == 2)
        let table = try played.open(target)
        #expect(table.committed.offset == 0)
        _ = try await played.saveScene(on: table)
        table.close()
        #expect(try forked.event(at: 1).envelope.type == "scene.saved")
        #expect(try Audit(forked).run { _ in }.isClean)
        #expect(try source.newest() == 8)
        #expect(!FileManager.default.fileExists(atPath: "\(target).partial"))
    }

    @Test func `every moment can be forked, the beginning too`() async throws {
        let (source, _, _) = try await play()
        for offset in ["start", "4", "now"] {
            #expect(try await fork("--at", offset).code == 0)
            let forked = try JournalSource(path: target, fileSystem: PosixFileSystem())
            let start = try #require(forked.reader.identity.start)
            #expect(try forked.document(at: start.offset) == source.document(at: start.offset))
            #expect(try Audit(forked).run { _ in }.isClean)
            try played.open(target).close()
            try FileManager.default.removeItem(atPath: target)
        }
    }

    @Test func `a folder that holds something is left alone, and so is everything on a dry run`() async throws {
        _ = try await play()
        #expect(try await fork("--dry-run").output.contains("goes on from event 8"))
        #expect(!FileManager.default.fileExists(atPath: target))
        try played.folder.write("mine", to: "fork/file")
        #expect(try await fork().code == 2)
        #expect(try await fork("--dry-run").code == 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: target) == ["file"])
        #expect(try await fork("--at", "99").code == 1)
    }

    @Test func `wherever it is cut short, there is no fork or a whole one, and the next try makes it`() async throws {
        let (source, _, _) = try await play()
        var count = 0
        var (none, whole) = (0, 0)
        while true {
            let disk = DyingFileSystem(PosixFileSystem(), after: count)
            let from = try JournalSource(path: played.journal, fileSystem: disk)
            let fork = JournalFork(
                from: from, clock: played.clock.clock, makeUUID: { "6b2f0c1e-0000-4000-8000-00000000beef" })
            let isDone = (try? fork.run(at: 8, to: target, useSnapshots: true) { _ in }) != nil
            if FileManager.default.fileExists(atPath: target) {
                whole += 1
                #expect(try Audit(JournalSource(path: target, fileSystem: PosixFileSystem())).run { _ in }.isClean)
                try FileManager.default.removeItem(atPath: target)
            } else {
                none += 1
            }
            if isDone { break }
            let again = JournalFork(
                from: source, clock: played.clock.clock, makeUUID: { "6b2f0c1e-0000-4000-8000-00000000beef" })
            _ = try again.run(at: 8, to: target, useSnapshots: true) { _ in }
            #expect(!FileManager.default.fileExists(atPath: "\(target).partial"), "after \(count) changes")
            try FileManager.default.removeItem(atPath: target)
            count += 1
        }
        #expect(none > 10 && whole > 1)
    }
}
