/// Why the server ends a WebSocket connection, with the code that tells a client what to do next.
///
/// Of these, only a client that broke the rules of WebSocket itself has nothing to come back for. Code 1000 is never used: on it
/// the existing web client doesn't reconnect (wire contract, section 6).
package enum CloseReason: Equatable, Sendable {
    /// The client is behind by more than the limit; it can come back and resume.
    case tooFarBehind
    /// The client has taken no bytes for too long while it was being brought up to date.
    case stalled
    /// A ping wasn't answered in time: most likely nobody is there any more.
    case noPong
    /// The server stops; the client is to come back and resume.
    case serverStopping
    /// A recording was set to another moment; the client is to come back, and is told how to go on.
    case recordingJumped
    /// The message is larger than the limit.
    case messageTooLarge
    /// All clients together have more unfinished messages than the server has room for; to be tried again later.
    case busy
    /// The frames break RFC 6455.
    case protocolError
    /// A text message isn't UTF-8.
    case invalidText
    /// The server can't go on with this connection (the journal can't be read, say).
    case serverError

    /// The close frame's status code.
    package var code: UInt16 {
        switch self {
        case .tooFarBehind, .stalled, .noPong: 4408
        case .serverStopping, .recordingJumped: 1012
        case .messageTooLarge: 1009
        case .busy: 1013
        case .protocolError: 1002
        case .invalidText: 1007
        case .serverError: 1011
        }
    }

    /// The close frame's text; at most 123 bytes, as RFC 6455 section 5.5 allows.
    package var text: String {
        switch self {
        case .tooFarBehind: "too far behind; reconnect and resume"
        case .stalled: "took no data for too long; reconnect"
        case .noPong: "ping not answered"
        case .serverStopping: "server stops; reconnect"
        case .recordingJumped: "the recording was set to another moment; reconnect"
        case .messageTooLarge: "message too large"
        case .busy: "too many large messages at a time; reconnect and send again"
        case .protocolError: "WebSocket protocol error"
        case .invalidText: "text is not UTF-8"
        case .serverError: "server error; reconnect"
        }
    }
}
