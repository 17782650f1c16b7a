import HTTPTypes
import Hummingbird
import JSONDocument
import NIOCore

/// The shapes of the server's answers.
package enum Answer {
    /// JSON with its length; no charset, as the contract has it.
    package static func json(
        _ value: JSONValue, status: HTTPResponse.Status = .ok, headers: HTTPFields = HTTPFields()
    ) -> Response {
        bytes(value.serialized(), type: "application/json", status: status, headers: headers)
    }

    /// A body that says only `{"message": …}`.
    package static func message(_ text: String) -> Response {
        json(.object([(key: "message", value: .string(text))]))
    }

    /// Bytes that are there already.
    package static func bytes(
        _ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = HTTPFields()
    ) -> Response {
        var headers = headers
        headers[.contentType] = type
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// An error's body, `{"detail": …}`, with its status.
    package static func refusal(_ refusal: Refusal) -> Response {
        json(
            .object([(key: "detail", value: refusal.detail)] + (refusal.more.members ?? [])), status: refusal.status,
            headers: refusal.headers)
    }
}

extension HTTPField.Name {
    /// The newest event that the answered change made (sync-protocol.md, "Commands").
    package static let spellOffset = wellFormed("spell-offset")
    /// The request's name in the log.
    package static let requestID = wellFormed(RequestID.headerName)
    /// What an EventSource sends when it comes back.
    package static let lastEventID = wellFormed("last-event-id")

    /// For names that stand in the source.
    static func wellFormed(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is no header name") }
        return field
    }
}
