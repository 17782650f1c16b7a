import NIOCore

extension Channel {
    /// Bytes that wait in NIO's queue to be written; nil for a channel that does not tell (an embedded or a closed one).
    ///
    /// To be asked for on its event loop.
    var bufferedByteCount: Int? {
        // An error says that there is no such number.
        try? syncOptions?.getOption(.bufferedWritableBytes)
    }
}
