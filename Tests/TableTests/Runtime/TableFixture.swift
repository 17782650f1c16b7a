import Dispatch
import JSONDocument
import Journal
import Synchronization
import TestSupport

@testable import Table

/// A table over a disk in memory, with a clock that stands still and names that can be foretold.
final class TableFixture: Sendable {
    /// Where the table is on the simulated disk.
    static let folder = "/journal/default"
    static let journalID = "00000000-0000-4000-8000-000000000000"

    let clock = ManualClock()
    private let counter = Mutex(0)
    private let heard = Mutex<[TableNotice]>([])
    private let snapshotWritten = DispatchSemaphore(value: 0)

    /// What the table's observer was told so far.
    var notices: [TableNotice] { self.heard.withLock { $0 } }

    func configuration(_ fileSystem: any FileSystem, _ options: TableOptions = TableOptions()) -> TableConfiguration {
        TableConfiguration(
            folder: Self.folder, fileSystem: fileSystem, clock: self.clock.clock, makeUUID: { self.nextUUID() },
            options: options, observer: { notice in self.hear(notice) })
    }

    private func hear(_ notice: TableNotice) {
        self.heard.withLock { $0.append(notice) }
        if case .snapshotWritten = notice { self.snapshotWritten.signal() }
    }

    /// Waits until one more snapshot is on disk.
    func waitForSnapshot() { self.snapshotWritten.wait() }

    func open(_ fileSystem: any FileSystem, _ options: TableOptions = TableOptions()) throws -> Table {
        try Table.open(self.configuration(fileSystem, options))
    }

    /// The next of a row that can be foretold: `00000000-0000-4000-8000-000000000000`, then …1.
    private func nextUUID() -> String {
        let number = self.counter.withLock { counter in
            defer { counter += 1 }
            return String(counter)
        }
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - number.count) + number
    }
}

extension CommandRequest {
    /// A command that makes one event: a new scene folder.
    static func folder(
        _ path: String, by actor: String = "dm", id: String? = nil, digest: String? = nil, ifOffset: Int64? = nil
    ) -> CommandRequest {
        CommandRequest(
            .sceneFolderCreate(path: path), actor: actor, id: id, contentDigest: digest, ifOffset: ifOffset)
    }

    /// A command that is always refused: there is no such scene.
    static let missingScene = CommandRequest(.sceneDelete(id: "nowhere"), actor: "dm")

    static func blank(_ isBlank: Bool, by actor: String = "dm", relay: String? = nil) -> CommandRequest {
        var request = CommandRequest(.viewerBlank(isBlank), actor: actor)
        if let relay { request.relayWhenUnchanged = { Array(relay.utf8) } }
        return request
    }

    static func undo(
        _ offset: Int64? = nil, by actor: String = "dm", scope: UndoRequest.Scope = .actor
    ) -> CommandRequest {
        CommandRequest(.undoRequest(UndoRequest(offset: offset, scope: scope)), actor: actor)
    }

    static func redo(
        _ offset: Int64? = nil, by actor: String = "dm", scope: UndoRequest.Scope = .actor
    ) -> CommandRequest {
        CommandRequest(.redoRequest(UndoRequest(offset: offset, scope: scope)), actor: actor)
    }

    static func restore(to offset: Int64, _ paths: [JSONPointer] = []) -> CommandRequest {
        CommandRequest(.restoreRequest(RestoreRequest(to: .offset(offset), paths: paths)), actor: "dm")
    }
}

extension Table {
    /// The scene folders that are on disk now.
    var sceneFolders: [String] { (self.committed.document["sceneFolders"]?.members ?? []).map(\.key) }

    /// Lets everything given gather while the writer is held, so that it becomes one batch.
    ///
    /// - Parameter gather: Queues what is to be one batch.
    func inOneBatch(_ gather: () -> Void) {
        let isHeld = DispatchSemaphore(value: 0)
        let goOn = DispatchSemaphore(value: 0)
        // A command that changes nothing: its completion runs on the writer's thread.
        self.submit(.missingScene) { _ in
            isHeld.signal()
            goOn.wait()
        }
        isHeld.wait()
        gather()
        goOn.signal()
    }

    /// Queues commands as one batch and waits for all answers.
    func submitAsOneBatch(_ requests: [CommandRequest]) -> [Result<CommandOutcome, CommandError>] {
        let answers = requests.map { _ in WaitingAnswer() }
        self.inOneBatch {
            for (request, answer) in zip(requests, answers) { self.submit(request) { answer.set($0) } }
        }
        return answers.map { $0.wait() }
    }
}

extension Result<CommandOutcome, CommandError> {
    var code: CommandError.Code? {
        if case .failure(let error) = self { error.code } else { nil }
    }

    var offset: Int64? {
        if case .success(let outcome) = self { outcome.offset } else { nil }
    }
}

/// Keeps the batches that a table hands out.
final class BatchLog: Sendable {
    private let kept = Mutex<[CommittedBatch]>([])

    var batches: [CommittedBatch] { self.kept.withLock { $0 } }

    var items: [BatchItem] { self.batches.flatMap(\.items) }

    var events: [CommittedEvent] {
        self.items.compactMap { item in
            if case .event(let event) = item { event } else { nil }
        }
    }

    func attach(to table: Table) -> CommittedState {
        table.onCommit { batch in self.kept.withLock { $0.append(batch) } }
    }
}
