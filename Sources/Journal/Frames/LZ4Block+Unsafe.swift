import CLZ4
import CXXHash

// Why unsafe code: liblz4 and libxxhash are C libraries. Ranges are checked against the arrays before pointers are made, and
// LZ4_decompress_safe_usingDict writes no more than the room it is told.

/// XXH32 with seed 0 over a part of some bytes, as LZ4 frames use it.
package func blockChecksum(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "the range is part of the bytes")
    return bytes.withUnsafeBytes { XXH32($0.baseAddress.map { $0 + range.lowerBound }, range.count, 0) }
}

/// Unpacks one block behind what was unpacked before.
///
/// - Parameters:
///   - packed: Holds the block's content at `range`.
///   - target: What was unpacked so far, up to `end`, and room for a whole block behind it.
///   - end: Where the block's lines go.
///   - history: How many bytes before `end` the block may refer to.
/// - Returns: The count of unpacked bytes; nil if these bytes are no block.
func unpackBlock(
    _ packed: [UInt8], _ range: Range<Int>, into target: inout [UInt8], end: Int, history: Int
) -> Int? {
    let room = min(target.count - end, FrameFormat.blockByteCountMax)
    precondition(
        range.lowerBound >= 0 && range.upperBound <= packed.count && 0...end ~= history && room > 0
            && range.count <= FrameFormat.blockByteCountMax,
        "the ranges are part of the arrays")
    let count = packed.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target -> Int32 in
            guard let from = source.baseAddress, let to = target.baseAddress else { return -1 }
            return from.withMemoryRebound(to: CChar.self, capacity: source.count) { from in
                to.withMemoryRebound(to: CChar.self, capacity: target.count) { to in
                    LZ4_decompress_safe_usingDict(
                        from + range.lowerBound, to + end, Int32(range.count), Int32(room), to + (end - history),
                        Int32(history))
                }
            }
        }
    }
    return count < 0 ? nil : Int(count)
}

/// Unpacks the beginning of a frame's first block, which has no history; fewer bytes where the block has fewer.
func unpackBeginning(_ packed: [UInt8], _ range: Range<Int>, upTo limit: Int) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= packed.count, "the range is part of the bytes")
    return [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
        let result = packed.withUnsafeBufferPointer { source -> Int32 in
            guard let from = source.baseAddress, let to = buffer.baseAddress else { return -1 }
            return from.withMemoryRebound(to: CChar.self, capacity: source.count) { from in
                to.withMemoryRebound(to: CChar.self, capacity: limit) { to in
                    LZ4_decompress_safe_partial(
                        from + range.lowerBound, to, Int32(range.count), Int32(limit), Int32(limit))
                }
            }
        }
        count = max(0, Int(result))
    }
}
