import HTTPTypes
import Hummingbird
import JSONDocument
import Journal
import Table

/// The journal's own files, so that any HTTP client can mirror a table (sync-protocol.md, "Reading over HTTP").
struct JournalRoutes: Sendable {
    let parts: ServerParts

    func add(to table: inout RouteTable<Handler>) {
        // A recording's files reach beyond the moment that is shown.
        if parts.playback == nil {
            table.add("GET", "/journal", list)
            table.add("GET", "/journal/{segment}", segment)
        }
        table.add("GET", "/blobs/{sha256}", blob)
    }

    private func list(_ call: Call) async throws -> Response {
        let state = parts.table.committed
        let segments = try await committedSegments().map { committed -> JSONValue in
            .object([
                (key: "name", value: .string(committed.segment.name)),
                (key: "base", value: .number(Int(committed.segment.baseOffset))),
                (key: "size", value: .number(Int(committed.byteCount))),
            ])
        }
        let identity = parts.table.identity
        var members: [(key: String, value: JSONValue)] = [
            (key: "format", value: 1), (key: "journal", value: .string(identity.uuid)),
            (key: "created", value: .string(identity.created)),
            (key: "first", value: .number(Int(identity.firstOffset))),
            (key: "offset", value: .number(Int(state.offset))), (key: "chain", value: .string(state.chain.hex)),
            (key: "segments", value: .array(segments)),
        ]
        if let start = identity.start { members.append((key: "start", value: .string(start.document))) }
        if let at = try await chain(call, newest: state.offset) { members.append((key: "at", value: at)) }
        return Answer.json(.object(members))
    }

    /// `?at=<offset>`: the chain there, by which a mirror knows that its history is this one; absent where there is none.
    private func chain(_ call: Call, newest: Int64) async throws -> JSONValue? {
        guard let text = call.query["at"] else { return nil }
        guard let offset = Int64(text) else {
            throw Refusal(
                fields: [
                    FieldError(
                        type: "int_parsing", loc: ["at"],
                        msg: "Input should be a valid integer, unable to parse string as an integer",
                        input: .string(text))
                ], in: "query")
        }
        let reader = parts.table.reader
        let chain = try await reading { () throws -> ChainDigest? in
            guard offset <= newest, try offset >= reader.firstOffset() - 1 else { return nil }
            return try reader.chain(at: offset)
        }
        return chain.map {
            .object([(key: "offset", value: .number(Int(offset))), (key: "chain", value: .string($0.hex))])
        }
    }

    /// `journal.json`, or the document that the journal goes on from.
    private func beginning(_ name: String, _ call: Call) async throws -> Response {
        var file = ServedFile(
            path: "\(parts.folder)/\(name)",
            type: name == JournalFolder.identityName ? "application/json" : "application/x-lz4",
            tag: "\"\(parts.table.identity.uuid):\(name)\"")
        file.headers = [.cacheControl: "no-cache"]
        return try await FileAnswer.make(file, call: call)
    }

    private func segment(_ call: Call) async throws -> Response {
        let name = call.parameters[0]
        if [JournalFolder.identityName, parts.table.identity.start?.document].contains(name) {
            return try await beginning(name, call)
        }
        guard let found = try await committedSegments().first(where: { $0.segment.name == name }) else {
            throw Refusal(.notFound, "There is no segment '\(name.prefix(64))'; GET /journal lists them")
        }
        // What is committed is never written again, so journal, place and length say which bytes they are.
        var file = ServedFile(
            path: found.segment.path, type: "application/x-lz4",
            tag: "\"\(parts.table.identity.uuid):\(found.segment.baseOffset):\(found.byteCount)\"")
        file.byteCount = found.byteCount
        file.headers = [.contentDisposition: "attachment; filename=\"\(name)\""]
        file.answersNotModified = true
        return try await FileAnswer.make(file, call: call)
    }

    private func committedSegments() async throws -> [CommittedSegment] {
        let table = parts.table
        return try await reading { try table.committedSegments() }
    }

    private func blob(_ call: Call) async throws -> Response {
        let name = call.parameters[0]
        let blobs = parts.table.blobs
        let path: String?
        do {
            path = try await reading { try blobs.contains(name) ? blobs.location(of: name) : nil }
        } catch let error as FileError {
            throw FileAnswer.unreadable(error, logger: call.context.logger)
        }
        guard let path else { throw Refusal(.notFound, "There is no blob '\(name.prefix(64))'") }
        var file = ServedFile(path: path, type: "application/octet-stream", tag: "\"\(name)\"")
        file.headers = [
            .cacheControl: "public, max-age=31536000, immutable",
            .contentDisposition: "attachment; filename=\"\(name)\"",
        ]
        file.answersNotModified = true
        return try await FileAnswer.make(file, call: call)
    }
}
