import Foundation
import Journal
import Testing

@testable import TableServer

/// The console's files over HTTP.
@Suite struct ConsoleRouteTests {
    @Test func `the page comes with a policy that lets nothing in from outside`() async throws {
        try await TestServer.run { server in
            let page = try await server.send("GET", "/console")
            #expect(page.status == 200)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            let policy = try #require(page.headers["content-security-policy"])
            #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'"))
            #expect(!policy.contains("unsafe"))
            #expect(page.headers["referrer-policy"] == "no-referrer")
            #expect(page.headers["x-content-type-options"] == "nosniff")
            #expect(page.headers["cache-control"] == "no-cache")
        }
    }

    @Test func `whatever the page and its modules name is there, and under this server`() async throws {
        try await TestServer.run { server in
            var waiting = ["console", "docs"]
            var seen: Set<String> = []
            while let path = waiting.popLast() {
                guard seen.insert(path).inserted else { continue }
                let file = try await server.send("GET", "/\(path)")
                #expect(file.status == 200, "\(path)")
                waiting += Self.references(in: file.text).map { Self.resolved($0, from: path) }
            }
            #expect(seen.contains("console/client/spelltable.js"))
            #expect(seen.contains("console/style.css"))
            #expect(seen.contains("console/docs.js"))
            #expect(seen.contains("openapi.json"))
        }
    }

    @Test func `a file that the browser has isn't sent again`() async throws {
        try await TestServer.run { server in
            let first = try await server.send("GET", "/console/style.css")
            #expect(first.headers["content-type"] == "text/css; charset=utf-8")
            let tag = try #require(first.headers["etag"])
            let again = try await server.send("GET", "/console/style.css", headers: ["if-none-match": tag])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
            let head = try await server.send("HEAD", "/console/style.css")
            #expect(head.status == 200)
            #expect(head.headers["content-length"] == "\(first.body.count)")
            #expect(head.body.isEmpty)
        }
    }

    @Test(arguments: [
        "/console/..%2f..%2fetc%2fhostname", "/console/../index.html", "/console//etc/hostname", "/console/nothing.js",
        "/console/client", "/console/client/package.json", "/console/client/ClientLibrary.swift",
    ])
    func `no path leads anywhere else`(path: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.send("GET", path)
            #expect(answer.status == 404)
        }
    }

    @Test func `a slash too many leads to the page`() async throws {
        try await TestServer.run { server in
            let answer = try await server.send("GET", "/console/")
            #expect(answer.status == 307)
            #expect(answer.headers["location"] == "../console")
        }
    }

    @Test func `where the files are missing, there is no console and no crash`() throws {
        #expect(try ConsoleFiles(besideProgramIn: "/nonexistent").files.isEmpty)
    }

    /// What `src="…"`, `href="…"` and `from "…"` name, without what is in the text itself (`data:`, `#`).
    private static func references(in text: String) -> [String] {
        ["src=\"", "href=\"", "from \""].flatMap { start in
            text.components(separatedBy: start).dropFirst().map { $0.prefix { $0 != "\"" && $0 != "\n" }.description }
        }.filter { !$0.hasPrefix("data:") && !$0.hasPrefix("#") && $0.contains(".") }
    }

    private static func resolved(_ reference: String, from path: String) -> String {
        URL(string: reference, relativeTo: URL(string: "http://x/\(path)"))?.absoluteURL.path.dropFirst().description
            ?? ""
    }
}
