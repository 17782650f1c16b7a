import NIOCore
import NIOHTTP1

/// How large a request may be apart from the bodies that a route asks for.
///
/// None of this is an operator's choice: browsers and well-made clients stay far below.
package struct RequestLimits: Sendable {
    /// Longest request target (path and query) and longest single header, in bytes: 414 and 431 beyond it.
    ///
    /// The table's longest paths have 1,024 bytes, three times as many with every one escaped; large cookies have 8 KiB.
    package var fieldByteCount = 16 << 10
    /// All headers and the target together, in bytes.
    package var headByteCount = 64 << 10
    /// Headers of one request, trailers included.
    package var fieldCount = 100
    /// Largest body for a route that takes none, in bytes; it is thrown away.
    package var unusedBodyByteCount: Int64 = 64 << 10
    /// How much of a body that nobody wants any more is read so that the connection can be kept, in bytes.
    package var drainByteCount: Int64 = 1 << 20
    /// How long a client may take to send that, and how long a refused one may take to read its answer and go.
    package var lingerTimeout = TimeAmount.seconds(10)

    /// The defaults.
    package init() {}

    /// What NIO's decoder has to hold to.
    var decoder: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = fieldByteCount
        limits.maxHeaderListSize = headByteCount
        limits.maxHeaderFieldCount = fieldCount
        return limits
    }
}
