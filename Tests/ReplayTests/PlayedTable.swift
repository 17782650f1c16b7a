import JSONDocument
import Journal
import Synchronization
import Table
import TestSupport
import Testing

@testable import Replay

/// A real table in a temporary folder, with a clock that a test moves.
///
/// Held by the suite's instance, which lives as long as its test: the folder goes with it.
struct PlayedTable {
    let folder: TemporaryFolder
    let clock = ManualClock()
    /// The table's folder.
    let journal: String

    init() throws {
        folder = try TemporaryFolder()
        journal = "\(folder.path)/journal/default"
    }

    /// Opens the table for writing.
    ///
    /// - Parameter folder: Another table's folder, if not this one's.
    func open(
        _ folder: String? = nil, snapshotEveryEvents: Int = 20_000, journal options: JournalOptions = JournalOptions()
    ) throws -> Table {
        let counter = Counter()
        return try Table.open(
            TableConfiguration(
                folder: folder ?? journal, fileSystem: PosixFileSystem(), clock: clock.clock,
                makeUUID: { counter.uuid() },
                options: TableOptions(journal: options, snapshotEveryEvents: snapshotEveryEvents)))
    }

    /// Opens the journal for reading.
    func source() throws -> JournalSource {
        try JournalSource(path: journal, fileSystem: PosixFileSystem())
    }

    /// A short evening: one event a minute, in a closed table.
    ///
    /// 0 scene saved, 1 scene put on the table, 2 and 3 token moved, 4 viewer blanked by somebody else, 5 scene folder
    /// made, 6 scene deleted.
    @discardableResult
    func playEvening(journal options: JournalOptions = JournalOptions()) async throws -> JournalSource {
        let table = try open(journal: options)
        let scene = try await saveScene(on: table)
        try await act(on: table, "live.change", #"{"scene":\#(Self.live(x: 4))}"#)
        try await act(on: table, "live.change", #"{"patch":[\#(Self.moved(x: 5))]}"#)
        try await act(on: table, "live.change", #"{"patch":[\#(Self.moved(x: 7))]}"#)
        try await act(on: table, "viewer.blank", "{}", actor: "anna@10.0.0.7")
        try await act(on: table, "scene-folder.create", #"{"path":"Act 1"}"#)
        try await act(on: table, "scene.delete", #"{"id":"\#(scene)"}"#)
        table.close()
        return try source()
    }

    static func moved(x: Int) -> String {
        #"{"op":"replace","path":"/live/maps/0/data/position/x","value":\#(x)}"#
    }

    static func live(x: Int) -> String {
        #"{"id":"s1","name":"Crypt","maps":[{"name":"Goblin 3","data":{"position":{"x":\#(x),"y":5},"scale":1.0}}]}"#
    }

    /// Saves a scene and answers its id.
    func saveScene(on table: Table, name: String = "Crypt") async throws -> String {
        let outcome = try await act(on: table, "scene.save", #"{"id":"x","name":"\#(name)"}"#)
        return try #require(outcome.answer["id"]?.stringValue)
    }

    /// Puts a map on the table, two minutes after the event before, and answers its blob.
    @discardableResult
    func uploadMap(_ name: String, _ content: String, on table: Table) async throws -> String {
        let upload = try table.blobs.makeUpload()
        try upload.append(Array(content.utf8))
        let (sha256, size) = try upload.finish()
        let blob = BlobReference(sha256: sha256, size: size, mediaType: "image/png")
        clock.advance(milliseconds: 60_000)
        _ = try await table.submit(
            CommandRequest(.mapUpload(folder: nil, name: name, blob: blob), actor: "dm@10.0.0.1"))
        clock.advance(milliseconds: 60_000)
        return sha256
    }

    /// Does a command, a minute after the one before.
    @discardableResult
    func act(
        on table: Table, _ name: String, _ data: String, actor: String = "dm@10.0.0.1"
    ) async throws -> CommandOutcome {
        let command = try Command.parse(name: name, data: JSONValue.parse(text: data))
        let outcome = try await table.submit(CommandRequest(command, actor: actor))
        clock.advance(milliseconds: 60_000)
        return outcome
    }
}

/// Numbers for ids.
private final class Counter: Sendable {
    private let next = Atomic(Int.random(in: 0..<1 << 40))

    func uuid() -> String {
        let digits = String(next.add(1, ordering: .relaxed).newValue, radix: 16)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
}
