/// What a server's connection brings, in order.
enum SocketMessage: Sendable, Equatable {
    /// An HTTP answer, the upgrade's 101 included.
    case answer(HTTPAnswer)
    case text(String)
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(code: UInt16?, reason: String)
    /// The connection is gone.
    case end
}

/// An HTTP answer as a raw client reads it.
struct HTTPAnswer: Sendable, Equatable {
    var status: Int
    /// By lower-case names; of several of one name the last.
    var headers: [String: String]
    var body: String
}
