import HTTPTypes
import Hummingbird
import JSONDocument
import NIOCore

/// A JSON answer that many requests get: a short one as the bytes to send, a long one as pieces of the table itself.
package struct ReadyJSON: Sendable {
    private enum Form {
        case bytes(ByteBuffer)
        case pieces(JSONPieces)
    }

    /// Up to here the bytes are kept, beside the table that they are written from.
    package static let keptByteCountMax = 256 << 10

    private let form: Form

    /// Makes the answer ready.
    package init(_ value: JSONValue) {
        let isShort = value.byteCount <= Self.keptByteCountMax
        form = isShort ? .bytes(ByteBuffer(bytes: value.serialized())) : .pieces(JSONPieces(value))
    }

    /// The answer, with its length.
    package func response() -> Response {
        Response(status: .ok, headers: [.contentType: "application/json"], body: body)
    }

    private var body: ResponseBody {
        switch form {
        case .bytes(let buffer): ResponseBody(byteBuffer: buffer)
        case .pieces(let pieces): pieces.body()
        }
    }
}
