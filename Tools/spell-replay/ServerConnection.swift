import Foundation
import JSONDocument
import Journal
import Replay

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A running server, spoken to over HTTP.
struct ServerConnection {
    private let address: ServerAddress
    private let session: URLSession

    /// A server may replay a long journal before it answers.
    private static let silenceMax: TimeInterval = 60

    /// - Parameter address: `http://host:port`, with or without a path before the server's own.
    init(_ address: String) throws(ReplayError) {
        self.address = try ServerAddress(address)
        session = ServerAddress.session(silenceMax: Self.silenceMax)
    }

    /// The offset that a moment means in the server's journal.
    func target(of moment: Moment) async throws -> Int64 {
        switch moment {
        case .offset(let offset): return offset
        case .beginning: return -1
        case .newest: return try await newest()
        case .fromEnd(let count): return try await offset(fromEnd: count)
        case .time(let time): return try await offset(at: time)
        case .session(let number, let edge):
            let session = try Session.pick(number, of: try await sessions())
            return edge == .start ? session.firstOffset - 1 : session.lastOffset
        }
    }

    /// The sessions of the server's journal, whose events are read page by page.
    private func sessions() async throws -> [Session] {
        let progress = ProgressBar()
        defer { progress.clear() }
        let (first, newest) = try await extent()
        var splitter = SessionSplitter(gap: Session.defaultGap)
        var sessions: [Session] = []
        var last = first - 1
        while last < newest {
            for line in try await lines(after: last) {
                let event = try LoggedEvent(line: line).envelope
                guard event.offset == last + 1 else { throw unexpected("GET /events") }
                if let ended = splitter.take(event.offset, at: event.time) { sessions.append(ended) }
                last = event.offset
            }
            progress.show(
                ProgressStep(
                    title: "Finding sessions", done: last - first + 1, total: newest - first + 1, unit: .events))
        }
        return sessions + [splitter.finish()].compactMap(\.self)
    }

    /// The table now and at another moment.
    func moments(_ target: Int64) async throws -> RestoreMoments {
        let (now, response) = try await get("snapshot")
        let (then, _) = try await get("snapshot", at: String(target))
        return RestoreMoments(newest: try offset(of: response, "GET /snapshot"), now: now, target: target, then: then)
    }

    /// What a change would come to now.
    func preview(_ change: HistoryChange) async throws -> ChangePreview {
        let (answer, _) = try await post(change.kind, change.rehearsalData)
        guard let newest = answer["offset"]?.intValue else { throw unexpected("POST /\(change.kind.rawValue)") }
        let (document, _) = try await get("snapshot", at: String(newest))
        guard let preview = try ChangePreview(answer: answer, document: document) else {
            throw unexpected("POST /\(change.kind.rawValue)")
        }
        return preview
    }

    /// Does it.
    ///
    /// - Returns: The offset of the event that was made, if one was.
    func run(_ change: HistoryChange) async throws -> Int64? {
        let (_, response) = try await post(change.kind, change.data)
        return response.value(forHTTPHeaderField: "Spell-Offset").flatMap { Int64($0) }
    }

    private func newest() async throws -> Int64 {
        try offset(of: try await get("snapshot").response, "GET /snapshot")
    }

    private func offset(fromEnd count: Int64) async throws -> Int64 {
        let (first, newest) = try await extent()
        return try Moment.offset(fromEnd: count, first: first, newest: newest)
    }

    /// The first event that the server keeps, and the newest.
    private func extent() async throws -> (first: Int64, newest: Int64) {
        let (journal, _) = try await get("journal")
        guard let first = journal["first"]?.intValue, let newest = journal["offset"]?.intValue else {
            throw unexpected("GET /journal")
        }
        return (Int64(first), Int64(newest))
    }

    private func offset(at time: JournalTime) async throws -> Int64 {
        try offset(of: try await get("snapshot", at: time.rfc3339).response, "GET /snapshot?at=")
    }

    private func offset(of response: HTTPURLResponse, _ request: String) throws -> Int64 {
        guard let text = response.value(forHTTPHeaderField: "Spell-Offset"), let offset = Int64(text) else {
            throw unexpected(request)
        }
        return offset
    }

    private func unexpected(_ request: String) -> ReplayError {
        .unreadable(
            "\(address.url) answers \(request) in a way that isn't understood", hint: "Is it a SpellTable server?")
    }

    // MARK: Requests

    private func get(_ path: String, at moment: String? = nil) async throws -> (JSONValue, response: HTTPURLResponse) {
        try await send(URLRequest(url: address.route(path, query: ["at": moment])))
    }

    /// Some thousand lines of the journal after an event, at least one.
    private func lines(after offset: Int64) async throws -> [[UInt8]] {
        let url = address.route("events", query: ["after": String(offset), "limit": "5000"])
        let (data, response) = try await fetch(URLRequest(url: url))
        let lines = data.split(separator: UInt8(ascii: "\n")).map { [UInt8]($0) }
        guard response.statusCode == 200, !lines.isEmpty else { throw unexpected("GET /events") }
        return lines
    }

    private func post(_ kind: HistoryChange.Kind, _ body: JSONValue) async throws -> (JSONValue, HTTPURLResponse) {
        var request = URLRequest(url: address.route(kind.rawValue))
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = Data(body.serialized())
        return try await send(request)
    }

    private func send(_ request: URLRequest) async throws -> (JSONValue, response: HTTPURLResponse) {
        let (data, response) = try await fetch(request)
        guard let value = try? JSONValue.parse([UInt8](data)) else { throw unexpected(request.httpMethod ?? "GET") }
        guard (200..<300).contains(response.statusCode) else {
            throw ReplayError(answer: value, status: response.statusCode)
        }
        return (value, response)
    }

    private func fetch(_ request: URLRequest) async throws -> (Data, HTTPURLResponse) {
        let data: Data
        let response: URLResponse
        do {
            (data, response) = try await session.data(for: request)
        } catch {
            throw ReplayError.unreadable(
                "\(address.url) can't be reached: \(error.localizedDescription)", hint: "Is the server running there?")
        }
        guard let response = response as? HTTPURLResponse else { throw unexpected(request.httpMethod ?? "GET") }
        return (data, response)
    }
}
