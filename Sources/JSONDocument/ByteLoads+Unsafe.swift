import Glibc

// Why this file may use unsafe operations: comparing and scanning text eight bytes at a time is what keeps parsing and
// the byte diff at memory speed, and a `Span` has no safe load of a wider integer. Each load below is of a
// `BitwiseCopyable` integer for which every bit pattern is valid, and `RawSpan.unsafeLoadUnaligned(fromByteOffset:as:)`
// still checks the bounds of each access; only its reinterpretation of bytes is what the name calls unsafe. The address
// of a buffer is only ever compared, never followed. Copies go through the span's own buffer pointer, within its closure,
// because appending a span element by element costs ten times a memcpy; `memcmp` works on those pointers, too, after a check of
// the bounds.

extension Span where Element == UInt8 {
    /// The eight bytes from `offset` on, the first one lowest.
    ///
    /// Traps where fewer are left.
    @inline(__always)
    func load8(_ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The four bytes from `offset` on, the first one lowest.
    ///
    /// Traps where fewer are left.
    @inline(__always)
    func load4(_ offset: Int) -> UInt32 {
        UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// Whether both runs have the same `count` bytes from `offset` on.
    ///
    /// Traps where fewer are left in either.
    @inline(__always)
    func isSame(as other: Span<UInt8>, at offset: Int, count: Int) -> Bool {
        precondition(offset >= 0 && 0...min(self.count, other.count) - offset ~= count, "both runs hold the bytes")
        return self.withUnsafeBytes { mine in
            other.withUnsafeBytes { others in
                guard let first = mine.baseAddress, let second = others.baseAddress else { return true }
                return memcmp(first + offset, second + offset, count) == 0
            }
        }
    }
}

extension Array {
    /// Whether both arrays are the same memory: then they are equal without a look at their elements.
    @inline(__always)
    func sharesBuffer(with other: [Element]) -> Bool {
        self.count == other.count
            && self.withUnsafeBufferPointer { mine in
                other.withUnsafeBufferPointer { mine.baseAddress == $0.baseAddress }
            }
    }
}

extension [UInt8] {
    /// An array of its own with the bytes of `span`.
    @inline(__always)
    init(copying span: Span<UInt8>) {
        self = span.withUnsafeBufferPointer { [UInt8]($0) }
    }

    /// Adds the bytes of `span` to the end.
    @inline(__always)
    mutating func append(copying span: Span<UInt8>) {
        span.withUnsafeBufferPointer { self.append(contentsOf: $0) }
    }
}

extension String {
    /// A string of the bytes of `span`; what isn't UTF-8 is repaired.
    @inline(__always)
    init(copying span: Span<UInt8>) {
        self = span.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
