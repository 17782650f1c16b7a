/// A blob as an event names it: `"blob":"<64 hex digits>"`, or such a member's new value in a patch.
struct BlobMention: Equatable {
    /// The first event that names it.
    let event: Int64

    /// Finds the blobs that a line, or a document, names.
    ///
    /// Looks at the bytes: the member `blob` with 64 hex digits as its text, wherever it stands, is a blob; so is the value
    /// of an operation whose path ends in `/blob`.
    static func gather(_ line: Span<UInt8>, event: Int64, into blobs: inout [String: BlobMention]) {
        forEachName(in: line) { start, sha256 in
            guard isMention(line, endingAt: start), blobs[sha256] == nil else { return }
            blobs[sha256] = BlobMention(event: event)
        }
    }

    /// Calls `body` with every text of 64 hex digits in a line, whatever it stands for, and where its quote stands.
    static func forEachName(in line: Span<UInt8>, _ body: (_ start: Int, _ name: String) -> Void) {
        let quote = UInt8(ascii: "\"")
        var index = 0
        while index + 65 < line.count {
            guard line[index] == quote, line[index + 65] == quote, areHexDigits(line, index + 1..<index + 65) else {
                index += 1
                continue
            }
            body(index, String(decoding: (index + 1..<index + 65).map { line[$0] }, as: UTF8.self))
            index += 65
        }
    }

    private static let keys = [Array(#""blob":"#.utf8), Array(#"/blob","value":"#.utf8)]

    private static func isMention(_ line: Span<UInt8>, endingAt end: Int) -> Bool {
        keys.contains { key in
            guard end >= key.count else { return false }
            return key.indices.allSatisfy { line[end - key.count + $0] == key[$0] }
        }
    }

    private static func areHexDigits(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range where !isHexDigit(line[index]) { return false }
        return true
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}
