import CLZ4

// Why unsafe code: liblz4 is a C library. Every buffer is an array that outlives the call, the contexts are freed on every way
// out, and the library is told each buffer's own count.

/// Whole LZ4 frames with a content checksum, as snapshots are kept in: `lz4 -dc` reads them too.
enum LZ4Container {
    /// Packs bytes into one frame.
    static func pack(_ bytes: [UInt8]) -> [UInt8] {
        var preferences = LZ4F_preferences_t()
        preferences.frameInfo.blockSizeID = LZ4F_max1MB
        preferences.frameInfo.blockMode = LZ4F_blockLinked
        preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
        preferences.frameInfo.contentSize = UInt64(bytes.count)
        let bound = LZ4F_compressFrameBound(bytes.count, &preferences)
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            count = bytes.withUnsafeBytes {
                LZ4F_compressFrame(buffer.baseAddress, buffer.count, $0.baseAddress, $0.count, &preferences)
            }
            precondition(LZ4F_isError(count) == 0, "the buffer has what LZ4F_compressFrameBound asks for")
        }
    }

    /// Unpacks one frame; nil if it isn't whole, a checksum doesn't hold, or it would be longer than `limit` bytes.
    static func unpack(_ bytes: [UInt8], limit: Int = 4 << 30) -> [UInt8]? {
        var context: OpaquePointer?
        guard LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0 else { return nil }
        defer { LZ4F_freeDecompressionContext(context) }
        var result: [UInt8] = []
        var consumed = 0
        let pieceByteCount = 1 << 20
        while true {
            var hint = 0
            var taken = 0
            let piece = [UInt8](unsafeUninitializedCapacity: pieceByteCount) { buffer, count in
                count = buffer.count
                bytes.withUnsafeBytes { source in
                    let rest = UnsafeRawBufferPointer(rebasing: source[consumed...])
                    taken = rest.count
                    hint = LZ4F_decompress(context, buffer.baseAddress, &count, rest.baseAddress, &taken, nil)
                }
                if LZ4F_isError(hint) != 0 { count = 0 }
            }
            guard LZ4F_isError(hint) == 0 else { return nil }
            result += piece
            consumed += taken
            guard result.count <= limit else { return nil }
            // Zero: the frame is whole, checksum included.
            if hint == 0 { return consumed == bytes.count ? result : nil }
            if piece.isEmpty && taken == 0 { return nil }
        }
    }
}
