import Logging

/// A log handler that tells a test with which codes the server has closed clients.
struct ClosureLog: LogHandler {
    let codes: Mailbox<String>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        if let code = event.metadata?["code"] { codes.put("\(code)") }
    }
}
