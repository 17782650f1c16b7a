import HTTPTypes
import Hummingbird
import JSONDocument
import Journal
import NIOCore
import Table

/// The document now and then, and the ways back to it (sync-protocol.md, "Reading over HTTP" and "Commands").
struct HistoryRoutes: Sendable {
    let parts: ServerParts

    func add(to table: inout RouteTable<Handler>) {
        table.add("GET", "/snapshot", snapshot)
        for name in ["restore", "undo", "redo"] {
            table.add("POST", "/\(name)") { try await parts.change("table.\(name)", $0, data: parts.body($0)) }
        }
    }

    private func snapshot(_ call: Call) async throws -> Response {
        guard let moment = call.query["at"] else {
            let state = parts.table.committed
            return answer(state.document, at: state.offset, call)
        }
        guard let target = RestoreTarget(text: moment) else {
            throw Refusal(
                fields: [
                    FieldError(
                        type: "value_error", loc: ["at"], msg: "Value error, an offset or an RFC 3339 time is expected",
                        input: .string(moment))
                ], in: "query")
        }
        let (table, newest) = (parts.table, parts.table.committed.offset)
        let (document, offset) = try await reading {
            let offset =
                switch target {
                case .offset(let offset): try within(table.identity.firstOffset, newest, offset)
                case .time(let time): min(try table.reader.offset(at: time), newest)
                }
            return (try table.document(at: offset), offset)
        }
        return answer(document, at: offset, call)
    }

    /// An offset that the journal reaches; looked at here, as the history knows of one before its beginning only where it began to read.
    private func within(_ first: Int64, _ newest: Int64, _ offset: Int64) throws(TableError) -> Int64 {
        guard offset >= first - 1, offset <= newest else {
            throw .offsetOutOfRange(offset: offset, first: first, newest: newest)
        }
        return offset
    }

    /// The whole document under a tag that names the journal and the offset.
    private func answer(_ document: JSONValue, at offset: Int64, _ call: Call) -> Response {
        let tag = "\"\(parts.table.identity.uuid):\(offset)\""
        var headers: HTTPFields = [.eTag: tag, .spellOffset: String(offset), .cacheControl: "no-cache"]
        if EntityTags.match(call.request.headers[.ifNoneMatch], tag: tag) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = "application/json"
        return Response(status: .ok, headers: headers, body: JSONPieces(document).body())
    }
}

/// Reads history on a thread that may wait, and turns what isn't there into answers.
func reading<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    do {
        return try await onBlockingThread(body)
    } catch TableError.offsetOutOfRange(let offset, let first, let newest),
        JournalError.offsetOutOfRange(let offset, let first, let newest),
        TableError.journal(.offsetOutOfRange(let offset, let first, let newest))
    {
        throw Refusal.noEvent(offset, first: first, newest: newest)
    }
}

extension Refusal {
    fileprivate static func noEvent(_ offset: Int64, first: Int64, newest: Int64) -> Refusal {
        let extent = newest < first ? "is empty" : "holds \(first) to \(newest)"
        return Refusal(.notFound, "There is no event \(offset): the journal \(extent)")
    }
}
