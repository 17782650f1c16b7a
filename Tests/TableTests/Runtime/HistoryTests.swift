import JSONDocument
import Journal
import TestSupport
import Testing

@testable import Table

@Suite("Table: history")
struct HistoryTests {
    private let fixture = TableFixture()
    private let disk = SimulatedFileSystem()

    @Test(arguments: [3, 1000])
    func anyDocumentOfThePastCanBeRead(snapshotEvery: Int) async throws {
        let table = try self.fixture.open(self.disk, TableOptions(snapshotEveryEvents: snapshotEvery))
        defer { table.close() }
        var documents = [table.committed.document]
        for number in 0..<12 {
            _ = try await table.submit(.folder("Act \(number)"))
            documents.append(table.committed.document)
        }
        for (index, document) in documents.enumerated() {
            #expect(try table.document(at: Int64(index) - 1) == document)
        }
        for offset in [Int64(-2), 12] {
            #expect(throws: TableError.self) { try table.document(at: offset) }
        }
    }

    @Test
    func restoringBringsBackADocumentWithOneEvent() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        for number in 0..<4 { _ = try await table.submit(.folder("Act \(number)")) }
        let then = try table.document(at: 1)
        let patch = try await table.dryRun(.restore(to: 1))
        #expect(table.committed.offset == 3, "a dry run changes nothing")
        var predicted = table.committed.document
        try predicted.apply(patch)
        #expect(predicted == then)
        let outcome = try await table.submit(.restore(to: 1))
        #expect(outcome.offset == 4)
        #expect(table.committed.document == then)
        #expect(try await table.submit(.restore(to: 4)).offset == nil)
        #expect(try await table.submit(.restore(to: -1)).offset == 5)
        #expect(table.committed.document == TableDocument.empty)
    }

    @Test
    func everyLookIntoThePastTellsHowFarItIs() async throws {
        let table = try self.fixture.open(self.disk, TableOptions(snapshotEveryEvents: 100_000))
        for number in 0..<12 { _ = try await table.submit(.folder("Act \(number)")) }
        table.close()
        let snapshots = "\(TableFixture.folder)/\(JournalFolder.snapshotsName)"
        for name in try self.disk.list(snapshots) { try self.disk.remove("\(snapshots)/\(name)") }
        var passes: [HistoryPass] = []
        let again = try Table.open(self.fixture.configuration(self.disk)) { passes.append($0) }
        defer { again.close() }
        #expect(passes.last == HistoryPass(kind: .replaying, done: 12, total: 12))
        passes = []
        let resolver = HistoryResolver(
            history: History(
                reader: again.reader, snapshots: SnapshotStore(folder: TableFixture.folder, fileSystem: self.disk)),
            reader: again.reader, blobs: again.blobs)
        let present = HistoryResolver.Present(offset: 11, document: again.committed.document)
        _ = try resolver.resolve(.restore(to: 8), present: present) { passes.append($0) }
        #expect(passes == [HistoryPass(kind: .replaying, done: 9, total: 9)])
        passes = []
        _ = try resolver.rehearse(
            .undo(4), present: present,
            context: DecisionContext(now: self.fixture.clock.now, makeUUID: { "" })
        ) { passes.append($0) }
        #expect(
            passes.filter { $0.kind == .replaying } == [
                HistoryPass(kind: .replaying, done: 4, total: 4), HistoryPass(kind: .replaying, done: 1, total: 1),
            ])
        #expect(passes.allSatisfy { $0.done <= $0.total })
        passes = []
        #expect(throws: CommandError.self) {
            try resolver.resolve(.undo(by: "somebody who did nothing"), present: present) { passes.append($0) }
        }
        #expect(passes == [HistoryPass(kind: .lookingBack, done: 12, total: 12)])
    }

    @Test
    func whatWasLookedAtIsDoneOrNothing() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        for name in ["A", "B", "C"] { _ = try await table.submit(.folder(name)) }
        func looked(_ request: RestoreRequest) async throws -> RestoreRequest {
            var request = request
            request.isDryRun = true
            let answer = try await table.submit(CommandRequest(.restoreRequest(request), actor: "dm")).answer
            request.isDryRun = false
            request.ifChange = try #require(answer["change"]?.stringValue)
            return request
        }
        let part = try await looked(RestoreRequest(to: .offset(0), paths: [try JSONPointer("/sceneFolders/B")]))
        let whole = try await looked(RestoreRequest(to: .offset(0)))
        _ = try await table.submit(.folder("D"))
        let refused = await #expect(throws: CommandError.self) {
            try await table.submit(CommandRequest(.restoreRequest(whole), actor: "dm"))
        }
        #expect(refused?.code == .conflict && refused?.message.contains("look again") == true)
        #expect(table.committed.offset == 3)
        #expect(try await table.submit(CommandRequest(.restoreRequest(part), actor: "dm")).offset == 4)
        #expect(Set(table.sceneFolders) == ["A", "C", "D"])
        let undo = UndoRequest(offset: 3, isDryRun: true)
        let answer = try await table.submit(CommandRequest(.undoRequest(undo), actor: "dm")).answer
        let change = try #require(answer["change"]?.stringValue)
        let other = CommandRequest(.undoRequest(UndoRequest(offset: 2, ifChange: change)), actor: "dm")
        await #expect(throws: CommandError.self) { try await table.submit(other) }
        let same = CommandRequest(.undoRequest(UndoRequest(offset: 3, ifChange: change)), actor: "dm")
        #expect(try await table.submit(same).offset == 5)
        #expect(Set(table.sceneFolders) == ["A", "C"])
    }

    @Test
    func restoringToATimeTakesTheLastEventUpToIt() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        _ = try await table.submit(.folder("A"))
        self.fixture.clock.advance(milliseconds: 1000)
        let between = self.fixture.clock.now
        self.fixture.clock.advance(milliseconds: 1000)
        _ = try await table.submit(.folder("B"))
        _ = try await table.submit(CommandRequest(.restoreRequest(RestoreRequest(to: .time(between))), actor: "dm"))
        #expect(table.sceneFolders == ["A"])
    }

    @Test(arguments: [Int64(99), -5])
    func aMomentThatIsNotThereIsRefused(offset: Int64) async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        _ = try await table.submit(.folder("A"))
        let refused = await #expect(throws: CommandError.self) { try await table.submit(.restore(to: offset)) }
        #expect(refused?.code == .notFound)
        let undo = await #expect(throws: CommandError.self) { try await table.submit(.undo(offset)) }
        #expect(undo?.code == .notFound)
    }

    @Test
    func undoTakesTheNewestChangeOfItsActorOnly() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        _ = try await table.submit(.folder("A", by: "dm"))
        _ = try await table.submit(.folder("B", by: "dm"))
        _ = try await table.submit(.folder("C", by: "player"))
        _ = try await table.submit(.undo(by: "dm"))
        #expect(table.sceneFolders == ["A", "C"])
        _ = try await table.submit(.undo(by: "dm"))
        #expect(table.sceneFolders == ["C"])
        let refused = await #expect(throws: CommandError.self) { try await table.submit(.undo(by: "dm")) }
        #expect(refused?.code == .notFound)
        #expect(table.sceneFolders == ["C"])
    }

    @Test
    func redoBringsBackWhatWasUndone() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        _ = try await table.submit(.folder("A"))
        _ = try await table.submit(.folder("B"))
        let nothing = await #expect(throws: CommandError.self) { try await table.submit(.redo()) }
        #expect(nothing?.code == .notFound)
        _ = try await table.submit(.undo())
        _ = try await table.submit(.undo())
        #expect(table.sceneFolders == [])
        _ = try await table.submit(.redo())
        #expect(table.sceneFolders == ["A"])
        _ = try await table.submit(.redo())
        #expect(Set(table.sceneFolders) == ["A", "B"])
        let end = await #expect(throws: CommandError.self) { try await table.submit(.redo()) }
        #expect(end?.code == .notFound)
        _ = try await table.submit(.undo())
        #expect(table.sceneFolders == ["A"])
    }

    @Test
    func undoingAnUndoIsARedo() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let log = BatchLog()
        _ = log.attach(to: table)
        _ = try await table.submit(.folder("A"))
        _ = try await table.submit(.undo(0))
        _ = try await table.submit(.undo(1))
        #expect(table.sceneFolders == ["A"])
        #expect(log.events.map(\.type) == ["scene-folder.created", "table.undone", "table.redone"])
        _ = try await table.submit(.undo())
        #expect(table.sceneFolders == [])
    }

    @Test
    func anOffsetNamesTheChangeToUndoAndToRedo() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        for name in ["A", "B", "C"] { _ = try await table.submit(.folder(name)) }
        _ = try await table.submit(.undo(1, by: "somebody else"))
        #expect(table.sceneFolders == ["A", "C"])
        let other = await #expect(throws: CommandError.self) { try await table.submit(.redo(0)) }
        #expect(other?.code == .notFound)
        _ = try await table.submit(.redo(1))
        #expect(Set(table.sceneFolders) == ["A", "B", "C"])
    }

    @Test
    func undosThatAreQueuedTogetherTakeBackOneChangeEach() throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        let answers = table.submitAsOneBatch([
            .folder("A"), .folder("B"), .folder("C"), .undo(), .undo(), .folder("D"),
        ])
        #expect(answers.allSatisfy { $0.offset != nil })
        #expect(table.sceneFolders == ["A", "D"], "D was asked for after the undos, so they don't mean it")
    }

    @Test
    func aRepeatedUndoIsDoneOnce() async throws {
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        for name in ["A", "B"] { _ = try await table.submit(.folder(name)) }
        var undo = CommandRequest.undo()
        undo.id = "u1"
        let first = try await table.submit(undo)
        let second = try await table.submit(undo)
        #expect(second.offset == first.offset && second.repeated)
        #expect(table.sceneFolders == ["A"])
    }

    @Test
    func aGroupIsUndoneAsAWhole() async throws {
        func draft(_ folder: String) -> EventDraft {
            EventDraft(
                type: "table.imported", actor: "dm", command: "import-1", data: Array("{}".utf8),
                patch: Array(#"[{"op":"add","path":"/sceneFolders/\#(folder)","value":{}}]"#.utf8))
        }
        let configuration = self.fixture.configuration(self.disk)
        let writer = try JournalWriter.open(
            folder: TableFixture.folder, fileSystem: self.disk, clock: configuration.clock,
            identity: configuration.makeUUID)
        _ = try writer.commit([[draft("A"), draft("B")], [draft("C")]])
        try writer.close()
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        _ = try await table.submit(.undo(0))
        #expect(table.sceneFolders == ["C"])
        _ = try await table.submit(.redo(1))
        #expect(Set(table.sceneFolders) == ["A", "B", "C"])
    }

    @Test
    func aForkGoesOnFromItsFirstDocument() async throws {
        let chain = ChainDigest(journal: TableFixture.journalID)
        let folder = TableFixture.folder
        let document = #"{"live":null,"sceneFolders":{"old":{}}}"#
        let start = SnapshotFile(
            journal: TableFixture.journalID, offset: 41, chain: chain.hex,
            digest: DocumentDigest.compute(try JSONValue.parse(text: document)), document: Array(document.utf8))
        try self.disk.makeFolders(folder)
        self.disk.put(start.packed(), at: folder + "/start.json.lz4")
        let identity =
            #"{"format":1,"journal":"\#(TableFixture.journalID)","created":"2026-11-23T06:40:00.000Z","#
            + #""start":{"offset":41,"chain":"\#(chain.hex)","document":"start.json.lz4"}}"#
        self.disk.put(Array((identity + "\n").utf8), at: folder + "/journal.json")
        let table = try self.fixture.open(self.disk)
        defer { table.close() }
        #expect(table.committed.offset == 41)
        #expect(table.sceneFolders == ["old"])
        #expect(try await table.submit(.folder("new")).offset == 42)
        #expect(try table.document(at: 41).text == document)
        #expect(throws: TableError.self) { try table.document(at: 40) }
        let after = try self.fixture.open(self.disk.afterKill())
        defer { after.close() }
        #expect(after.sceneFolders == ["old", "new"])
    }

    @Test
    func undoLooksBackABoundedWay() async throws {
        let table = try self.fixture.open(self.disk, TableOptions(undoReach: 3))
        defer { table.close() }
        _ = try await table.submit(.folder("A", by: "dm"))
        for name in ["B", "C", "D"] { _ = try await table.submit(.folder(name, by: "player")) }
        let refused = await #expect(throws: CommandError.self) { try await table.submit(.undo(by: "dm")) }
        #expect(refused?.code == .notFound)
    }
}
