import Foundation
import Journal
import Table
import TestSupport
import Testing

@testable import Replay

/// What may take long tells how far it is, from the beginning to the end; the bar itself is ``ProgressMeter``'s business.
@Suite struct LongPassTests {
    private let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    private func titles(_ steps: [ProgressStep]) -> [String] {
        steps.reduce(into: []) { titles, step in if titles.last != step.title { titles.append(step.title) } }
    }

    /// Without snapshots, so that all is replayed.
    private func playWithoutSnapshots() async throws -> JournalSource {
        let source = try await played.playEvening()
        try FileManager.default.removeItem(atPath: "\(played.journal)/\(JournalFolder.snapshotsName)")
        return source
    }

    /// How many events each replay was of.
    private func replays(_ steps: [ProgressStep]) -> [Int64] {
        steps.filter { $0.title == "Replaying" && $0.done == $0.total }.map(\.total)
    }

    @Test func `an undo tells of every replay, before it is shown and when it is done`() async throws {
        let source = try await playWithoutSnapshots()
        var steps: [ProgressStep] = []
        let change = HistoryChange.undo(4)
        _ = try TableUndo(source).preview(change, actor: "dm") { steps.append($0) }
        // The document now, and those before and after the event.
        #expect(replays(steps) == [7, 4, 1])
        steps = []
        let table = try OfflineTable.open(
            TableConfiguration(
                folder: played.journal, fileSystem: PosixFileSystem(), clock: played.clock.clock, makeUUID: { "" })
        ) { steps.append($0) }
        defer { table.close() }
        #expect(replays(steps) == [7])
        steps = []
        let done = try await change.run(on: table, past: source, actor: "dm") { steps.append($0) }
        #expect(done.event == 7)
        #expect(replays(steps) == [4, 1])
    }

    @Test func `a recording tells what is replayed before its beginning`() async throws {
        let source = try await playWithoutSnapshots()
        var steps: [ProgressStep] = []
        let settings = Player.Settings(begin: 5, end: 6, speed: .max, isPaused: true, maxGap: 0)
        let recording = try Player.recording(of: source, at: settings) { steps.append($0) }
        #expect(recording.table.committed.offset == 5)
        #expect(steps.last == ProgressStep(title: "Replaying", done: 6, total: 6, unit: .events))
    }

    @Test func `a repair tells how far it is within a segment, too`() async throws {
        try await played.playEvening(journal: JournalOptions(frameByteCount: 1))
        var steps: [ProgressStep] = []
        let repair = try JournalRepair(
            path: played.journal, fileSystem: PosixFileSystem(), clock: played.clock.clock, makeUUID: { "" })
        _ = try repair.examine { steps.append($0) }
        let done = steps.filter { $0.title == "Looking for what is left" }.map(\.done)
        #expect(done.count > 5 && done == done.sorted())
    }

    @Test func `an archive's state tells what is replayed and taken over`() async throws {
        let table = try played.open()
        try await played.uploadMap("a.png", "\u{89}PNG a", on: table)
        table.close()
        let file = "\(played.folder.path)/table.zip"
        let made = try await ReplayTool.run("export", "--journal", played.journal, "--as", "archive", "--to", file)
        #expect(made.code == 0)
        let other = try PlayedTable()
        let target = try other.open()
        defer { target.close() }
        var steps: [ProgressStep] = []
        _ = try await ArchiveImport(file, fileSystem: PosixFileSystem()).run(
            into: target, folder: other.journal, actor: "dm"
        ) { steps.append($0) }
        #expect(titles(steps).suffix(2) == ["Replaying", "Taking over"])
        #expect(steps.last.map { $0.done == $0.total } == true)
    }
}
