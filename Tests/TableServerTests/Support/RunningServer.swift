import Foundation
import JSONDocument
import Journal
import Logging
import Table
import Testing

@testable import TableServer

/// A real server on a free port of the loopback, with a table in a folder of its own.
final class RunningServer: Sendable {
    let port: Int
    let table: Table
    let folder: String
    /// The codes with which the server closes clients, as it does so.
    let closures: Mailbox<String>
    private let server: TableServer
    private let running: Task<Void, any Error>

    private init(
        port: Int, table: Table, folder: String, closures: Mailbox<String>, server: TableServer,
        running: Task<Void, any Error>
    ) {
        self.port = port
        self.table = table
        self.folder = folder
        self.closures = closures
        self.server = server
        self.running = running
    }

    /// Starts a server for as long as `body` takes; stops it, closes the table and removes its folder afterwards.
    static func run(
        configure: (inout ServerConfiguration) -> Void = { _ in }, _ body: (RunningServer) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("table-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var configuration = ServerConfiguration.forTests
        configure(&configuration)
        try await ServerSlots.shared.withSlot {
            let server = try await start(folder: folder, configuration: configuration)
            do {
                try await body(server)
            } catch {
                try await server.stop()
                throw error
            }
            try await server.stop()
        }
    }

    private static func start(folder: String, configuration: ServerConfiguration) async throws -> RunningServer {
        let table = try Table.open(
            TableConfiguration(
                folder: folder, fileSystem: PosixFileSystem(), clock: systemClock,
                makeUUID: { UUID().uuidString.lowercased() }))
        let closures = Mailbox<String>()
        let logger = Logger(label: "test") { _ in ClosureLog(codes: closures) }
        let ports = Mailbox<Int>()
        let server = TableServer(
            table: table, folder: folder, sounds: nil, configuration: configuration, logger: logger,
            onRunning: { ports.put($0) })
        let running = Task { try await server.run() }
        let port = try await ports.next(within: .seconds(30), "the port")
        return RunningServer(
            port: port, table: table, folder: folder, closures: closures, server: server, running: running)
    }

    /// Asks the server to stop, as a signal would, without waiting.
    func beginStop() async { await server.stop() }

    /// Waits until the server has stopped.
    func stopped() async throws { try await running.value }

    /// Stops; a second time it does nothing.
    func stop() async throws {
        await server.stop()
        try await running.value
        table.close()
    }

    /// The table's document now.
    var document: JSONValue { table.committed.document }

    private static let systemClock: JournalClock = {
        JournalTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }
}

extension RunningServer {
    /// The body of an answer.
    func get(_ path: String) async throws -> String {
        try await TestServer(port: port, table: table, folder: folder).send("GET", path).text
    }

    /// Waits until the committed document fulfils a condition.
    func wait(until isReached: @escaping @Sendable (JSONValue) -> Bool) async throws {
        let reached = Mailbox<Void>()
        let state = table.onCommit { batch in
            if isReached(batch.state.document) { reached.put(()) }
        }
        if isReached(state.document) { return }
        try await reached.next(within: .seconds(60), "the document as expected")
    }

    /// Waits until this is the live scene.
    func wait(forLive scene: JSONValue) async throws { try await wait { $0["live"] == scene } }

    /// Waits until the live scene is that of a step.
    func waitForStep(_ step: Int) async throws { try await wait { $0["live"]?["step"]?.intValue == step } }
}
