import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTPTypes

/// What Hummingbird knows of a request besides the request itself.
package struct CallContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection that the request came over.
    package let channel: any Channel
    /// What the request has written so far.
    package let written = WrittenOffset()

    /// What Hummingbird gives for every request.
    package init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.channel = source.channel
    }

    /// The peer's address without its port.
    package var remoteAddress: String { channel.remoteAddress?.ipAddress ?? "unknown" }
    /// The same with its port.
    var address: String { channel.remoteAddress.addressText }
}

/// One request on the way through its route.
package struct Call: Sendable {
    /// The request as it came; its body can be read once.
    package let request: Request
    /// Its path, decoded.
    package let path: RequestPath
    /// Its query, decoded.
    package let query: QueryItems
    /// The values of the route's parameters, in its pattern's order.
    package let parameters: [String]
    /// The connection and what belongs to it.
    package let context: CallContext

    /// Who asks, as it stands in the events that come of it.
    package var actor: String { "rest@\(context.remoteAddress)" }

    /// Tells a client that asked first (`Expect: 100-continue`) to send its body; to be called when it is wanted.
    ///
    /// Without it curl waits a second before it sends a file. RFC 9110 section 10.1.1.
    package func inviteBody() {
        guard request.headers[.expect]?.lowercased() == "100-continue" else { return }
        context.channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)), promise: nil)
    }
}

/// What answers the requests of one route; errors become answers further up.
package typealias Handler = @Sendable (Call) async throws -> Response
