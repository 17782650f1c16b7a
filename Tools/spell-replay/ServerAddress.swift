import Foundation
import Replay

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Where a running server is, and how it is spoken to.
struct ServerAddress {
    let url: URL

    /// - Parameter text: `http://host:port`, with or without a path before the server's own.
    init(_ text: String) throws(ReplayError) {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
            url.host != nil
        else {
            throw .usage("'\(text)' is no server's address", hint: "Give one like http://localhost:8010.")
        }
        self.url = url
    }

    /// One of the server's routes.
    func route(_ path: String..., query: KeyValuePairs<String, String?> = [:]) -> URL {
        var route = path.reduce(url) { $0.appendingPathComponent($1) }
        let items = query.compactMap { name, value in value.map { URLQueryItem(name: name, value: $0) } }
        if !items.isEmpty { route.append(queryItems: items) }
        return route
    }

    /// Something to send requests with; every answer is the server's own, of now.
    ///
    /// - Parameter silenceMax: How long a server may say nothing, in seconds, until it counts as gone.
    static func session(silenceMax: TimeInterval, delegate: (any URLSessionDelegate)? = nil) -> URLSession {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.urlCache = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        configuration.timeoutIntervalForRequest = silenceMax
        return URLSession(configuration: configuration, delegate: delegate, delegateQueue: nil)
    }
}
