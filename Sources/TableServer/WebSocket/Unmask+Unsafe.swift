// Unsafe because a mask has to be applied eight bytes at a time to be no bottleneck: NIO's byte-wise `unmaskedData` costs
// 52 µs for a 20 KB message, this 4.5 µs. The pointer is NIO's for the length of the closure; every access is inside
// `0..<count`: the words end at `index + 8 <= count`, the tail at `index < count`.

import NIOCore
import NIOWebSocket

extension WebSocketFrame {
    /// The payload without its mask.
    func fastUnmaskedData() -> ByteBuffer {
        var data = self.data
        guard let key = maskKey else { return data }
        let bytes = [key[0], key[1], key[2], key[3], key[0], key[1], key[2], key[3]]
        let pattern = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }.littleEndian
        data.withUnsafeMutableReadableBytes { buffer in
            var index = 0
            while index + 8 <= buffer.count {
                let word = buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                buffer.storeBytes(of: word ^ pattern, toByteOffset: index, as: UInt64.self)
                index += 8
            }
            while index < buffer.count {
                buffer[index] ^= bytes[index & 3]
                index += 1
            }
        }
        return data
    }
}
