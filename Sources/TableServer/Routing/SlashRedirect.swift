import HTTPTypes
import Hummingbird

/// A path with a trailing slash too many or too few is sent to the one that exists (CONTRACT.md section 1).
enum SlashRedirect {
    /// The same path with its trailing slashes taken away, or with one if it has none; `nil` for the root.
    ///
    /// - Parameter path: A path as it stands in the request line, still encoded.
    static func counterpart(ofEncoded path: String) -> String? {
        var trimmed = path[...]
        while let slash = slashes.first(where: { trimmed.hasSuffix($0) }) { trimmed = trimmed.dropLast(slash.count) }
        guard !trimmed.isEmpty else { return nil }
        return trimmed.count < path.count ? String(trimmed) : path + "/"
    }

    /// An escaped slash separates components like any other.
    private static let slashes = ["/", "%2F", "%2f"]

    /// The answer that sends the client on with the same method and body; absolute where the client named its host.
    static func answer(to request: Request, path: String) -> Response {
        let query = request.uri.query.map { "?\($0)" } ?? ""
        let origin = request.head.authority.map { "http://\($0)" } ?? ""
        return Response(status: .temporaryRedirect, headers: [.location: origin + path + query])
    }
}
