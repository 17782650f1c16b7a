import Foundation
import JSONDocument
import Sync
import Table
import Testing

@testable import TableServer

/// The routes over a real connection: what the wire contract's own scenarios don't say.
@Suite struct RouteTests {
    @Test func `every answer to a change names the newest offset`() async throws {
        try await TestServer.run { server in
            let saved = try await server.send("POST", "/scenes/save", json: #"{"id":"x","name":"Cave"}"#)
            #expect(saved.status == 200)
            #expect(saved.headers["spell-offset"] == "0")
            let id = try #require(try saved.json["id"]?.stringValue)
            let deleted = try await server.send("DELETE", "/scenes/\(id)")
            #expect(deleted.headers["spell-offset"] == "1")
            #expect(server.table.committed.offset == 1)
        }
    }

    @Test func `an upload is served back with a tag, in parts, and as what its extension says`() async throws {
        try await TestServer.run { server in
            let upload = try await server.send(
                form: "/maps/upload", [("folder", nil, Array("Act 1".utf8)), ("file", "a b.png", tinyImage)])
            #expect(upload.text == #"{"filename":"a b.png","folder":"Act 1"}"#)
            let whole = try await server.send("GET", "/maps/file/Act%201/a%20b.png")
            #expect(whole.body == tinyImage)
            #expect(whole.headers["content-type"] == "image/png")
            #expect(whole.headers["accept-ranges"] == "bytes")
            #expect(whole.headers["x-content-type-options"] == "nosniff")
            let tag = try #require(whole.headers["etag"])
            let part = try await server.send(
                "GET", "/maps/file/a%20b.png", headers: ["range": "bytes=8-11", "if-range": tag])
            #expect(part.status == 206)
            #expect(part.body == [0, 1, 2, 3])
            #expect(part.headers["content-range"] == "bytes 8-11/100")
            let other = try await server.send(
                "GET", "/maps/file/a%20b.png", headers: ["range": "bytes=8-11", "if-range": "\"other\""])
            #expect(other.status == 200)
            let several = try await server.send("GET", "/maps/file/a%20b.png", headers: ["range": "bytes=0-1,4-5"])
            #expect(several.status == 200)
            #expect(several.body == tinyImage)
            let beyond = try await server.send("GET", "/maps/file/a%20b.png", headers: ["range": "bytes=100-"])
            #expect(beyond.status == 416)
            #expect(beyond.headers["content-range"] == "bytes */100")
            let malformed = try await server.send("GET", "/maps/file/a%20b.png", headers: ["range": "bytes=x"])
            #expect(malformed.status == 400)
        }
    }

    @Test func `a file that is missing on disk, or can't be read, is said to be so`() async throws {
        try await TestServer.run { server in
            try await server.send(form: "/maps/upload", [("file", "a.png", tinyImage)])
            let hash = try #require(server.table.committed.document["maps"]?["a.png"]?["blob"]?.stringValue)
            let path = server.table.blobs.path(hash)
            try FileManager.default.removeItem(atPath: path)
            let missing = try await server.send("GET", "/maps/file/a.png")
            #expect(missing.status == 500)
            #expect(try missing.json["detail"] == "The file's content is missing on the server's disk")
            #expect(try await server.send("GET", "/blobs/\(hash)").status == 404)
            // A link to itself: a file of which nobody can say what it is.
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
            for route in ["/maps/file/a.png", "/blobs/\(hash)"] {
                let unreadable = try await server.send("GET", route)
                #expect(unreadable.status == 500)
                #expect(try unreadable.json["detail"] == "The file's content can't be read from the server's disk")
            }
        }
    }

    @Test(arguments: [
        ("GET", "/health/", "/health"), ("GET", "/scenes/list/?x=1%20", "/scenes/list?x=1%20"),
        ("POST", "/scenes/save//", "/scenes/save"), ("GET", "/maps/list%2F", "/maps/list"),
        ("PUT", "/scenes/a%20b/", "/scenes/a%20b"), ("GET", "/maps/file", "/maps/file/"),
    ])
    func `a slash too many or too few is redirected with its query`(
        method: String, path: String, location: String
    ) async throws {
        try await TestServer.run { server in
            let answer = try await server.send(method, path, headers: ["origin": "http://localhost:3000"])
            #expect(answer.status == 307)
            #expect(answer.headers["location"] == "http://127.0.0.1\(location)")
            #expect(answer.headers["access-control-allow-origin"] == "*")
            #expect(answer.body.isEmpty)
        }
    }

    @Test(arguments: [
        "/", "//", "/nowhere/", "/scenes/", "/scenes", "//evil.example/", "/health/x/", "/scenes/load/",
        "/scenes/save/",
    ])
    func `a path that fits no route either way is not redirected`(path: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.send("GET", path)
            #expect(answer.headers["location"] == nil)
            #expect(answer.status == (path == "/" ? 200 : 404))
        }
    }

    @Test func `an SVG may not run scripts in this origin`() async throws {
        try await TestServer.run { server in
            try await server.send(form: "/maps/upload", [("file", "a.svg", Array("<svg/>".utf8))])
            let svg = try await server.send("GET", "/maps/file/a.svg")
            let policy = try #require(svg.headers["content-security-policy"])
            #expect(policy.hasPrefix("sandbox; default-src 'none';"))
            #expect(!policy.contains("allow-"))
            #expect(!policy.contains("script"))
        }
    }

    @Test func `an upload that is a page by its content is refused, and nothing is stored`() async throws {
        try await TestServer.run { server in
            for path in ["/maps/upload", "/audio/upload"] {
                let name = path == "/maps/upload" ? "a.png" : "a.mp3"
                let answer = try await server.send(
                    form: path, [("category", nil, Array("loop".utf8)), ("file", name, Array("<html>".utf8))])
                #expect(answer.status == 415)
                #expect(answer.detail?.contains("web page") == true)
            }
            #expect(server.table.committed.offset == -1)
            #expect(!FileManager.default.fileExists(atPath: server.tableFolder + "/blobs/sha256"))
        }
    }

    @Test func `a client over the limit gets 429 with Retry-After, and its change isn't made`() async throws {
        try await TestServer.run({ $0.changeLimits = RateLimit.Limits(perSecond: 1, burst: 2) }) { server in
            // On one connection at once, so that hardly any time passes between them.
            let requests = (0..<40).map { number in
                let body = "{\"folder_name\":\"f\(number)\"}"
                return "POST /scenes/folder HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 192.0.2.1\r\n"
                    + "content-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n"
                    + (number == 39 ? "connection: close\r\n" : "") + "\r\n\(body)"
            }
            let bytes = try await server.exchange(Array(requests.joined().utf8))
            let answers = String(decoding: bytes, as: UTF8.self).components(separatedBy: "HTTP/1.1 ").dropFirst()
            let refused = answers.filter { $0.hasPrefix("429 ") }
            #expect(answers.count == 40)
            #expect(answers.prefix(2).allSatisfy { $0.hasPrefix("200 ") })
            #expect(!refused.isEmpty)
            #expect(
                refused.allSatisfy {
                    $0.lowercased().contains("retry-after: 1") && $0.contains(#"{"detail":"Too many changes"#)
                })
            #expect(
                server.table.committed.document["sceneFolders"]?.members?.count == answers.count - refused.count)
            #expect(try await server.send("GET", "/health", headers: ["x-forwarded-for": "192.0.2.1"]).status == 200)
        }
    }

    @Test func `a form that breaks off leaves nothing behind`() async throws {
        try await TestServer.run { server in
            let form = TestServer.form([("folder", nil, []), ("file", "a.png", tinyImage)])
            let type = ["content-type": "multipart/form-data; boundary=b0"]
            for length in [10, 60, 150, form.count - 8] {
                let answer = try await server.send(
                    "POST", "/maps/upload", headers: type, body: Array(form.prefix(length)))
                #expect(answer.status == 400, "cut to \(length)")
                #expect(answer.detail != nil)
            }
            #expect(server.table.committed.offset == -1)
            #expect(try leftovers(server) == [])
        }
    }

    @Test func `a client that goes away in the middle of an upload leaves nothing behind`() async throws {
        try await TestServer.run { server in
            let form = TestServer.form([("file", "a.png", tinyImage)])
            let head = "POST /maps/upload HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=b0\r\n"
            let bytes = Array("\(head)content-length: \(form.count)\r\n\r\n".utf8) + form.prefix(120)
            let answer = try await server.exchange(bytes, closesEarly: true)
            #expect(try answer.isEmpty || TestServer.parse(answer).status == 400)
            #expect(server.table.committed.offset == -1)
            #expect(try leftovers(server) == [])
        }
    }

    @Test func `an upload that the table refuses keeps no blob`() async throws {
        try await TestServer.run { server in
            let unknown = try await server.send(form: "/scenes/none/image", [("file", "a.png", tinyImage)])
            #expect(unknown.status == 404)
            #expect(unknown.detail == "Scene not found")
            let noImage = try await server.send(form: "/maps/upload", [("file", "a.txt", tinyImage)])
            #expect(noImage.status == 415)
            #expect(try leftovers(server) == [])
        }
    }

    @Test func `a file over the limit is refused, whether its length is announced or not`() async throws {
        try await TestServer.run {
            $0.maxUploadByteCount = 50
        } _: { server in
            let answer = try await server.send(form: "/maps/upload", [("file", "a.png", tinyImage)])
            #expect(answer.status == 413)
            #expect(try leftovers(server) == [])
        }
    }

    @Test func `a body over the limit is refused`() async throws {
        try await TestServer.run {
            $0.maxBodyByteCount = 100
        } _: { server in
            let name = String(repeating: "x", count: 200)
            let answer = try await server.send("POST", "/scenes/save", json: #"{"id":"x","name":"\#(name)"}"#)
            #expect(answer.status == 413)
            let chunk = "c8\r\n\(name)\r\n0\r\n\r\n"
            let chunked = try await server.exchange(
                Array(
                    "POST /scenes/save HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n\(chunk)"
                        .utf8))
            #expect(try TestServer.parse(chunked).status == 413)
            #expect(server.table.committed.offset == -1)
        }
    }

    @Test(arguments: ["/maps/file/", "/scenes/image/", "/audio/file/loop/", "/scenes/load/", "/maps/data/"])
    func `no path leads out of the table`(prefix: String) async throws {
        try await TestServer.run { server in
            let hostile = [
                "..", "%2e%2e", "%2e%2e%2f%2e%2e%2fjournal.json", "../../etc/passwd", "%2Fetc%2Fpasswd", "//etc/passwd",
                "a%00b", "%00", "..%5c..%5cx", "%FF%FE", String(repeating: "x", count: 5000), "",
                "a/" + String(repeating: "../", count: 50),
            ]
            for path in hostile {
                let answer = try await server.send("GET", prefix + path)
                #expect([400, 404].contains(answer.status), "\(prefix)\(path.prefix(40)): \(answer.status)")
                #expect(answer.detail != nil)
            }
        }
    }

    @Test(arguments: [
        ("DELETE", "/scenes/folder/"), ("DELETE", "/maps/folder/"), ("DELETE", "/scenes/"), ("DELETE", "/maps/file/"),
        ("DELETE", "/audio/file/loop/"),
    ])
    func `nothing is deleted by a path that breaks the rules`(method: String, prefix: String) async throws {
        try await TestServer.run { server in
            try await server.send("POST", "/scenes/folder", json: #"{"folder_name":"a"}"#)
            try await server.send("POST", "/maps/folder", json: #"{"folder_name":"a"}"#)
            let before = server.table.committed.offset
            for path in ["", ".", "..", "%2e%2e%2fa", "/", "%2F", "a%00", "a/..", String(repeating: "y", count: 3000)] {
                let answer = try await server.send(method, prefix + path)
                #expect([400, 404, 405].contains(answer.status), "\(prefix)\(path.prefix(40)): \(answer.status)")
            }
            #expect(server.table.committed.offset == before)
        }
    }

    @Test(arguments: [
        (#"{"folder_name":"../x"}"#, 400), (#"{"folder_name":"a\u0000b"}"#, 400), (#"{"folder_name":"/etc"}"#, 400),
        (#"{"folder_name":"a\\b"}"#, 400), (#"{"folder_name":"a//b"}"#, 400),
        ("{\"folder_name\":\"\(String(repeating: "x", count: 300))\"}", 400), (#"{"folder_name":7}"#, 422), ("{", 422),
        ("", 422), ("null", 422), ("[]", 422), (#"{"folder_name":"a","folder_name":"b"}"#, 422),
        (#"{"folder_name":"\ud800"}"#, 422), (String(repeating: "[", count: 600), 400),
    ])
    func `a bad body changes nothing`(body: String, status: Int) async throws {
        try await TestServer.run { server in
            let answer = try await server.send("POST", "/scenes/folder", json: body)
            #expect(answer.status == status, "\(answer.text)")
            #expect(try answer.json["detail"] != nil)
            #expect(server.table.committed.offset == -1)
        }
    }

    @Test func `a body that is not UTF-8 is refused`() async throws {
        try await TestServer.run { server in
            let answer = try await server.send(
                "POST", "/scenes/folder", headers: ["content-type": "application/json"],
                body: Array(#"{"folder_name":""#.utf8) + [0xFF] + Array(#""}"#.utf8))
            #expect(answer.status == 400)
            #expect(answer.detail == "There was an error parsing the body")
        }
    }

    @Test(arguments: [
        ("application/json; charset=utf-8", 200), ("application/merge-patch+json", 200), ("text/plain", 422),
        ("application/x-www-form-urlencoded", 422),
    ])
    func `only JSON is read as JSON`(type: String, status: Int) async throws {
        try await TestServer.run { server in
            let answer = try await server.send(
                "POST", "/scenes/folder", headers: ["content-type": type], body: Array(#"{"folder_name":"a"}"#.utf8))
            #expect(answer.status == status)
        }
    }

    @Test func `other methods are told which one there is`() async throws {
        try await TestServer.run { server in
            let head = try await server.send("HEAD", "/health")
            #expect(head.status == 405)
            #expect(head.headers["allow"] == "GET")
            let options = try await server.send("OPTIONS", "/scenes/list")
            #expect(options.status == 405)
            let other = try await server.send("GET", "/scenes/x")
            #expect(other.headers["allow"] == "PUT")
        }
    }

    @Test func `errors can be read by pages of other origins`() async throws {
        try await TestServer.run { server in
            let plain = try await server.send("GET", "/none", headers: ["origin": "http://a.example"])
            #expect(plain.headers["access-control-allow-origin"] == "*")
            #expect(plain.headers["access-control-allow-credentials"] == "true")
            let cookie = try await server.send(
                "GET", "/health", headers: ["origin": "http://a.example", "cookie": "a=b"])
            #expect(cookie.headers["access-control-allow-origin"] == "http://a.example")
            #expect(cookie.headers["vary"] == "Origin")
            let without = try await server.send("GET", "/health")
            #expect(without.headers["access-control-allow-origin"] == nil)
            let preflight = try await server.send(
                "OPTIONS", "/any/path",
                headers: [
                    "origin": "http://a.example", "access-control-request-method": "PUT",
                    "access-control-request-headers": "x-a, x-b",
                ])
            #expect(preflight.status == 200)
            #expect(preflight.text == "OK")
            #expect(preflight.headers["access-control-allow-headers"] == "x-a, x-b")
            #expect(preflight.headers["access-control-max-age"] == "600")
            let unknown = try await server.send(
                "OPTIONS", "/", headers: ["origin": "http://a.example", "access-control-request-method": "BREW"])
            #expect(unknown.status == 400)
        }
    }

    @Test func `a plain GET on the WebSocket's path finds nothing`() async throws {
        try await TestServer.run { server in
            let answer = try await server.send("GET", "/ws")
            #expect(answer.status == 404)
            #expect(answer.detail == "Not Found")
        }
    }

    @Test func `a second request can't upgrade, and is told so`() async throws {
        try await TestServer.run { server in
            let requests = """
                GET /health HTTP/1.1\r\nhost: x\r\n\r\n\
                GET /ws HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
                sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n
                """
            let answers = String(decoding: try await server.exchange(Array(requests.utf8)), as: UTF8.self)
            #expect(answers.hasPrefix("HTTP/1.1 200"))
            #expect(answers.contains("HTTP/1.1 426"))
            #expect(answers.contains("{\"detail\":\"A WebSocket needs a connection of its own"))
        }
    }

    @Test func `a client that asks before it sends its body is told to go on`() async throws {
        try await TestServer.run { server in
            let body = #"{"folder_name":"a"}"#
            let request = """
                POST /scenes/folder HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: 100-continue\r\n\
                content-length: \(body.utf8.count)\r\n\r\n\(body)
                """
            let answer = String(decoding: try await server.exchange(Array(request.utf8)), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), "\(answer)")
        }
    }

    @Test func `probes say alive, ready and how much`() async throws {
        try await TestServer.run { server in
            #expect(try await server.send("GET", "/health").text == #"{"status":"ok"}"#)
            #expect(try await server.send("GET", "/ready").text == #"{"status":"ready","offset":-1}"#)
            try await server.send("POST", "/scenes/folder", json: #"{"folder_name":"a"}"#)
            let metrics = try await server.send("GET", "/metrics").text
            #expect(metrics.contains("spelltable_offset 0\n"))
            #expect(
                metrics.contains(
                    "spelltable_http_requests_total{method=\"POST\",route=\"/scenes/folder\",status=\"2xx\"} 1\n"))
            #expect(metrics.contains("process_resident_memory_bytes "))
        }
    }

    /// Blobs and unfinished uploads on the server's disk.
    private func leftovers(_ server: TestServer) throws -> [String] {
        guard let all = FileManager.default.enumerator(atPath: server.tableFolder + "/blobs") else { return [] }
        return all.compactMap { $0 as? String }.filter { path in
            var isFolder: ObjCBool = false
            let file = server.tableFolder + "/blobs/" + path
            return FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }
}
