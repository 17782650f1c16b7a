import Logging
import NIOCore
import NIOHTTP1

/// An HTTP answer given below the router, to a request that never gets there; the connection closes after it.
struct EarlyAnswer {
    let status: HTTPResponseStatus
    let detail: String
    /// The request's name; a new one where the head can't be read.
    var request = "\(RequestID(given: nil))"
    var headers: [UpgradeRefusal.HeaderField] = []

    /// Writes the answer, and a line about it to the log, and shuts the sending side, so that the client reads it whole before the
    /// connection is gone.
    ///
    /// Closing at once would let the kernel reset the connection if the client had sent more, and discard the answer.
    func write(on context: ChannelHandlerContext, logger: Logger) {
        logger.debug(
            "Refused before it was routed",
            metadata: [
                "status": "\(status.code)", "detail": "\(detail)", "request": "\(request)",
                "from": "\(context.remoteAddress?.ipAddress ?? "unknown")",
            ])
        let body = ByteBuffer(string: Self.body(detail))
        var head = HTTPResponseHead(version: .http1_1, status: status)
        head.headers.add(name: "content-type", value: "application/json")
        head.headers.add(name: "content-length", value: String(body.readableBytes))
        head.headers.add(name: "x-content-type-options", value: "nosniff")
        head.headers.add(name: RequestID.headerName, value: request)
        head.headers.add(name: "connection", value: "close")
        for field in headers { head.headers.add(name: field.name, value: field.value) }
        context.write(NIOAny(HTTPServerResponsePart.head(head)), promise: nil)
        context.write(NIOAny(HTTPServerResponsePart.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(NIOAny(HTTPServerResponsePart.end(nil)), promise: nil)
        context.close(mode: .output, promise: nil)
    }

    /// `{"detail":"…"}`; what came from the client (an origin) is escaped.
    private static func body(_ detail: String) -> String {
        var text = #"{"detail":""#
        for scalar in detail.unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case _ where scalar.value < 0x20: text += " "
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + #""}"#
    }
}
