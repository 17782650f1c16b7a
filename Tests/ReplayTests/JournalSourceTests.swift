import JSONDocument
import Journal
import Table
import Testing

@testable import Replay

@Suite struct JournalSourceTests {
    private let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    @Test func `every kind of moment finds its event`() async throws {
        let source = try await played.playEvening()
        let start = try #require(JournalTime(rfc3339: "2026-11-23T06:40:00.000Z"))
        func at(_ milliseconds: Int64) -> Moment { .time(JournalTime(milliseconds: start.milliseconds + milliseconds)) }
        #expect(try source.offset(of: .newest) == 6)
        #expect(try source.offset(of: .beginning) == -1)
        #expect(try source.offset(of: .offset(3)) == 3)
        #expect(try source.offset(of: .offset(-1)) == -1)
        #expect(try source.offset(of: .fromEnd(1)) == 6)
        #expect(try source.offset(of: .fromEnd(7)) == 0)
        #expect(try source.offset(of: at(-1)) == -1)
        #expect(try source.offset(of: at(0)) == 0)
        #expect(try source.offset(of: at(179_999)) == 2)
        #expect(try source.offset(of: at(180_000)) == 3)
        #expect(try source.offset(of: at(1 << 40)) == 6)
    }

    @Test(arguments: [Moment.offset(7), .offset(-2), .fromEnd(8), .fromEnd(.max)])
    func `a moment outside the journal is answered with what there is`(moment: Moment) async throws {
        let source = try await played.playEvening()
        #expect {
            try source.offset(of: moment)
        } throws: {
            guard case ReplayError.no(let text)? = $0 as? ReplayError else { return false }
            return text.hasSuffix("this journal holds 0 to 6")
        }
    }

    /// One too many is a slip, and its answer must not be the empty table.
    @Test func `an event too far from the end is told as it was typed`() async throws {
        let source = try await played.playEvening()
        #expect(throws: ReplayError.no("there is no event -8: this journal holds 0 to 6")) {
            try source.offset(of: .fromEnd(8))
        }
    }

    @Test func `a folder without a journal says what would be right`() throws {
        let folder = try TemporaryFolder()
        #expect {
            _ = try JournalSource(path: folder.path, fileSystem: PosixFileSystem())
        } throws: {
            guard case ReplayError.unreadable(_, let hint)? = $0 as? ReplayError else { return false }
            return hint.contains("--journal")
        }
    }

    @Test func `the parent folder does as well`() async throws {
        try await played.playEvening()
        let source = try JournalSource(path: "\(played.folder.path)/journal", fileSystem: PosixFileSystem())
        #expect(source.folder == played.journal)
    }

    @Test func `with and without snapshots every document is the same, and the last is the table's`() async throws {
        let table = try played.open(snapshotEveryEvents: 5)
        _ = try await played.saveScene(on: table)
        try await played.act(on: table, "live.change", #"{"scene":\#(PlayedTable.live(x: 0))}"#)
        for x in 1...40 { try await played.act(on: table, "live.change", #"{"patch":[\#(PlayedTable.moved(x: x))]}"#) }
        let digest = table.committed.digest()
        table.close()
        let source = try played.source()
        #expect(try !SnapshotStore(folder: played.journal, fileSystem: PosixFileSystem()).list().isEmpty)
        for offset in Int64(-1)...41 {
            let quick = try source.document(at: offset)
            #expect(quick == (try source.document(at: offset, useSnapshots: false)))
            if offset > 1 {
                #expect(quick["live"]?["maps"]?[0]?["data"]?["position"]?["x"]?.intValue == Int(offset) - 1)
            }
        }
        #expect(DocumentDigest.compute(try source.document(at: 41, useSnapshots: false)) == digest)
    }

    @Test func `progress counts to the end`() async throws {
        try await played.playEvening()
        var steps: [ProgressStep] = []
        _ = try played.source().document(at: 6, useSnapshots: false) { steps.append($0) }
        #expect(steps.last == ProgressStep(title: "Replaying", done: 7, total: 7, unit: .events))
    }

    @Test func `reads while a table is writing`() async throws {
        let table = try played.open()
        defer { table.close() }
        _ = try await played.saveScene(on: table)
        let source = try played.source()
        #expect(try source.newest() == 0)
        try await played.act(on: table, "live.change", #"{"scene":\#(PlayedTable.live(x: 1))}"#)
        #expect(try source.newest() == 1)
        #expect(try source.document(at: 1) == table.committed.document)
    }
}
