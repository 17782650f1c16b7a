/// The members of one JSON object, as texts: enough for `journal.json` and snapshots without a JSON library.
///
/// White space between members is allowed, as people edit files.
struct FlatJSON {
    private let bytes: [UInt8]
    private let members: [String: Range<Int>]

    /// Reads an object; nil if the bytes aren't one, or name a member twice.
    init?(_ source: [UInt8]) {
        if let members = readMembers(source) {
            self.bytes = source
            self.members = members
        } else {
            self.bytes = withoutWhiteSpace(source)
            guard let members = readMembers(self.bytes) else { return nil }
            self.members = members
        }
    }

    /// The members' names.
    var names: Set<String> { Set(self.members.keys) }

    /// The text of a member's value.
    func text(_ key: String) -> [UInt8]? {
        self.members[key].map { Array(self.bytes[$0]) }
    }

    /// A string.
    func string(_ key: String) -> String? {
        guard let range = self.members[key], self.bytes[range.lowerBound] == UInt8(ascii: "\"") else { return nil }
        return jsonText(self.bytes.span, range.lowerBound + 1..<range.upperBound - 1)
    }

    /// An offset or a small number: from −1 (the newest offset of an empty journal) to ``offsetMax``.
    func integer(_ key: String) -> Int64? {
        let number = self.members[key].flatMap { Int64(String(decoding: self.bytes[$0], as: UTF8.self)) }
        return number.flatMap { -1...offsetMax ~= $0 ? $0 : nil }
    }
}

private func readMembers(_ bytes: [UInt8]) -> [String: Range<Int>]? {
    let span = bytes.span
    var members: [String: Range<Int>] = [:]
    var scanner = LineScanner()
    guard scanner.skip(span, "{") else { return nil }
    while scanner.position < span.count, span[scanner.position] != UInt8(ascii: "}") {
        if !members.isEmpty, !scanner.skip(span, ",") { return nil }
        let keyStart = scanner.position
        guard keyStart < span.count, span[keyStart] == UInt8(ascii: "\""), scanner.skipValue(span) else { return nil }
        let key = jsonText(span, keyStart + 1..<scanner.position - 1)
        guard scanner.skip(span, ":") else { return nil }
        let start = scanner.position
        guard scanner.skipValue(span), members.updateValue(start..<scanner.position, forKey: key) == nil else {
            return nil
        }
    }
    return scanner.position == span.count - 1 ? members : nil
}

private func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

private func withoutWhiteSpace(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var isInString = false
    var isEscaped = false
    for byte in bytes {
        if isInString || !isWhiteSpace(byte) { result.append(byte) }
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = isInString
        } else if byte == UInt8(ascii: "\"") {
            isInString.toggle()
        }
    }
    return result
}
