/// Builds lines (journal-format.md, "Line").
enum EventLine {
    /// A line may be this long, its line feed not counted.
    static let byteCountMax = 64 << 20

    /// The line of one event, without its line feed.
    ///
    /// - Throws: ``JournalError/lineTooLong(byteCount:limit:)``, ``JournalError/invalidDraft(reason:)``.
    static func make(
        _ draft: EventDraft, offset: Int64, stamp: CommitStamp, group: EventGroup?, limit: Int = byteCountMax
    ) throws(JournalError) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256 + draft.data.count + draft.patch.count)
        line.append(contentsOf: #"{"offset":"#.utf8)
        line.append(contentsOf: String(offset).utf8)
        line.append(contentsOf: stamp.members)
        line.append(contentsOf: #","type":"#.utf8)
        appendJSONString(draft.type, to: &line)
        if let actor = draft.actor {
            line.append(contentsOf: #","actor":"#.utf8)
            appendJSONString(actor, to: &line)
        }
        if let command = draft.command {
            line.append(contentsOf: #","command":"#.utf8)
            appendJSONString(command, to: &line)
        }
        if let group {
            line.append(contentsOf: #","group":{"first":\#(group.first),"count":\#(group.count)}"#.utf8)
        }
        line.append(contentsOf: #","data":"#.utf8)
        line.append(contentsOf: draft.data)
        line.append(contentsOf: #","patch":"#.utf8)
        line.append(contentsOf: draft.patch)
        line.append(UInt8(ascii: "}"))
        try self.check(line, limit: limit)
        return line
    }

    /// A line that recovery would call damage must never reach the disk.
    private static func check(_ line: [UInt8], limit: Int) throws(JournalError) {
        guard line.count <= limit else { throw .lineTooLong(byteCount: line.count, limit: limit) }
        guard firstLineFeed(in: line, from: 0) == nil else {
            throw .invalidDraft(reason: "a line feed inside data or patch")
        }
        guard EventLayout.scan(line.span) != nil else {
            throw .invalidDraft(reason: "data or patch isn't a JSON text of the right kind")
        }
    }
}

/// Appends a JSON string; control characters, quotes and backslashes are escaped, everything else stands as it is.
func appendJSONString(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: "\""))
        return
    }
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case 0..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: #"\u00"#.utf8)
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        default: bytes.append(byte)
        }
    }
    bytes.append(UInt8(ascii: "\""))
}
