import CLZ4

// Why unsafe code: liblz4 is a C library. The context is owned by one object and freed once, in deinit; every buffer is an array
// that outlives the call, with the capacity that LZ4F_compressBound asks for.

/// Makes one data frame after the other, each block flushed when its commit is whole.
///
/// Not Sendable: the journal's writer owns it.
final class LZ4Compressor {
    private let context: OpaquePointer
    private var preferences: LZ4F_preferences_t

    init() {
        var context: OpaquePointer?
        let result = LZ4F_createCompressionContext(&context, UInt32(LZ4F_VERSION))
        guard LZ4F_isError(result) == 0, let context else {
            preconditionFailure("LZ4F_createCompressionContext fails only without memory")
        }
        self.context = context
        self.preferences = LZ4F_preferences_t()
        self.preferences.frameInfo.blockSizeID = LZ4F_max256KB
        self.preferences.frameInfo.blockMode = LZ4F_blockLinked
        self.preferences.frameInfo.blockChecksumFlag = LZ4F_blockChecksumEnabled
    }

    deinit { LZ4F_freeCompressionContext(self.context) }

    /// Begins a frame, whatever became of the one before, and returns its first bytes.
    func begin() -> [UInt8] {
        let start = [UInt8](unsafeUninitializedCapacity: Int(LZ4F_HEADER_SIZE_MAX)) { buffer, count in
            count = LZ4F_compressBegin(self.context, buffer.baseAddress, buffer.count, &self.preferences)
        }
        precondition(start == FrameFormat.dataFrameStart, "liblz4 begins a frame as journal-format.md says")
        return start
    }

    /// Packs the lines of one commit and flushes: one block up to 256 KiB, several for more.
    func compress(_ lines: [UInt8], into packed: inout [UInt8]) {
        let piece = FrameFormat.blockByteCountMax
        var start = 0
        while start < lines.count {
            let end = min(start + piece, lines.count)
            packed += self.compress(lines, start..<end)
            start = end
        }
    }

    /// At most one block's worth, flushed.
    private func compress(_ lines: [UInt8], _ range: Range<Int>) -> [UInt8] {
        let bound = LZ4F_compressBound(range.count, &self.preferences)
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            lines.withUnsafeBytes { source in
                let part = UnsafeRawBufferPointer(rebasing: source[range])
                let updated = LZ4F_compressUpdate(
                    self.context, buffer.baseAddress, buffer.count, part.baseAddress, part.count, nil)
                precondition(LZ4F_isError(updated) == 0, "the buffer has what LZ4F_compressBound asks for")
                let flushed = LZ4F_flush(
                    self.context, buffer.baseAddress.map { $0 + updated }, buffer.count - updated, nil)
                precondition(LZ4F_isError(flushed) == 0, "the buffer has what LZ4F_compressBound asks for")
                count = updated + flushed
            }
        }
    }
}
