import HTTPTypes
import JSONDocument
import Table

/// A request that is answered with an error: `{"detail": …}` and a status (CONTRACT.md section 1, "Errors").
package struct Refusal: Error, Sendable {
    /// The status of the answer.
    package let status: HTTPResponse.Status
    /// A text, or for a 422 the list of fields.
    package let detail: JSONValue
    /// What a program can act on besides: an object whose members stand beside `detail`.
    package let more: JSONValue
    /// Headers that go with it.
    package let headers: HTTPFields

    /// A refusal with a detail that is more than a text.
    package init(
        _ status: HTTPResponse.Status, detail: JSONValue, more: JSONValue = .object([]),
        headers: HTTPFields = HTTPFields()
    ) {
        self.status = status
        self.detail = detail
        self.more = more
        self.headers = headers
    }

    /// A refusal with a sentence.
    package init(_ status: HTTPResponse.Status, _ detail: String, headers: HTTPFields = HTTPFields()) {
        self.init(status, detail: .string(detail), headers: headers)
    }

    /// Fields that are missing or wrong, in the body or the query.
    package init(fields: [FieldError], in place: String = "body") {
        self.init(.unprocessableContent, detail: .array(fields.map { $0.jsonValue(in: place) }))
    }

    /// What the table refused.
    package init(_ error: CommandError) {
        self.init(
            HTTPResponse.Status(code: error.code.httpStatus), detail: error.detail(), more: error.details,
            headers: error.retryAfterSeconds.map { Self.retryAfter(seconds: $0) } ?? HTTPFields())
    }
}

extension Refusal {
    /// No route fits the path.
    package static let notFound = Refusal(.notFound, "Not Found")

    /// A path that is there with another method, of which the first is named.
    package static func methodNotAllowed(allow: String) -> Refusal {
        Refusal(.methodNotAllowed, "Method Not Allowed", headers: [.allow: allow])
    }

    /// A body over a limit.
    package static func tooLarge(limit: Int64) -> Refusal {
        Refusal(.contentTooLarge, "The body is too large; the limit is \(limit) bytes")
    }

    /// More changes than one client may make.
    ///
    /// - Parameter milliseconds: When the next one will be taken.
    package static func tooManyChanges(waitingTime milliseconds: Int64) -> Refusal {
        Refusal(
            .tooManyRequests, "Too many changes in a short time; the next one is taken in \(milliseconds) ms",
            headers: retryAfter(seconds: max(1, Int((milliseconds + 999) / 1000))))
    }

    /// The server is being stopped; the next one is asked in a moment.
    package static let stopping = Refusal(
        .serviceUnavailable, "The server is stopping", headers: retryAfter(seconds: 5))

    static func retryAfter(seconds: Int) -> HTTPFields {
        [.retryAfter: String(seconds)]
    }

    /// A form that can't be read.
    package init(_ error: MultipartError) {
        self.init(.badRequest, "There was an error parsing the body: \(error)")
    }
}
