import Foundation
import JSONDocument
import Journal
import Replay

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A running server, spoken to over HTTP.
struct ServerConnection {
    private let base: URL

    /// - Parameter address: `http://host:port`, with or without a path before the server's own.
    init(_ address: String) throws(ReplayError) {
        guard let url = URL(string: address), let scheme = url.scheme?.lowercased(),
            ["http", "https"].contains(scheme),
            url.host != nil
        else {
            throw .usage("'\(address)' is no server's address", hint: "Give one like http://localhost:8010.")
        }
        base = url
    }

    /// What `POST /restore` takes for a moment: an offset, or a time, as text.
    func target(of moment: Moment) async throws -> Int64 {
        switch moment {
        case .offset(let offset): return offset
        case .beginning: return -1
        case .newest: return try await newest()
        case .fromEnd(let count): return try await newest() + 1 - count
        case .time(let time): return try await offset(at: time)
        case .session:
            throw ReplayError.usage(
                "a server can't be asked for its sessions",
                hint: "Give an offset or a time; `spell-replay sessions` on the server's folder tells them.")
        }
    }

    /// What a restore would change now.
    func previewRestore(to target: Int64) async throws -> [DocumentChange] {
        let (answer, _) = try await post(target, dryRun: true)
        guard let operations = answer["patch"], let newest = answer["offset"]?.intValue else {
            throw unexpected("POST /restore")
        }
        let (document, _) = try await get("snapshot", at: String(newest))
        do {
            return try DocumentChange.list(of: try JSONPatch(operations), on: document)
        } catch let error as JSONPatchError {
            throw ReplayError.unreadable("the server's answer to POST /restore can't be read: \(error)", hint: "")
        }
    }

    /// Does it.
    ///
    /// - Returns: The offset of the event that was made, if one was.
    func restore(to target: Int64) async throws -> Int64? {
        let (_, response) = try await post(target, dryRun: false)
        return response.value(forHTTPHeaderField: "Spell-Offset").flatMap { Int64($0) }
    }

    private func newest() async throws -> Int64 {
        try offset(of: try await get("snapshot").response, "GET /snapshot")
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
        .unreadable("\(base) answers \(request) in a way that isn't understood", hint: "Is it a SpellTable server?")
    }

    // MARK: Requests

    private func get(_ path: String, at moment: String? = nil) async throws -> (JSONValue, response: HTTPURLResponse) {
        var url = base.appendingPathComponent(path)
        if let moment { url.append(queryItems: [URLQueryItem(name: "at", value: moment)]) }
        return try await send(URLRequest(url: url))
    }

    private func post(_ target: Int64, dryRun: Bool) async throws -> (JSONValue, HTTPURLResponse) {
        var request = URLRequest(url: base.appendingPathComponent("restore"))
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        let body: JSONValue = .object([
            (key: "to", value: .number(Int(target))), (key: "dryRun", value: .bool(dryRun)),
        ])
        request.httpBody = Data(body.serialized())
        return try await send(request)
    }

    private func send(_ request: URLRequest) async throws -> (JSONValue, response: HTTPURLResponse) {
        let data: Data
        let response: URLResponse
        do {
            (data, response) = try await URLSession.shared.data(for: request)
        } catch {
            throw ReplayError.unreadable(
                "\(base) can't be reached: \(error.localizedDescription)", hint: "Is the server running there?")
        }
        guard let response = response as? HTTPURLResponse, let value = try? JSONValue.parse([UInt8](data)) else {
            throw unexpected(request.httpMethod ?? "GET")
        }
        guard (200..<300).contains(response.statusCode) else {
            let detail = value["detail"].map { $0.stringValue ?? $0.text } ?? ""
            let problem = "the server refused (\(response.statusCode)): \(detail)"
            throw response.statusCode == 404 ? ReplayError.no(problem) : .unreadable(problem, hint: "")
        }
        return (value, response)
    }
}
