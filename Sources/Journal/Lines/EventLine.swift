/// Builds lines (journal-format.md, "Line").
package enum EventLine {
    private static let offsetKey = Array(#"{"offset":"#.utf8)
    private static let typeKey = Array(#","type":"#.utf8)
    private static let actorKey = Array(#","actor":"#.utf8)
    private static let commandKey = Array(#","command":"#.utf8)
    private static let groupKey = Array(#","group":{"first":"#.utf8)
    private static let countKey = Array(#","count":"#.utf8)
    private static let dataKey = Array(#","data":"#.utf8)
    private static let patchKey = Array(#","patch":"#.utf8)

    /// What stands in a line between its offset and its command: alike in most lines of a commit, and made once for those.
    struct Middle {
        private let type: String
        private let actor: String?
        /// `,"time":…,"type":…,"actor":…`.
        let bytes: [UInt8]

        init(_ draft: EventDraft, _ stamp: CommitStamp) {
            self.type = draft.type
            self.actor = draft.actor
            var bytes = stamp.members
            bytes.append(contentsOf: EventLine.typeKey)
            appendJSONString(draft.type, to: &bytes)
            if let actor = draft.actor {
                bytes.append(contentsOf: EventLine.actorKey)
                appendJSONString(actor, to: &bytes)
            }
            self.bytes = bytes
        }

        /// Whether it is this draft's, too.
        func fits(_ draft: EventDraft) -> Bool {
            guard haveSameBytes(self.type, draft.type) else { return false }
            guard let mine = self.actor, let other = draft.actor else { return self.actor == nil && draft.actor == nil }
            return haveSameBytes(mine, other)
        }
    }

    /// Appends the line of one event, without its line feed.
    ///
    /// - Parameter middle: The draft's.
    /// - Returns: The line by itself.
    /// - Throws: ``JournalError/lineTooLong(byteCount:limit:)``, ``JournalError/invalidDraft(reason:)``.
    static func append(
        _ draft: EventDraft, offset: Int64, middle: Middle, group: EventGroup?, limit: Int, to bytes: inout [UInt8]
    ) throws(JournalError) -> [UInt8] {
        let start = bytes.count
        bytes.append(contentsOf: self.offsetKey)
        appendDecimal(offset, to: &bytes)
        bytes.append(contentsOf: middle.bytes)
        if let command = draft.command {
            bytes.append(contentsOf: self.commandKey)
            appendJSONString(command, to: &bytes)
        }
        if let group {
            bytes.append(contentsOf: self.groupKey)
            appendDecimal(group.first, to: &bytes)
            bytes.append(contentsOf: self.countKey)
            appendDecimal(group.count, to: &bytes)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(contentsOf: self.dataKey)
        bytes.append(contentsOf: draft.data)
        bytes.append(contentsOf: self.patchKey)
        bytes.append(contentsOf: draft.patch)
        bytes.append(UInt8(ascii: "}"))
        let line = Array(bytes[start...])
        try self.check(line, limit: limit)
        return line
    }

    /// A line may be this long, its line feed not counted.
    package static let byteCountMax = 64 << 20

    /// A line that recovery would call damage must never reach the disk.
    private static func check(_ line: [UInt8], limit: Int) throws(JournalError) {
        guard line.count <= limit else { throw .lineTooLong(byteCount: line.count, limit: limit) }
        guard firstLineFeed(in: line, line.indices) == nil else {
            throw .invalidDraft(reason: "a line feed inside data or patch")
        }
        guard EventLayout.scan(line.span) != nil else {
            throw .invalidDraft(reason: "data or patch isn't a JSON text of the right kind")
        }
    }
}

/// Appends a number that isn't negative, in decimal digits.
func appendDecimal(_ value: Int64, to bytes: inout [UInt8]) {
    precondition(value >= 0, "offsets and counts aren't negative")
    // Eight digits fit a word, the first one lowest; a division by a constant is a multiplication.
    var rest = UInt64(value)
    let front = rest / 100_000_000
    if front > 0 {
        appendDecimal(Int64(front), to: &bytes)
        rest %= 100_000_000
    }
    var (word, count): (UInt64, Int) = (0, 0)
    repeat {
        word = word &<< 8 | UInt64(UInt8(ascii: "0")) &+ rest % 10
        rest /= 10
        count += 1
    } while rest > 0 || (front > 0 && count < 8)
    for _ in 0..<count {
        bytes.append(UInt8(truncatingIfNeeded: word))
        word &>>= 8
    }
}

/// Appends a JSON string; control characters, quotes and backslashes are escaped, everything else stands as it is.
func appendJSONString(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    // Hardly any needs an escape: those that do are written byte by byte.
    if text.utf8.contains(where: needsEscape) {
        for byte in text.utf8 { appendEscaped(byte, to: &bytes) }
    } else {
        bytes.append(contentsOf: text.utf8)
    }
    bytes.append(UInt8(ascii: "\""))
}

private func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
}

private func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
    case 0..<0x20:
        bytes.append(contentsOf: #"\u00"#.utf8)
        bytes.append(contentsOf: hexText([byte]).utf8)
    default: bytes.append(byte)
    }
}
