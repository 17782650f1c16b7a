import HTTPTypes
import Hummingbird
import JSONDocument
import Table

/// The root, the probes, and `/ws` for those who come without an upgrade.
struct BasicRoutes: Sendable {
    let parts: ServerParts

    func add(to table: inout RouteTable<Handler>) {
        table.add("GET", "/") { _ in Answer.message("Welcome to SpellTable API") }
        table.add("GET", "/health") { _ in Answer.json(["status": "ok"]) }
        table.add("GET", "/ready", ready)
        table.add("GET", "/ws", webSocket)
    }

    /// Recovered and writable; a load balancer or a script waits for this.
    private func ready(_ call: Call) -> Response {
        let readiness = parts.readiness
        var members: [(key: String, value: JSONValue)] = [
            (key: "status", value: .string(readiness.status)),
            (key: "offset", value: .number(Int(parts.table.committed.offset))),
        ]
        if let reason = readiness.reason { members.append((key: "reason", value: .string(reason))) }
        return Answer.json(.object(members), status: readiness == .ready ? .ok : .serviceUnavailable)
    }

    /// What reaches the routes on this path didn't become a WebSocket: it never asked to, or it was not the first
    /// request of its connection, which is the only one that can (swift-nio issue 680).
    private func webSocket(_ call: Call) throws -> Response {
        guard call.request.headers[.secWebSocketKey] != nil else { throw Refusal.notFound }
        throw Refusal(
            .upgradeRequired, "A WebSocket needs a connection of its own: only its first request can upgrade",
            headers: [.connection: "close", .upgrade: "websocket"])
    }
}
