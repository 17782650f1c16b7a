import HTTPTypes
import Hummingbird
import JSONDocument
import Journal
import Logging
import NIOPosix
import Table

/// What the routes work with.
package struct ServerParts: Sendable {
    /// The table that is served.
    package let table: Table
    /// The table's own folder on this machine.
    package let folder: String
    /// Limits.
    package let configuration: ServerConfiguration
    /// The lists that REST hands out.
    package let views: ReadyViews
    /// What is counted.
    package let metrics: ServerMetrics
    /// What the table tells of itself.
    package let watch: TableWatch
    /// How the scheduled backups are going; nil where there are none.
    package let backups: BackupWatch?
    /// Wakes those who wait for events.
    package let commits: CommitSignal
    /// The sounds folder that the table adopts from, if there is one.
    package let sounds: AdoptedSounds?
    /// The WebSocket clients as they stand now.
    package let sockets: @Sendable () async -> [ClientStatus]
    /// The event streams that are open now.
    package let streams: EventStreams
    /// When the server was started.
    package let started: ContinuousClock.Instant
    /// The journal's size then; nil if that couldn't be told.
    package let journalByteCountAtStart: Int64?
    /// What turns the knobs where a recording is played; nil on a table that is played on.
    package let playback: PlaybackDesk?
    /// Where everything is told.
    package let logger: Logger

    /// Reads a request's JSON body within the limit.
    func body(_ call: Call) async throws -> JSONValue {
        try await JSONBody.read(call, limit: configuration.maxBodyByteCount)
    }

    /// One of the lists, of the table as it is now.
    func list(_ view: ViewCache<ReadyJSON>) -> Response {
        view.view(of: table.committed.document).response()
    }

    /// Parses a command as REST sends it and carries it out.
    ///
    /// - Parameters:
    ///   - name: The command's name in sync-protocol.md.
    ///   - data: The request's body.
    ///   - parameters: What comes from the URL; it wins over the body.
    func change(
        _ name: String, _ call: Call, data: JSONValue = .null, parameters: [String: String] = [:]
    ) async throws -> Response {
        let command: Command
        do {
            command = try Command.parse(name: name, data: data, parameters: parameters)
        } catch {
            throw Refusal(error)
        }
        return answer(to: try await submit(command, call))
    }

    /// Carries out a command; what it did is on disk when this returns.
    func submit(_ command: Command, _ call: Call) async throws -> CommandOutcome {
        do {
            let outcome = try await table.submit(CommandRequest(command, actor: call.actor))
            if let offset = outcome.offset, !outcome.repeated { call.context.written.note(offset) }
            return outcome
        } catch {
            throw Refusal(error)
        }
    }

    /// The answer to a change: what the decision says, and the newest offset it is in.
    func answer(to outcome: CommandOutcome) -> Response {
        answer(outcome.answer, to: outcome)
    }

    /// The answer to a change with a body of its own.
    func answer(_ body: JSONValue, to outcome: CommandOutcome) -> Response {
        Answer.json(body, headers: [.spellOffset: String(outcome.offset ?? table.committed.offset)])
    }

    /// Decides a command against the present document without doing it, so that an upload that will be refused is
    /// refused before its blob is kept.
    func rehearse(_ command: Command) throws {
        let context = DecisionContext(now: table.committed.time, makeUUID: { "00000000-0000-4000-8000-000000000000" })
        do {
            _ = try Decider.decide(command, document: table.committed.document, context: context)
        } catch {
            throw Refusal(error)
        }
    }
}

/// Runs something that blocks (disk, compression) on a thread that may be blocked.
func onBlockingThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await NIOThreadPool.singleton.runIfActive(body)
}

extension ServerParts {
    /// Whether the server should be sent clients.
    var readiness: Readiness {
        Readiness(isStopping: commits.isClosed, writability: table.writability, refusal: watch.refusal())
    }

    /// What stands on the disk; nil if that can't be read.
    ///
    /// Whoever looks after a server asks how it is just then, so an answer that lacks something is better than none. The
    /// disk's own faults are told where it is needed.
    func ifReadable<Value>(_ body: () throws -> Value) -> Value? {
        do {
            return try body()
        } catch {
            logger.debug("The disk can't be looked at", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Everybody who follows the table: over sockets, and over event streams.
    func clients() async -> [ClientStatus] { await sockets() + streams.clients() }
}

extension Table {
    /// Whether changes are taken.
    var isWritable: Bool { writability == .writable }
}
