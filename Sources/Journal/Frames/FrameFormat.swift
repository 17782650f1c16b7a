/// The numbers of the segment file (journal-format.md, "Segment file"; LZ4 frame format 1.6.2).
package enum FrameFormat {
    /// Magic of the skippable frame that holds a header, little endian.
    static let headerMagic: UInt32 = 0x184D_2A53

    /// Magic and size before a header's content.
    static let headerPrefixByteCount = 8

    /// No header is longer; more is damage. (Ours have about 210 bytes.)
    package static let headerByteCountMax = 4096

    /// Magic, flags, block maximum and header checksum of every data frame: version 01, linked blocks, block checksums, no
    /// content size, no content checksum, blocks of up to 256 KiB.
    static let dataFrameStart: [UInt8] = [0x04, 0x22, 0x4D, 0x18, 0x50, 0x50, 0x2B]

    /// A block holds at most this much, packed or not.
    static let blockByteCountMax = 256 << 10

    /// LZ4 looks back this far.
    static let historyByteCount = 64 << 10

    /// The length field before a block.
    static let blockLengthByteCount = 4

    /// XXH32 after a block.
    static let blockChecksumByteCount = 4

    /// Set in a length field where the block isn't compressed.
    static let storedFlag: UInt32 = 0x8000_0000

    /// A length of zero ends a frame.
    static let endMark: [UInt8] = [0, 0, 0, 0]
}

/// Four bytes, little endian.
@inline(__always)
func littleEndian32(_ bytes: [UInt8], at index: Int) -> UInt32 {
    UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
        | UInt32(bytes[index + 3]) << 24
}

/// Appends four bytes, little endian.
func appendLittleEndian32(_ value: UInt32, to bytes: inout [UInt8]) {
    for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
}
