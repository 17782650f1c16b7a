// Unsafe because send(2) takes a pointer: it is the buffer's for the length of the closure, and its readable bytes' count
// goes with it. The descriptor is NIO's and used in its closure only, which is not called once the socket is closed.

import Glibc
import NIOCore

/// NIO's end of a socket, whose descriptor may be borrowed.
typealias SocketCore = any NIOTransportAccessibleChannelCore<NIOBSDSocket.Handle>

extension Channel {
    /// The channel's end of its socket; nil where there is none (an embedded channel).
    ///
    /// To be kept: NIO's own way there, `withUnsafeTransportIfAvailable`, casts at every call, which takes 7,000
    /// instructions; a delivery takes a tenth of that besides.
    var socketCore: SocketCore? { _channelCore as? SocketCore }
}

extension NIOTransportAccessibleChannelCore<NIOBSDSocket.Handle> {
    /// Hands a buffer to the kernel, past NIO's pipeline and queue.
    ///
    /// To be called on the event loop, while nothing waits in NIO's queue, or this would overtake it; and only where no
    /// handler between the caller and the socket has anything to do with what is written (no TLS).
    ///
    /// - Returns: What the kernel did not take, for NIO to write; nil if that is nothing. After an error it is all of it: NIO
    ///   meets the same error again and deals with it.
    func sendAtOnce(_ buffer: ByteBuffer) -> ByteBuffer? {
        let sent: Int
        do {
            sent = try withUnsafeTransport { socket in
                buffer.withUnsafeReadableBytes { bytes in
                    send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
                }
            }
        } catch {
            return buffer
        }
        guard sent > 0 else { return buffer }
        guard sent < buffer.readableBytes else { return nil }
        var rest = buffer
        rest.moveReaderIndex(forwardBy: sent)
        return rest
    }
}
