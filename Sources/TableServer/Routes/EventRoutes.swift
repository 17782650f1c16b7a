import HTTPTypes
import Hummingbird
import JSONDocument
import Journal
import NIOCore
import Table

/// `/events`: the journal's lines, once or as an endless stream (sync-protocol.md, "Reading over HTTP").
struct EventRoutes: Sendable {
    let parts: ServerParts

    func add(to table: inout RouteTable<Handler>) {
        table.add("GET", "/events", events)
    }

    private func events(_ call: Call) throws -> Response {
        let wantsStream = (call.request.headers[.accept] ?? "").lowercased().contains("text/event-stream")
        let limit = try number("limit", call) ?? Int64(parts.configuration.maxEventCount)
        let after = try position(call)
        return wantsStream ? stream(after: after, call) : lines(after: after, limit: limit, call)
    }

    // MARK: Where to begin

    /// The offset that the client has: Last-Event-ID, which EventSource sends when it reconnects, wins over `after`.
    ///
    /// - Throws: ``Refusal``: 409 for an id of another journal or a position beyond the newest event.
    private func position(_ call: Call) throws -> Int64 {
        let (identity, newest) = (parts.table.identity, parts.table.committed.offset)
        var after = try number("after", call) ?? identity.firstOffset - 1
        if let id = call.request.headers[.lastEventID], !id.isEmpty {
            guard let event = EventID(id) else { throw Refusal(.badRequest, "Last-Event-ID is no <journal>:<offset>") }
            guard event.journal == identity.uuid else {
                throw Refusal(.conflict, "The journal is \(identity.uuid) now; begin anew with GET /snapshot")
            }
            after = event.offset
        }
        guard after >= identity.firstOffset - 1, after <= newest else {
            throw Refusal(
                .conflict, "There is nothing after \(after): the journal holds \(identity.firstOffset) to \(newest)")
        }
        return after
    }

    private func number(_ name: String, _ call: Call) throws -> Int64? {
        guard let text = call.query[name] else { return nil }
        guard let number = Int64(text), number >= (name == "limit" ? 0 : -1) else {
            throw Refusal(
                fields: [
                    FieldError(
                        type: "int_parsing", loc: [.string(name)],
                        msg: "Input should be a valid integer, unable to parse string as an integer",
                        input: .string(text))
                ], in: "query")
        }
        return number
    }

    // MARK: Answers

    /// The lines as they stand in the journal, up to the newest that is committed now.
    private func lines(after: Int64, limit: Int64, _ call: Call) -> Response {
        let logger = call.context.logger
        let newest = parts.table.committed.offset
        let last = min(newest, after.addingReportingOverflow(limit).overflow ? newest : after + limit)
        var headers: HTTPFields = [.contentType: "application/jsonl", .cacheControl: "no-cache"]
        headers[.spellOffset] = String(max(after, last))
        guard last > after else { return Response(status: .ok, headers: headers) }
        let source = JournalSource(parts.table, after: after, through: last)
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                while let chunk = try await logger.tellingBreakOff({ try await source.next() }) {
                    try await writer.write(ByteBuffer(bytes: chunk.bytes))
                }
                try await writer.finish(nil)
            })
    }

    /// What was committed since, and then what is committed from now on, until the client or the server goes.
    ///
    /// The client's speed sets the pace: the next lines are read when the last ones were taken.
    private func stream(after: Int64, _ call: Call) -> Response {
        let source = JournalSource(parts.table, after: after)
        let headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-cache", .spellOffset: "\(after)",
        ]
        let (parts, journal, logger) = (parts, parts.table.identity.uuid, call.context.logger)
        let jumpCount = parts.commits.jumpCount
        let progress = EventStreamPosition(
            address: call.context.address, actor: call.actor, offset: after)
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                let number = parts.streams.begin(progress)
                defer { parts.streams.end(number) }
                // Tells the client at once that the stream is open, also through a proxy.
                try await writer.write(ByteBuffer(string: ": open\n\n"))
                var position = after
                while !parts.commits.isClosed, parts.commits.jumpCount == jumpCount {
                    if let chunk = try await logger.tellingBreakOff({
                        try await source.next(through: parts.table.committed.offset)
                    }) {
                        position = chunk.lastOffset
                        try await writer.write(ByteBuffer(bytes: EventStream.text(of: chunk, journal: journal)))
                        progress.advance(to: position)
                        continue
                    }
                    progress.becameLive()
                    let quiet = Duration.seconds(parts.configuration.streamKeepAliveSeconds)
                    switch await parts.commits.next(after: position, within: quiet) {
                    case .none: try await writer.write(ByteBuffer(string: ": still here\n\n"))
                    case .some(.none): return try await writer.finish(nil)
                    case .some(.some): break
                    }
                }
                try await writer.finish(nil)
            })
    }
}

/// `<journal>:<offset>`, the id of an event in a stream.
package struct EventID: Sendable, Equatable {
    /// The journal's id.
    package let journal: String
    /// The offset of the last event that was received.
    package let offset: Int64

    /// Reads `<journal>:<offset>`; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let offset = Int64(parts[1]), offset >= -1 else { return nil }
        self.journal = String(parts[0])
        self.offset = offset
    }
}

/// Server-sent events (HTML standard, section 9.2).
package enum EventStream {
    /// A message per line, with the id from which a browser's EventSource resumes by itself.
    package static func text(of chunk: LineChunk, journal: String) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(chunk.bytes.count + chunk.count * 64)
        for index in 0..<chunk.count {
            out += "id: \(journal):\(chunk.firstOffset + Int64(index))\ndata: ".utf8
            out += chunk.bytes[chunk.range(ofLine: index)]
            out += "\n\n".utf8
        }
        return out
    }
}
