import Glibc

// Why unsafe code: `String(decoding:)`, `memchr` and `memmove` over a part of some bytes without a copy, and eight bytes
// loaded at once. The pointers live within the closures, and every range is checked against the same bytes, as
// `unsafeLoadUnaligned` does by itself.

/// The text between the quotes of a JSON string, escapes resolved.
///
/// What isn't an escape of RFC 8259 stands for itself.
func jsonText(_ line: Span<UInt8>, _ range: Range<Int>) -> String {
    line.extracting(range).withUnsafeBufferPointer { bytes in
        guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
        return unescaped(Array(bytes))
    }
}

private func unescaped(_ bytes: [UInt8]) -> String {
    var units: [UInt16] = []
    var text = ""
    var plain: [UInt8] = []
    func flushUnits() {
        text += String(decoding: units, as: UTF16.self)
        units.removeAll()
    }
    func flushPlain() {
        text += String(decoding: plain, as: UTF8.self)
        plain.removeAll()
    }
    var index = 0
    while index < bytes.count {
        guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count else {
            flushUnits()
            plain.append(bytes[index])
            index += 1
            continue
        }
        flushPlain()
        let escape = bytes[index + 1]
        index += 2
        if escape == UInt8(ascii: "u"), index + 4 <= bytes.count,
            let unit = UInt16(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
        {
            units.append(unit)
            index += 4
        } else {
            units.append(UInt16(simpleEscape(escape)))
        }
    }
    flushUnits()
    flushPlain()
    return text
}

private func simpleEscape(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: byte
    }
}

/// Eight bytes, the first one lowest.
@inline(__always)
func littleEndian64(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
}

/// The high bit of each byte that is no digit, 0 to 9 as a number; bits above the lowest one set may be wrong.
@inline(__always)
func nonDigits(_ word: UInt64) -> UInt64 {
    // Adding 0x76 reaches the high bit from 10 on, and carries only out of a byte that has its own high bit set.
    ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080
}

/// The number that the first bytes are the digits of, as far as eight bytes go.
///
/// - Parameter word: The bytes, the first one lowest.
@inline(__always)
func leadingDigits(_ word: UInt64) -> (value: Int64, count: Int) {
    let difference = word ^ 0x3030_3030_3030_3030
    let count = nonDigits(difference).trailingZeroBitCount >> 3
    guard count > 0 else { return (0, 0) }
    // As eight digits, zeros first; then neighbours are added up: to pairs, and the four pairs to one number.
    let digits = difference &<< UInt64(64 &- 8 &* count)
    let pairs = digits &* 10 &+ (digits &>> 8)
    let low = (pairs & 0x0000_00FF_0000_00FF) &* (100 + (1_000_000 << 32))
    let high = ((pairs &>> 16) & 0x0000_00FF_0000_00FF) &* (1 + (10_000 << 32))
    return (Int64(truncatingIfNeeded: (low &+ high) &>> 32), count)
}

/// The position of the first `byte` in `range`.
package func firstIndex(of byte: UInt8, in bytes: [UInt8], _ range: Range<Int>) -> Int? {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "the range is part of the bytes")
    return bytes.withUnsafeBytes { buffer in
        guard let base = buffer.baseAddress, let found = memchr(base + range.lowerBound, Int32(byte), range.count)
        else { return nil }
        return base.distance(to: UnsafeRawPointer(found))
    }
}

/// The position of the first line feed in `range`.
func firstLineFeed(in bytes: [UInt8], _ range: Range<Int>) -> Int? { firstIndex(of: 0x0A, in: bytes, range) }

/// Appends the positions of all line feeds in `range`, each less `origin`.
func appendLineFeeds(in bytes: [UInt8], _ range: Range<Int>, origin: Int, to ends: inout [Int]) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "the range is part of the bytes")
    bytes.withUnsafeBytes { buffer in
        guard let base = buffer.baseAddress else { return }
        var position = range.lowerBound
        while position < range.upperBound,
            let found = memchr(base + position, 0x0A, range.upperBound - position)
        {
            let end = base.distance(to: UnsafeRawPointer(found))
            ends.append(end - origin)
            position = end + 1
        }
    }
}

/// Copies a part of some bytes to the front.
func moveToFront(_ bytes: inout [UInt8], _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "the range is part of the bytes")
    bytes.withUnsafeMutableBytes { buffer in
        guard let base = buffer.baseAddress else { return }
        memmove(base, base + range.lowerBound, range.count)
    }
}

/// The position of the quote that ends a JSON string whose content begins at `start`: the first that no backslash escapes.
///
/// Eight bytes at a time: this is most of the work of reading a line.
@inline(__always)
func closingQuote(in line: Span<UInt8>, from start: Int) -> Int? {
    line.withUnsafeBytes { closingQuote(in: $0, from: start) }
}

/// The same over bytes that a pointer leads to.
@inline(__always)
func closingQuote(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var index = start
    while index < bytes.count {
        // Eight bytes are loaded only where so many are left.
        if index + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let found = zeroBytes(word ^ 0x2222_2222_2222_2222) | zeroBytes(word ^ 0x5C5C_5C5C_5C5C_5C5C)
            if found == 0 {
                index &+= 8
                continue
            }
            index &+= found.trailingZeroBitCount >> 3
        }
        switch bytes[index] {
        case 0x22: return index
        case 0x5C: index &+= 2
        default: index &+= 1
        }
    }
    return nil
}

/// The high bit of each byte that is zero; bits above the lowest one set may be wrong.
@inline(__always)
private func zeroBytes(_ word: UInt64) -> UInt64 {
    (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
}

/// The first index in `range` where four bytes stand that may be a header's magic or a block's length.
func firstCandidate(in bytes: [UInt8], _ range: Range<Int>) -> Int? {
    bytes.withUnsafeBytes { buffer in
        // The last load begins four bytes before the end, so all are in bounds.
        let end = min(range.upperBound, buffer.count - 3)
        var index = max(0, range.lowerBound)
        while index < end {
            let word = UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            if word == FrameFormat.headerMagic { return index }
            if (word & ~FrameFormat.storedFlag) &- 1 < UInt32(FrameFormat.blockByteCountMax) { return index }
            index += 1
        }
        return nil
    }
}

/// The first index in `range` where a header's magic stands.
func firstHeaderMagic(in bytes: [UInt8], _ range: Range<Int>) -> Int? {
    bytes.withUnsafeBytes { buffer in
        // The last load begins four bytes before the end, so all are in bounds.
        let end = min(range.upperBound, buffer.count - 3)
        var index = max(0, range.lowerBound)
        while index < end {
            let word = UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            if word == FrameFormat.headerMagic { return index }
            index += 1
        }
        return nil
    }
}

/// The last index before `limit` where a header's magic stands.
func lastHeaderMagic(in bytes: [UInt8], before limit: Int) -> Int? {
    bytes.withUnsafeBytes { buffer in
        // The last load begins four bytes before the end, so all are in bounds.
        var index = min(limit, buffer.count - 3) - 1
        while index >= 0 {
            let word = UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            if word == FrameFormat.headerMagic { return index }
            index -= 1
        }
        return nil
    }
}
