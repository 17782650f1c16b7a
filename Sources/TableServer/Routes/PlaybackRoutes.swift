import HTTPTypes
import Hummingbird
import JSONDocument
import Table

/// The knobs of a player, as values of JSON; what they mean is the player's business.
package struct PlaybackDesk: Sendable {
    /// How the player stands.
    package let state: @Sendable () async -> JSONValue
    /// Turns the knobs that a request names and answers how the player stands then.
    ///
    /// Throws a `CommandError` for what makes no sense.
    package let change: @Sendable (JSONValue) async throws -> JSONValue

    package init(
        state: @escaping @Sendable () async -> JSONValue,
        change: @escaping @Sendable (JSONValue) async throws -> JSONValue
    ) {
        self.state = state
        self.change = change
    }
}

/// `/play`, which is there on a server that plays a recording (sync-protocol.md, "Watching a recording").
struct PlaybackRoutes: Sendable {
    let desk: PlaybackDesk
    let parts: ServerParts

    private static let path = "play"

    func add(to table: inout RouteTable<Handler>) {
        let (desk, parts) = (desk, parts)
        table.add("GET", "/\(Self.path)") { _ in Answer.json(await desk.state(), headers: [.cacheControl: "no-cache"]) }
        table.add("POST", "/\(Self.path)") { call in Answer.json(try await desk.change(try await parts.body(call))) }
    }

    /// Refuses whatever would change the table, before anything of its body is kept.
    static func refuseChange(_ method: HTTPRequest.Method, _ path: RequestPath) throws {
        guard ![.get, .head, .options].contains(method), path.components != [Self.path] else { return }
        throw Refusal(.forbidden, CommandError.recording.message)
    }
}
