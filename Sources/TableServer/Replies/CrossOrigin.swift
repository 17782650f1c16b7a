import HTTPTypes
import Hummingbird
import NIOCore

/// What pages of other origins may do: everything, as with the old server (CONTRACT.md section 1, "CORS").
package enum CrossOrigin {
    /// The answer to a preflight, which is given on every path; nil if the request is none.
    package static func preflight(_ request: HTTPRequest) -> Response? {
        guard request.method == .options, let origin = request.headerFields[.origin],
            let method = request.headerFields[.accessControlRequestMethod]
        else { return nil }
        var headers: HTTPFields = [
            .accessControlAllowOrigin: origin, .accessControlAllowMethods: methods.joined(separator: ", "),
            .accessControlAllowCredentials: "true", .accessControlMaxAge: "600", .vary: "Origin",
        ]
        if let requested = request.headerFields[.accessControlRequestHeaders] {
            headers[.accessControlAllowHeaders] = requested
        }
        guard methods.contains(method) else {
            return Answer.refusal(Refusal(.badRequest, "Disallowed CORS method", headers: headers))
        }
        return Answer.bytes(Array("OK".utf8), type: "text/plain; charset=utf-8", headers: headers)
    }

    /// Adds the headers with which a page of another origin may read an answer, errors included.
    ///
    /// With a cookie the origin is named, since browsers don't take `*` for requests with credentials.
    package static func allow(_ request: HTTPRequest, in headers: inout HTTPFields) {
        guard let origin = request.headerFields[.origin], headers[.accessControlMaxAge] == nil else { return }
        headers[.accessControlAllowCredentials] = "true"
        headers[.accessControlExposeHeaders] = "Spell-Offset, ETag, X-Request-Id"
        if request.headerFields[.cookie] == nil {
            headers[.accessControlAllowOrigin] = "*"
        } else {
            headers[.accessControlAllowOrigin] = origin
            headers[.vary] = "Origin"
        }
    }

    private static let methods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
}
