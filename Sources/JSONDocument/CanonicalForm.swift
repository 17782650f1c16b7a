extension JSONValue {
    /// The value in the one form that RFC 8785 allows, for digests and comparisons in any language.
    ///
    /// Numbers become doubles, so `1.0` and `1` have the same form.
    package func canonicalForm() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(byteCount)
        writeCanonical(into: &out)
        return out
    }

    func writeCanonical(into out: inout [UInt8]) {
        switch storage {
        case .null, .true, .false, .string: write(into: &out)
        case .number(let text): JSONNumber.writeCanonical(text.bytes.span, into: &out)
        case .encodedArray(let slice), .encodedObject(let slice):
            var position = slice.start
            CanonicalWriter.write(slice.buffer.span, &position, into: &out)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (at, element) in elements.enumerated() {
                if at > 0 { out.append(UInt8(ascii: ",")) }
                element.writeCanonical(into: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .members(let members): Self.writeCanonical(members, into: &out)
        case .tree(let tree): Self.writeCanonical(tree.members, into: &out)
        }
    }

    private static func writeCanonical(_ members: [JSONMember], into out: inout [UInt8]) {
        let sorted = members.map { (name: $0.key.decodedBytes, member: $0) }
            .sorted { ByteComparison.precedesInUTF16($0.name.span, $1.name.span) }
        out.append(UInt8(ascii: "{"))
        for (at, entry) in sorted.enumerated() {
            if at > 0 { out.append(UInt8(ascii: ",")) }
            writeString(entry.member.key, into: &out)
            out.append(UInt8(ascii: ":"))
            entry.member.value.writeCanonical(into: &out)
        }
        out.append(UInt8(ascii: "}"))
    }
}

/// The canonical form of encoded text, in one pass over it, however deep it nests.
private enum CanonicalWriter {
    /// Adds the value that begins at `position` and steps behind it.
    static func write(_ text: Span<UInt8>, _ position: inout Int, into out: inout [UInt8]) {
        switch text[position] {
        case UInt8(ascii: "{"): writeObject(text, &position, into: &out)
        case UInt8(ascii: "["): writeArray(text, &position, into: &out)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let end = JSONSkip.value(text, position)
            JSONNumber.writeCanonical(text.extracting(position..<end), into: &out)
            position = end
        default:
            let end = JSONSkip.value(text, position)
            out.append(copying: text.extracting(position..<end))
            position = end
        }
    }

    private static func writeArray(_ text: Span<UInt8>, _ position: inout Int, into out: inout [UInt8]) {
        repeat {
            out.append(text[position])
            position &+= 1
            if text[position] != UInt8(ascii: "]") { write(text, &position, into: &out) }
        } while text[position] == UInt8(ascii: ",")
        out.append(text[position])
        position &+= 1
    }

    /// Writes the members in the text's order, then puts them in theirs if that differs.
    private static func writeObject(_ text: Span<UInt8>, _ position: inout Int, into out: inout [UInt8]) {
        var members: [Member] = []
        var isSorted = true
        out.append(text[position])
        let first = out.count
        position &+= 1
        while text[position] == UInt8(ascii: "\"") {
            let end = JSONSkip.string(text, position)
            let member = Member(text.extracting((position &+ 1)..<(end &- 1)), start: out.count)
            if let last = members.last, !last.precedes(member) { isSorted = false }
            members.append(member)
            out.append(copying: text.extracting(position..<end))
            out.append(UInt8(ascii: ":"))
            position = end &+ 1
            write(text, &position, into: &out)
            members[members.count &- 1].end = out.count
            guard text[position] == UInt8(ascii: ",") else { break }
            out.append(UInt8(ascii: ","))
            position &+= 1
        }
        if !isSorted { reorder(&members, in: &out, from: first) }
        out.append(UInt8(ascii: "}"))
        position &+= 1
    }

    private static func reorder(_ members: inout [Member], in out: inout [UInt8], from first: Int) {
        let unsorted = Array(out[first...])
        out.removeSubrange(first...)
        members.sort { $0.precedes($1) }
        for (at, member) in members.enumerated() {
            if at > 0 { out.append(UInt8(ascii: ",")) }
            out.append(contentsOf: unsorted[(member.start - first)..<(member.end - first)])
        }
    }

    private struct Member {
        var name: JSONText
        var start: Int
        var end = 0

        init(_ name: Span<UInt8>, start: Int) {
            if JSONStringCoding.needsNoEscape(name) {
                self.name = JSONText(copying: name)
            } else {
                var decoded: [UInt8] = []
                JSONStringCoding.decode(name, into: &decoded)
                // Not inline: the decoded name may hold a zero byte.
                self.name = .slice(ByteSlice(decoded))
            }
            self.start = start
        }

        func precedes(_ other: Member) -> Bool {
            if case .inline(let a) = name, case .inline(let b) = other.name {
                return a.precedesInUTF16(b)
            }
            return ByteComparison.precedesInUTF16(name.bytes.span, other.name.bytes.span)
        }
    }
}

extension InlineText {
    /// The order of RFC 8785; bytes of equal value up to the first that differs, zero beyond the end.
    func precedesInUTF16(_ other: InlineText) -> Bool {
        let (mine, theirs) = low == other.low ? (high, other.high) : (low, other.low)
        let difference = mine ^ theirs
        guard difference != 0 else { return false }
        let shift = UInt64(difference.trailingZeroBitCount & ~7)
        let (x, y) = (UInt8(truncatingIfNeeded: mine &>> shift), UInt8(truncatingIfNeeded: theirs &>> shift))
        if x >= 0xEE, y >= 0xEE, (x >= 0xF0) != (y >= 0xF0) { return x >= 0xF0 }
        return x < y
    }
}
