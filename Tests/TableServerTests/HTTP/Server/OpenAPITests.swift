import Foundation
import JSONDocument
import Journal
import Logging
import Table
import Testing

@testable import TableServer

/// `/openapi.json` says what the server does, no more and no less.
@Suite struct OpenAPITests {
    private struct Request: Hashable, CustomStringConvertible {
        let method: String
        let path: String

        var description: String { "\(method) \(path)" }
    }

    private static func document() throws -> JSONValue {
        let file = try #require(try ConsoleFiles().files["openapi.json"])
        return try JSONValue.parse(file.bytes)
    }

    /// Everything that it describes.
    private static func operations(of document: JSONValue) throws -> [Request: JSONValue] {
        var operations: [Request: JSONValue] = [:]
        for (path, item) in try #require(document["paths"]?.members) {
            for (method, operation) in item.members ?? [] {
                operations[Request(method: method.uppercased(), path: path)] = operation
            }
        }
        return operations
    }

    /// The routes of a server, as OpenAPI writes their patterns: it doesn't know parameters that may hold slashes.
    private static func routes(of server: RunningServer, playback: PlaybackDesk? = nil) throws -> Set<Request> {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let parts = ServerParts(
            table: server.table, folder: server.folder, configuration: .forTests, views: ReadyViews(of: server.table),
            metrics: ServerMetrics(), watch: TableWatch(), backups: nil, commits: CommitSignal(), sounds: nil,
            sockets: { [] },
            streams: EventStreams(), started: .now, journalByteCountAtStart: nil, playback: playback, logger: logger)
        return Set(
            TableResponder.routes(parts).all.map {
                Request(method: $0.method, path: $0.pattern.replacing("...}", with: "}"))
            })
    }

    @Test func `every route is described, and nothing else`() async throws {
        let described = Set(try Self.operations(of: Self.document()).keys)
        try await RunningServer.run { server in
            let desk = PlaybackDesk(state: { .null }, change: { $0 })
            let routes = try Self.routes(of: server).union(Self.routes(of: server, playback: desk))
            #expect(routes.subtracting(described) == [], "not in openapi.json")
            #expect(described.subtracting(routes) == [], "no such route")
        }
    }

    @Test func `each description has what the page shows of it, under a name of its own`() throws {
        let document = try Self.document()
        let operations = try Self.operations(of: document)
        let tags = Set((document["tags"]?.elements ?? []).compactMap { $0["name"]?.stringValue })
        var names: Set<String> = []
        for (request, operation) in operations {
            let name = try #require(operation["operationId"]?.stringValue, "\(request)")
            #expect(names.insert(name).inserted, "\(request): \(name) stands twice")
            #expect(operation["summary"]?.stringValue?.isEmpty == false, "\(request)")
            #expect(operation["responses"]?.isObject == true, "\(request)")
            let tag = try #require(operation["tags"]?[0]?.stringValue, "\(request)")
            #expect(tags.contains(tag), "\(request)")
            let parameters = operation["parameters"]?.elements ?? []
            let inPath = parameters.filter { $0["in"] == "path" }.compactMap { $0["name"]?.stringValue }
            #expect(inPath == request.path.matches(of: /{(\w+)}/).map { String($0.output.1) }, "\(request)")
        }
    }

    @Test func `it is of this version, and comes as JSON under the same policy as the console`() async throws {
        #expect(try Self.document()["info"]?["version"]?.stringValue == ServerVersion.text)
        try await TestServer.run { server in
            let answer = try await server.send("GET", "/openapi.json")
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/json")
            #expect(try answer.json == Self.document())
            let page = try await server.send("GET", "/docs")
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            let policy = try await server.send("GET", "/console").headers["content-security-policy"]
            #expect(page.headers["content-security-policy"] == policy)
            #expect(policy?.hasPrefix("default-src 'none'") == true)
            #expect(try await server.send("GET", "/docs/").status == 307)
            #expect(try await server.send("HEAD", "/openapi.json").body.isEmpty)
        }
    }

    @Test func `the client library has the same version`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../..")
        let package = try Data(contentsOf: root.appending(path: "Tools/client/package.json"))
        #expect(try JSONValue.parse(Array(package))["version"]?.stringValue == ServerVersion.text)
    }
}
