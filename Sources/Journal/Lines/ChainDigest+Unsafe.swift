import Crypto

// Why unsafe code: swift-crypto takes bytes without a copy only as buffer pointers (its other entrances need Foundation).
// Each pointer lives within the closure that hands it out.

/// The digest over a journal's lines up to one of them: D(n) = SHA-256(D(n−1) ‖ line n without its line feed),
/// D(−1) = SHA-256 of the uuid's text (journal-format.md, "Segment file").
package struct ChainDigest: Sendable, Hashable, CustomStringConvertible {
    /// The 32 bytes as big-endian words, so that equality and hashing need no array.
    private var words: (UInt64, UInt64, UInt64, UInt64)

    /// D(−1) of a journal.
    package init(journal uuid: String) {
        var hasher = SHA256()
        var text = uuid
        text.withUTF8 { hasher.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        self.words = Self.words(of: hasher.finalize())
    }

    /// Reads 64 hexadecimal digits.
    package init?(hex: String) {
        self.init(hex: Array(hex.utf8).span)
    }

    /// The same over bytes.
    init?(hex: Span<UInt8>) {
        guard hex.count == 64 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for index in 0..<64 {
            guard let digit = hexDigitValue(hex[index]) else { return nil }
            words[index >> 4] = words[index >> 4] << 4 | UInt64(digit)
        }
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// The 32 raw bytes.
    package var bytes: [UInt8] {
        withUnsafeBytes(of: self.rawBytes) { Array($0) }
    }

    /// 64 hexadecimal digits, lower case.
    package var hex: String { hexText(self.bytes) }

    /// The first 16 hexadecimal digits, which the sync protocol speaks.
    package var short: String { String(self.hex.prefix(16)) }

    package var description: String { self.hex }

    /// Goes on by one line, given without its line feed.
    package mutating func extend(line: Span<UInt8>) {
        line.withUnsafeBufferPointer { self.extend(UnsafeRawBufferPointer($0)) }
    }

    /// Goes on by one line, given without its line feed.
    package mutating func extend(line: [UInt8]) {
        line.withUnsafeBytes { self.extend($0) }
    }

    private mutating func extend(_ line: UnsafeRawBufferPointer) {
        var hasher = SHA256()
        withUnsafeBytes(of: self.rawBytes) { hasher.update(bufferPointer: $0) }
        hasher.update(bufferPointer: line)
        self.words = Self.words(of: hasher.finalize())
    }

    private var rawBytes: (UInt64, UInt64, UInt64, UInt64) {
        (self.words.0.bigEndian, self.words.1.bigEndian, self.words.2.bigEndian, self.words.3.bigEndian)
    }

    private static func words(of digest: SHA256Digest) -> (UInt64, UInt64, UInt64, UInt64) {
        // A SHA256Digest has 32 bytes, so four loads of eight are in bounds.
        digest.withUnsafeBytes { raw in
            (
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
            )
        }
    }

    package static func == (left: ChainDigest, right: ChainDigest) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) { hasher.combine(self.words.0) }
}

/// SHA-256 over bytes, 64 hexadecimal digits.
package func sha256Hex(_ bytes: [UInt8]) -> String {
    var hasher = SHA256()
    bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    return hexText(Array(hasher.finalize()))
}

/// Lower-case hexadecimal digits.
func hexText(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

private func hexDigitValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
}

/// SHA-256 over bytes that come in pieces.
struct StreamedDigest {
    private var hasher = SHA256()

    /// Takes the next bytes.
    mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { self.hasher.update(bufferPointer: $0) }
    }

    /// 64 hexadecimal digits over all so far.
    var hex: String { hexText(Array(self.hasher.finalize())) }
}
