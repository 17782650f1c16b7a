import NIOPosix

/// Hands a file's pieces to its sink while the next one arrives.
///
/// They get there in order and one at a time, on a thread that may block; besides the one on its way none is kept.
struct WriteBehind<Sink: UploadSink>: Sendable {
    let sink: Sink
    private var writing: Task<Void, any Error>?

    init(_ sink: Sink) { self.sink = sink }

    /// Sends the next piece on its way, once the sink has taken the one before it.
    ///
    /// - Throws: What the sink said of the one before it.
    mutating func write(_ bytes: [UInt8]) async throws {
        try await settle()
        writing = Task { [sink] in try await NIOThreadPool.singleton.runIfActive { try sink.append(bytes) } }
    }

    /// Waits until the sink has taken everything.
    ///
    /// - Throws: What the sink said of the last piece.
    mutating func settle() async throws {
        defer { writing = nil }
        try await writing?.value
    }

    /// Gives up: nothing is left behind.
    ///
    /// - Returns: What the sink said of the last piece, if it could not take it.
    mutating func cancel() async -> (any Error)? {
        defer { sink.cancel() }
        do {
            try await settle()
            return nil
        } catch {
            return error
        }
    }
}
