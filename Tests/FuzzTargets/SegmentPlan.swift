import Journal

/// A segment file made of steps that a fuzzer chooses: most of it as the format has it, checksums and digests included, and
/// then something that isn't.
///
/// Bytes alone hardly ever get past the first checksum; this gets behind all of them. Layout: docs/journal-format.md,
/// "Segment file".
struct SegmentPlan {
    static let journal = "0b8f9f3e-6a52-4a4e-9d5e-1c2d3e4f5a6b"

    /// The file so far.
    private(set) var bytes: [UInt8] = []
    private var lineCount: Int64 = 0
    private var chain = ChainDigest(journal: Self.journal)
    private var steps: ArraySlice<UInt8>

    init(_ steps: [UInt8]) {
        self.steps = steps[...]
        while let step = self.steps.popFirst() { self.take(step) }
    }

    private mutating func take(_ step: UInt8) {
        switch step % 14 {
        case 0: self.bytes += self.taken()
        case 1: self.header(base: self.lineCount, commit: nil)
        case 2: self.header(base: self.lineCount, commit: Int64(self.byte()) << 8 | Int64(self.byte()))
        case 3: self.header(base: Int64(self.byte()), commit: nil)
        case 4: self.block(self.taken(), isPacked: false)
        case 5: self.block(self.taken(), isPacked: true)
        case 6: self.block(self.lines(self.byte() % 8 + 1), isPacked: false)
        case 7: self.bytes += [0, 0, 0, 0]
        case 8: self.bytes += Self.dataFrameStart
        case 9: self.block(self.line(with: self.taken()), isPacked: false)
        case 10: self.damage()
        case 11: self.bytes += [UInt8](repeating: 0, count: Int(self.byte()))
        case 12: self.bytes.removeLast(min(self.bytes.count, Int(self.byte())))
        default: self.header(self.taken())
        }
    }

    // MARK: Parts

    private static let headerMagic: [UInt8] = [0x53, 0x2A, 0x4D, 0x18]
    private static let dataFrameStart: [UInt8] = [0x04, 0x22, 0x4D, 0x18, 0x50, 0x50, 0x2B]

    private mutating func header(base: Int64, commit: Int64?) {
        let commitText = commit.map { #","commit":\#($0)"# } ?? ""
        let text =
            #"{"format":1,"journal":"\#(Self.journal)","base":\#(base),"previous":"\#(self.chain.hex)"\#(commitText)"#
        self.header(Array(text.utf8))
        self.bytes += Self.dataFrameStart
    }

    /// A header whose check holds, whatever it says.
    private mutating func header(_ text: [UInt8]) {
        let content = text + Array(#","check":"\#(sha256Hex(text).prefix(16))"}"#.utf8)
        self.bytes += Self.headerMagic + Self.littleEndian(UInt32(content.count)) + content
    }

    private mutating func block(_ content: [UInt8], isPacked: Bool) {
        self.bytes += Self.littleEndian(UInt32(content.count) | (isPacked ? 0 : 0x8000_0000)) + content
        self.bytes += Self.littleEndian(blockChecksum(content, 0..<content.count))
    }

    private mutating func lines(_ count: UInt8) -> [UInt8] {
        (0..<count).flatMap { _ in self.line(with: Array(#","type":"live.changed","data":{},"patch":[]"#.utf8)) }
    }

    /// The next line in order, with members of the fuzzer's choice after `offset` and `time`.
    private mutating func line(with members: [UInt8]) -> [UInt8] {
        let beginning = #"{"offset":\#(self.lineCount),"time":"2026-11-23T06:40:00.016Z""#
        let line = Array(beginning.utf8) + members + [UInt8(ascii: "}")]
        self.lineCount += 1
        self.chain.extend(line: line)
        return line + [0x0A]
    }

    /// One byte of what stands there is another.
    private mutating func damage() {
        let place = Int(self.byte()) << 8 | Int(self.byte())
        let mask = self.byte()
        guard !self.bytes.isEmpty else { return }
        self.bytes[place % self.bytes.count] ^= mask
    }

    private mutating func byte() -> UInt8 { self.steps.popFirst() ?? 0 }

    /// As many bytes as the next one says.
    private mutating func taken() -> [UInt8] {
        let count = Int(self.byte())
        defer { self.steps = self.steps.dropFirst(count) }
        return Array(self.steps.prefix(count))
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
