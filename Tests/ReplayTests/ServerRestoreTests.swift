import Testing

@testable import Replay

/// `restore --server`: what is asked of a server, and what is made of its answers.
@Suite struct ServerRestoreTests {
    private static let document = #"{"live":{"name":"Crypt","x":7},"maps":{}}"#
    private static let patch = #"[{"op":"replace","path":"/live/x","value":5}]"#

    /// A server whose newest event is 9.
    private func serve() throws -> StubServer {
        try StubServer { request in
            switch request.line {
            case "POST /restore" where request.body.contains(#""dryRun":true"#):
                return .init(body: #"{"offset":9,"patch":\#(request.body.contains(#""to":9"#) ? "[]" : Self.patch)}"#)
            case "POST /restore": return .init(headers: ["Spell-Offset": "10"], body: #"{"message":"restored"}"#)
            case let line where line.hasPrefix("GET /snapshot?at=2026"):
                return .init(headers: ["Spell-Offset": "4"], body: Self.document)
            case "GET /events?after=-1&limit=5000": return .init(body: Self.events(0...5))
            case "GET /events?after=5&limit=5000": return .init(body: Self.events(6...9))
            case "GET /journal": return .init(body: #"{"first":0,"offset":9}"#)
            case "GET /snapshot?at=9", "GET /snapshot":
                return .init(headers: ["Spell-Offset": "9"], body: Self.document)
            default: return .init(status: 404, body: #"{"detail":"There is no such event"}"#)
            }
        }
    }

    /// Lines of a journal: an evening up to event 4, another one from event 5 on.
    private static func events(_ offsets: ClosedRange<Int>) -> String {
        offsets.map { offset in
            let time = "2026-11-\(offset < 5 ? 13 : 20)T20:0\(offset):00.000Z"
            return #"{"offset":\#(offset),"time":"\#(time)","type":"viewer.blanked","data":{},"patch":[]}"# + "\n"
        }.joined()
    }

    private func restore(_ server: StubServer, _ arguments: String...) async throws -> ReplayTool.Result {
        try await ReplayTool.run(["restore", "--server", "http://127.0.0.1:\(server.port)"] + arguments)
    }

    @Test func `shows the change, does it once and names the event`() async throws {
        let server = try serve()
        defer { server.stop() }
        let result = try await restore(server, "--to", "2", "--yes")
        #expect(result.code == 0)
        #expect(result.output == "~ /live/x  7 → 5\n")
        #expect(result.errors == "restored to 2 by event 10\n")
        #expect(server.requests == ["POST /restore", "GET /snapshot?at=9", "POST /restore"])
    }

    @Test func `a dry run only looks`() async throws {
        let server = try serve()
        defer { server.stop() }
        let result = try await restore(server, "--to", "-3", "--dry-run")
        #expect(result.code == 0)
        #expect(result.output == "~ /live/x  7 → 5\n")
        #expect(server.requests == ["GET /journal", "POST /restore", "GET /snapshot?at=9"])
    }

    @Test func `an event too far from the end is 1, and nothing is asked for`() async throws {
        let server = try serve()
        defer { server.stop() }
        let result = try await restore(server, "--to", "-11", "--yes")
        #expect(result.code == 1)
        #expect(result.errors == "spell-replay: there is no event -11: this journal holds 0 to 9\n")
        #expect(server.requests == ["GET /journal"])
    }

    @Test(arguments: [("session:1", "4"), ("session:-1:start", "4"), ("session:2", "9")])
    func `sessions are found in the server's events`(moment: String, offset: String) async throws {
        let server = try serve()
        defer { server.stop() }
        let result = try await restore(server, "--to", moment, "--yes")
        #expect(offset == "9" ? result.code == 1 : result.errors == "restored to \(offset) by event 10\n")
        #expect(server.requests.prefix(3).dropFirst().allSatisfy { $0.hasPrefix("GET /events") })
        let none = try await restore(server, "--to", "session:3", "--yes")
        #expect(none.errors == "spell-replay: there is no session 3: this journal holds 2 sessions\n")
    }

    @Test func `times are turned into offsets by the server`() async throws {
        let server = try serve()
        defer { server.stop() }
        let result = try await restore(server, "--to", "2026-11-23 06:40", "--yes")
        #expect(result.errors == "restored to 4 by event 10\n")
        #expect(server.requests.first == "GET /snapshot?at=2026-11-23T06:40:00.000Z")
    }

    @Test func `nothing to change is 1, and nothing is asked for`() async throws {
        let server = try serve()
        defer { server.stop() }
        let result = try await restore(server, "--to", "now", "--yes")
        #expect(result.code == 1)
        #expect(server.requests == ["GET /snapshot", "POST /restore", "GET /snapshot?at=9"])
    }

    @Test func `fields that a server doesn't take are named, and are wrong usage`() async throws {
        let field = #"{"type":"value_error","loc":["body","paths",0],"msg":"A JSON Pointer is expected","input":7}"#
        let other = #"{"type":"missing","loc":["body"],"msg":"Field required","input":null}"#
        let refusing = try StubServer { _ in .init(status: 422, body: #"{"detail":[\#(field),\#(other)]}"#) }
        defer { refusing.stop() }
        let result = try await restore(refusing, "--to", "2", "--yes")
        #expect(result.code == 2)
        #expect(
            result.errors
                == "spell-replay: the server refused (422): paths.0: A JSON Pointer is expected; Field required\n")
    }

    @Test func `a refusal is told with the server's words`() async throws {
        let refusing = try StubServer { _ in .init(status: 404, body: #"{"detail":"There is no such event"}"#) }
        defer { refusing.stop() }
        let result = try await restore(refusing, "--to", "99", "--yes")
        #expect(result.code == 1)
        #expect(result.errors == "spell-replay: the server refused (404): There is no such event\n")
        let odd = try StubServer { _ in .init(body: "<html>") }
        defer { odd.stop() }
        #expect(try await restore(odd, "--to", "99", "--yes").code == 3)
    }
}
