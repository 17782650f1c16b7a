import Foundation
import Glibc
import NIOCore
import Testing

@testable import TableServer

/// Files on their way from the kernel's cache to a client.
@Suite struct FileBodyTests {
    /// Long enough for several windows and an odd rest, and without a pattern that repeats with any of their lengths.
    private static let content: [UInt8] =
        tinyImage + (0..<9_500_001).map { UInt8(truncatingIfNeeded: $0 ^ ($0 >> 7) ^ ($0 >> 15)) }

    private func withLargeMap(
        _ configure: (inout ServerConfiguration) -> Void = { _ in }, _ body: (TestServer) async throws -> Void
    ) async throws {
        try await TestServer.run(configure) { server in
            let stored = try await server.send(form: "/maps/upload", [("file", "large.png", Self.content)])
            #expect(stored.status == 200)
            try await body(server)
        }
    }

    @Test func `a file of several windows arrives as it was stored, whole and in parts`() async throws {
        try await withLargeMap { server in
            let whole = try await server.send("GET", "/maps/file/large.png")
            #expect(whole.body == Self.content)
            #expect(whole.headers["content-length"] == "\(Self.content.count)")
            for range in [0..<1, 65_535..<131_072, 4_194_000..<4_195_000, 1..<9_000_000, 9_500_000..<9_500_101] {
                let part = try await server.send(
                    "GET", "/maps/file/large.png",
                    headers: ["range": "bytes=\(range.lowerBound)-\(range.upperBound - 1)"])
                #expect(part.status == 206)
                #expect(part.body == Array(Self.content[range]), "\(range)")
            }
        }
    }

    @Test func `files and other answers take turns on one connection`() async throws {
        try await withLargeMap { server in
            let asked = ["/maps/file/large.png", "/health", "/maps/file/large.png", "/maps/list"]
            let heads = asked.map { path in
                "GET \(path) HTTP/1.1\r\nhost: x\r\n" + (path == asked.last ? "connection: close\r\n\r\n" : "\r\n")
            }
            let answer = try await server.exchange(Array(heads.joined().utf8))
            #expect(answer.count > 2 * Self.content.count)
            let first = try TestServer.parse(answer)
            #expect(first.body.starts(with: Self.content))
            let end = String(decoding: answer.suffix(60), as: UTF8.self)
            #expect(end.hasSuffix(#"[{"name":"large.png","folder":null}]}"#))
        }
    }

    @Test func `a client that goes in the middle leaves no file open`() async throws {
        try await withLargeMap { server in
            let channel = try await server.connect()
            try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "GET /maps/file/large.png HTTP/1.1\r\nhost: x\r\n\r\n"))
                var iterator = inbound.makeAsyncIterator()
                _ = try await iterator.next()
            }
            try await server.send("GET", "/maps/file/large.png")
            var open = openFiles(below: server.folder + "/journal/default/blobs")
            // The end of a connection is met when the kernel says so.
            while !open.isEmpty {
                try await Task.sleep(for: .milliseconds(10))
                open = openFiles(below: server.folder + "/journal/default/blobs")
            }
        }
    }

    @Test func `a file that has become shorter breaks the answer off instead of hanging`() async throws {
        try await withLargeMap({ $0.webSocket.stallTimeout = .milliseconds(200) }) { server in
            let blobs = server.tableFolder + "/blobs/sha256"
            let path = try #require(
                try FileManager.default.subpathsOfDirectory(atPath: blobs).first { $0.contains("/") })
            // The answer's length is decided before the file is read: cut in between, as a failing disk would have it.
            let channel = try await server.connect()
            try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "GET /maps/file/large.png HTTP/1.1\r\nhost: x\r\n\r\n"))
                var iterator = inbound.makeAsyncIterator()
                var count = try await iterator.next()?.readableBytes ?? 0
                #expect(truncate(blobs + "/" + path, 4 << 20) == 0)
                while let buffer = try await iterator.next() { count += buffer.readableBytes }
                #expect(count < Self.content.count)
            }
        }
    }

    /// The files of a folder that this process has open.
    private func openFiles(below folder: String) -> [String] {
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        let links = descriptors.map { "/proc/self/fd/\($0)" }
        return links.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: $0) }
            .filter { $0.hasPrefix(folder) && !$0.hasSuffix(".tmp") }
    }
}
