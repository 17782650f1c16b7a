/// A blob as an event names it: `"blob":"<64 hex digits>"`.
struct BlobMention: Equatable {
    /// The first event that names it.
    let event: Int64

    /// Finds the blobs that a line names.
    ///
    /// Looks at the bytes: the member `blob` with 64 hex digits as its text, wherever it stands in `patch`, is a blob.
    static func gather(_ line: Span<UInt8>, event: Int64, into blobs: inout [String: BlobMention]) {
        let key = Array(#""blob":""#.utf8)
        let length = key.count + 64 + 1
        guard line.count >= length else { return }
        var index = 0
        let last = line.count - length
        while index <= last {
            guard line[index] == key[0], matches(line, index, key) else {
                index += 1
                continue
            }
            let start = index + key.count
            let name = (start..<start + 64).map { line[$0] }
            if line[start + 64] == UInt8(ascii: "\""), name.allSatisfy(isHexDigit) {
                let sha256 = String(decoding: name, as: UTF8.self)
                if blobs[sha256] == nil { blobs[sha256] = BlobMention(event: event) }
            }
            index = start
        }
    }

    private static func matches(_ line: Span<UInt8>, _ index: Int, _ key: [UInt8]) -> Bool {
        for position in 0..<key.count where line[index + position] != key[position] { return false }
        return true
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}
