import HTTPTypes
import Hummingbird
import JSONDocument
import NIOCore
import Table

/// Reads a request's body as JSON, by the rules of CONTRACT.md section 1.
package enum JSONBody {
    /// Reads the body; null if there is none.
    ///
    /// - Parameter limit: Largest body, in bytes.
    /// - Throws: ``Refusal``: 413 over the limit, 422 for another content type or a syntax error, 400 for text that
    ///   is not UTF-8 or nested too deep.
    package static func read(_ call: Call, limit: Int) async throws -> JSONValue {
        let request = call.request
        let bytes = try await collect(call, limit: limit)
        guard !bytes.isEmpty else { return .null }
        guard isJSON(request.headers[.contentType]) else {
            // As the old server does: the body counts as a text, not as an object.
            let input = String(decoding: bytes.prefix(1024), as: UTF8.self)
            throw Refusal(fields: [
                FieldError(
                    type: "model_attributes_type", loc: [],
                    msg: "Input should be a valid dictionary or object to extract fields from", input: .string(input))
            ])
        }
        do {
            return try JSONValue.parse(bytes)
        } catch {
            throw Refusal(CommandError.invalidJSON(error))
        }
    }

    /// `application/json`, any `application/*+json`, or no content type at all.
    package static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return true }
        let type = ParameterisedValue(contentType).value.lowercased()
        return type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    }

    private static func collect(_ call: Call, limit: Int) async throws -> [UInt8] {
        let request = call.request
        if let announced = request.headers[.contentLength].flatMap({ Int64($0) }), announced > limit {
            throw Refusal.tooLarge(limit: Int64(limit))
        }
        call.inviteBody()
        var bytes: [UInt8] = []
        for try await buffer in request.body {
            guard bytes.count + buffer.readableBytes <= limit else { throw Refusal.tooLarge(limit: Int64(limit)) }
            bytes += buffer.readableBytesView
        }
        return bytes
    }
}
