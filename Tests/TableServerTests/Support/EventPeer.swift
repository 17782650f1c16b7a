import JSONDocument
import Testing

@testable import TableServer

/// An event client that does what the protocol asks of one: it applies every event to its snapshot, and fails at a hole,
/// a repetition or a digest that differs.
final class EventPeer {
    private(set) var socket: TestSocket
    private(set) var document: JSONValue = .null
    /// The newest offset that it has applied.
    private(set) var offset: Int64 = -1
    private(set) var journal = ""
    private(set) var hello: JSONValue = .null
    /// The offset and digest of the chain that it was told last.
    private(set) var told: (offset: Int64, chain: String)?
    private(set) var snapshotCount = 0
    /// Bytes of each event's patch.
    private(set) var patchSizes: [Int] = []
    /// How many bytes of text it was sent.
    private(set) var byteCount = 0
    private var lines: [String] = []

    /// Connects; without a position, unless the query has one.
    init(_ port: Int, query: String = "", receiveBuffer: Int32? = nil) async throws {
        socket = try await TestSocket.open(port, path: "/ws" + query, events: true, receiveBuffer: receiveBuffer)
    }

    /// Goes on with a socket that was upgraded already.
    init(_ socket: TestSocket) { self.socket = socket }

    /// Comes back with its position, and the chain that it was told if it was told one.
    func reconnect(_ port: Int, withChain: Bool = true) async throws {
        var query = "?journal=\(journal)&after=\(offset)"
        if withChain, let told { query += "&chain=\(told.offset):\(told.chain)" }
        socket = try await TestSocket.open(port, path: "/ws" + query, events: true)
        lines = []
        byteCount = 0
    }

    /// The next line, not yet looked at.
    func line() async throws -> JSONValue {
        while lines.isEmpty {
            let text = try await socket.text()
            byteCount += text.utf8.count
            lines = text.split(separator: "\n").map(String.init)
        }
        return try JSONValue.parse(text: lines.removeFirst())
    }

    /// Takes the next line and acts on it.
    @discardableResult func take() async throws -> JSONValue {
        let line = try await line()
        let type = try #require(line["type"]?.stringValue)
        switch type {
        case "hello":
            hello = line
            journal = line["journal"]?.stringValue ?? ""
        case "snapshot":
            snapshotCount += 1
            document = try #require(line["document"])
            offset = try #require(line["offset"]?.intValue.map(Int64.init))
            #expect(line["digest"]?.stringValue == DocumentDigest.compute(document))
        case "live", "pong":
            #expect(line["offset"]?.intValue.map(Int64.init) == offset)
            if let chain = line["chain"]?.stringValue { told = (offset, chain) }
            if let digest = line["digest"]?.stringValue { #expect(digest == DocumentDigest.compute(document)) }
        case _ where type.contains("."): try apply(line)
        default: break
        }
        return line
    }

    private func apply(_ event: JSONValue) throws {
        let offset = try #require(event["offset"]?.intValue.map(Int64.init))
        #expect(offset == self.offset + 1, "a hole or a repetition")
        self.offset = offset
        let patch = try #require(event["patch"])
        patchSizes.append(patch.serialized().count)
        try document.apply(JSONPatch(patch))
    }

    /// Takes lines until one of this type came.
    @discardableResult func take(until type: String) async throws -> JSONValue {
        while true {
            let line = try await take()
            if line["type"]?.stringValue == type { return line }
        }
    }

    /// Takes lines until it has applied this offset.
    func take(through offset: Int64) async throws {
        while self.offset < offset { try await take() }
    }

    /// Makes the table so large that no tail of a test is dearer than a snapshot.
    func fillTable() async throws {
        let notes = String(repeating: "n", count: 200_000)
        let answer = try await command(
            "map.store-data", ["name": "large.png", "data": ["notes": .string(notes)]], id: "fill")
        #expect(answer["type"] == "ack")
    }

    func send(_ line: JSONValue) async throws { try await socket.send(line.text) }

    /// Sends a command and takes everything up to its answer.
    @discardableResult func command(_ name: String, _ data: JSONValue, id: String) async throws -> JSONValue {
        try await send(["type": "command", "id": .string(id), "name": .string(name), "data": data])
        while true {
            let line = try await take()
            if line["id"]?.stringValue == id { return line }
        }
    }
}
