import Foundation
import JSONDocument
import Journal
import Logging
import NIOCore
import NIOPosix
import Table
import Testing

@testable import TableServer

/// A real server on a free port, over a table in a folder of its own.
struct TestServer: Sendable {
    let port: Int
    let table: Table
    /// Everything that the server has on disk is below this.
    let folder: String

    var soundsFolder: String { folder + "/sounds" }
    var tableFolder: String { folder + "/journal/default" }

    /// Starts a server, runs a test against it, stops it and removes its files.
    static func run<Value>(
        _ configure: (inout ServerConfiguration) -> Void = { _ in }, _ body: (TestServer) async throws -> Value
    ) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("spelltable-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder + "/journal", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await run(in: folder, configure, body)
    }

    /// The same in a folder that stays.
    static func run<Value>(
        in folder: String, _ configure: (inout ServerConfiguration) -> Void = { _ in },
        _ body: (TestServer) async throws -> Value
    ) async throws -> Value {
        var configuration = ServerConfiguration.forTests
        configure(&configuration)
        return try await ServerSlots.shared.withSlot { try await run(in: folder, configuration, body) }
    }

    private static func run<Value>(
        in folder: String, _ configuration: ServerConfiguration, _ body: (TestServer) async throws -> Value
    ) async throws -> Value {
        let files = PosixFileSystem()
        let tableFolder = folder + "/journal/default"
        let watch = TableWatch()
        let table = try Table.open(
            TableConfiguration(
                folder: tableFolder, fileSystem: watch.fileSystem(over: files), clock: JournalTimes.now,
                makeUUID: RandomUUID.make, observer: { watch.note($0) }, meter: watch.meter))
        defer { table.close() }
        let (ports, running) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = TableServer(
            table: table, folder: tableFolder,
            sounds: AdoptedSounds(
                folder: folder + "/sounds", table: table, tableFolder: tableFolder, fileSystem: files, logger: logger),
            configuration: configuration, watch: watch, logger: logger, onRunning: { running.yield($0) })
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { running.finish() }
                try await server.run()
            }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let outcome: Result<Value, any Error>
            do {
                outcome = .success(try await body(TestServer(port: port, table: table, folder: folder)))
            } catch {
                outcome = .failure(error)
            }
            await server.stop()
            try await group.waitForAll()
            return try outcome.get()
        }
    }

    // MARK: Requests

    /// An answer as it came over the wire.
    struct Answer: Sendable {
        let status: Int
        /// By lower-case name.
        let headers: [String: String]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSONValue { get throws { try JSONValue.parse(body) } }
        /// The `detail` of an error.
        var detail: String? { (try? json)?["detail"]?.stringValue }
    }

    /// Sends a request; the path goes out as it is written.
    @discardableResult
    func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> Answer {
        var head = "\(method) \(path) HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body, headers["content-length"] == nil { head += "content-length: \(body.count)\r\n" }
        return try Self.parse(try await exchange(Array((head + "\r\n").utf8) + (body ?? [])))
    }

    /// Sends a JSON body.
    @discardableResult
    func send(
        _ method: String, _ path: String, json: String, headers: [String: String] = [:]
    ) async throws -> Answer {
        try await send(
            method, path, headers: headers.merging(["content-type": "application/json"]) { $1 },
            body: Array(json.utf8))
    }

    /// Sends a form; a part with a file name is a file.
    @discardableResult
    func send(
        form path: String, _ parts: [(name: String, fileName: String?, content: [UInt8])]
    ) async throws -> Answer {
        try await send(
            "POST", path, headers: ["content-type": "multipart/form-data; boundary=b0"], body: Self.form(parts))
    }

    static func form(_ parts: [(name: String, fileName: String?, content: [UInt8])]) -> [UInt8] {
        var body: [UInt8] = []
        for part in parts {
            body += "--b0\r\nContent-Disposition: form-data; name=\"\(part.name)\"".utf8
            if let fileName = part.fileName { body += "; filename=\"\(fileName)\"".utf8 }
            body += "\r\n\r\n".utf8
            body += part.content
            body += "\r\n".utf8
        }
        return body + "--b0--\r\n".utf8
    }

    /// Sends bytes and reads until the server closes.
    ///
    /// - Parameter closesEarly: Ends the sending side at once, as a client does that breaks off.
    func exchange(_ bytes: [UInt8], closesEarly: Bool = false) async throws -> [UInt8] {
        let channel = try await connect()
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: bytes))
            if closesEarly { outbound.finish() }
            var answer: [UInt8] = []
            for try await buffer in inbound { answer += buffer.readableBytesView }
            return answer
        }
    }

    /// A bare connection to the server.
    func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
    }

    /// Takes an answer apart; chunked bodies are put together.
    static func parse(_ bytes: [UInt8]) throws -> Answer {
        let end = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8)), "no answer: \(bytes.count) bytes")
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let status = try #require(Int(lines[0].split(separator: " ")[1]))
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].drop { $0 == " " }.description : ""
        }
        let body = Array(bytes[end.upperBound...])
        return Answer(
            status: status, headers: headers,
            body: headers["transfer-encoding"] == "chunked" ? try unchunked(body) : body)
    }

    private static func unchunked(_ body: [UInt8]) throws -> [UInt8] {
        var out: [UInt8] = []
        var rest = body[...]
        while let end = rest.firstRange(of: Array("\r\n".utf8)) {
            let size = try #require(Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16))
            guard size > 0 else { return out }
            out += rest[end.upperBound..<end.upperBound + size]
            rest = rest[(end.upperBound + size + 2)...]
        }
        throw URLError(.badServerResponse)
    }
}

/// A small valid image.
let tinyImage: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + (0..<92).map { UInt8($0) }
