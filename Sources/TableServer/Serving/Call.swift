import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What Hummingbird knows of a request besides the request itself.
package struct CallContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection that the request came over.
    package let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.channel = source.channel
    }

    /// The peer's address without its port.
    package var remoteAddress: String { channel.remoteAddress?.ipAddress ?? "unknown" }
}

/// One request on the way through its route.
package struct Call: Sendable {
    package let request: Request
    package let path: RequestPath
    package let query: QueryItems
    /// The values of the route's parameters, in its pattern's order.
    package let parameters: [String]
    package let context: CallContext

    /// Who asks, as it stands in the events that come of it.
    package var actor: String { "rest@\(context.remoteAddress)" }
}

/// What answers the requests of one route; errors become answers further up.
package typealias Handler = @Sendable (Call) async throws -> Response
