/// What stands before each data frame, in a skippable frame that `lz4` steps over (journal-format.md, "Segment file").
package struct FrameHeader: Sendable, Equatable {
    /// The journal's uuid.
    var journal: String

    /// Offset of the frame's first line.
    package var base: Int64

    /// D(base − 1).
    var previous: ChainDigest

    /// Bytes of lines in this frame, where the whole frame is one large commit.
    var commit: Int64?

    /// One that isn't readable comes from a newer program.
    package var format: Int64 = JournalFormat.current

    /// The content: JSON that ends with the check over all before it.
    package var content: [UInt8] {
        var text =
            #"{"format":\#(self.format),"journal":"\#(self.journal)","base":\#(self.base),"previous":"\#(self.previous.hex)""#
        if let commit { text += #","commit":\#(commit)"# }
        return Array(text.utf8) + Array(#","check":"\#(Self.check(Array(text.utf8)))"}"#.utf8)
    }

    /// The skippable frame.
    package var encoded: [UInt8] {
        let content = self.content
        var bytes: [UInt8] = []
        appendLittleEndian32(FrameFormat.headerMagic, to: &bytes)
        appendLittleEndian32(UInt32(content.count), to: &bytes)
        return bytes + content
    }

    /// Reads the content; nil unless every byte is as ``content`` writes it and the check holds.
    package static func parse(_ content: [UInt8]) -> FrameHeader? {
        let span = content.span
        var scanner = LineScanner()
        guard scanner.skip(span, #"{"format":"#), let format = scanner.readInteger(span),
            scanner.skip(span, #","journal":""#), let journal = scanner.readPlainText(span),
            scanner.skip(span, #"","base":"#), let base = scanner.readInteger(span),
            scanner.skip(span, #","previous":""#), let previousText = scanner.readPlainText(span),
            let previous = ChainDigest(hex: previousText), scanner.skip(span, "\"")
        else { return nil }
        var commit: Int64?
        if scanner.skip(span, #","commit":"#) {
            commit = scanner.readInteger(span)
            guard commit != nil else { return nil }
        }
        let header = FrameHeader(journal: journal, base: base, previous: previous, commit: commit, format: format)
        return header.content == content ? header : nil
    }

    /// The header at an index of some bytes, with the count of bytes that its skippable frame takes.
    package static func find(in bytes: [UInt8], at index: Int) -> (header: FrameHeader, byteCount: Int)? {
        guard index + FrameFormat.headerPrefixByteCount <= bytes.count,
            littleEndian32(bytes, at: index) == FrameFormat.headerMagic
        else { return nil }
        let count = Int(littleEndian32(bytes, at: index + 4))
        let start = index + FrameFormat.headerPrefixByteCount
        guard count <= FrameFormat.headerByteCountMax, start + count <= bytes.count,
            let header = parse(Array(bytes[start..<start + count]))
        else { return nil }
        return (header, FrameFormat.headerPrefixByteCount + count)
    }

    private static func check(_ bytes: [UInt8]) -> String { String(sha256Hex(bytes).prefix(16)) }
}

extension LineScanner {
    /// Printable ASCII up to a quote.
    fileprivate mutating func readPlainText(_ bytes: Span<UInt8>) -> String? {
        var text: [UInt8] = []
        while self.position < bytes.count, bytes[self.position] != UInt8(ascii: "\"") {
            let byte = bytes[self.position]
            guard 0x20..<0x7F ~= byte, byte != UInt8(ascii: "\\") else { return nil }
            text.append(byte)
            self.position += 1
        }
        return self.position < bytes.count ? String(decoding: text, as: UTF8.self) : nil
    }
}
