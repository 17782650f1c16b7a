extension JSONValue {
    /// Adds the value's text, without white space, to the end of `out`.
    ///
    /// Encoded parts are copied as they are.
    package func write(into out: inout [UInt8]) {
        switch storage {
        case .null: out.append(contentsOf: "null".utf8)
        case .true: out.append(contentsOf: "true".utf8)
        case .false: out.append(contentsOf: "false".utf8)
        case .number(let text): text.write(into: &out)
        case .string(let text): Self.writeString(text, into: &out)
        case .encodedArray(let slice), .encodedObject(let slice): slice.write(into: &out)
        case .array(let elements): Self.writeArray(elements, into: &out)
        case .members(let members): Self.writeObject(members, into: &out)
        case .tree(let tree): Self.writeObject(tree.members, into: &out)
        }
    }

    /// The value's text, without white space, as UTF-8.
    package func serialized() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(byteCount)
        write(into: &out)
        return out
    }

    /// The value's text, without white space.
    package var text: String { String(decoding: serialized(), as: UTF8.self) }

    /// The length of the value's text, in bytes; costs the number of expanded values.
    package var byteCount: Int {
        var left = Int.max
        spend(&left)
        return Int.max - left
    }

    /// Whether ``byteCount`` is below `limit`; looks at no more of the value than that takes.
    func isShorter(than limit: Int) -> Bool {
        var left = limit
        spend(&left)
        return left > 0
    }

    /// Takes the text's bytes off what is left, until nothing is.
    private func spend(_ left: inout Int) {
        switch storage {
        case .null, .true: left -= 4
        case .false: left -= 5
        case .number(let text): left -= text.count
        case .string(let text): left -= text.count + 2
        case .encodedArray(let slice), .encodedObject(let slice): left -= slice.count
        case .array(let elements):
            left -= 1 + max(elements.count, 1)
            for element in elements {
                guard left > 0 else { return }
                element.spend(&left)
            }
        case .members(let members):
            left -= 1 + max(members.count, 1)
            for member in members {
                guard left > 0 else { return }
                member.value.spendMember(member.key, &left)
            }
        case .tree(let tree):
            // Each member takes more than a byte: where their number says enough, none is looked at.
            guard tree.count <= left else {
                left = 0
                return
            }
            left -= 1 + max(tree.count, 1)
            tree.forEach { key, value in
                if left > 0 { value.spendMember(key, &left) }
            }
        }
    }

    private func spendMember(_ key: JSONText, _ left: inout Int) {
        left -= key.count + 3
        spend(&left)
    }

    static func writeString(_ text: JSONText, into out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        text.write(into: &out)
        out.append(UInt8(ascii: "\""))
    }

    private static func writeArray(_ elements: [JSONValue], into out: inout [UInt8]) {
        out.append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            element.write(into: &out)
        }
        out.append(UInt8(ascii: "]"))
    }

    private static func writeObject(_ members: [JSONMember], into out: inout [UInt8]) {
        out.append(UInt8(ascii: "{"))
        var isFirst = true
        for member in members {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            writeString(member.key, into: &out)
            out.append(UInt8(ascii: ":"))
            member.value.write(into: &out)
        }
        out.append(UInt8(ascii: "}"))
    }
}

extension JSONValue {
    /// Whether more than `limit` levels of containers are inside each other, this one included.
    func nestsDeeper(than limit: Int) -> Bool {
        switch storage {
        case .encodedArray(let slice), .encodedObject(let slice):
            // Each level takes two brackets, so short texts need no look.
            guard slice.count / 2 > limit else { return false }
            return JSONSkip.depth(slice.buffer.span.extracting(slice.range)) > limit
        case .array(let elements):
            return limit < 1 || elements.contains { $0.nestsDeeper(than: limit - 1) }
        case .members(let members):
            return limit < 1 || members.contains { $0.value.nestsDeeper(than: limit - 1) }
        case .tree(let tree):
            return limit < 1 || tree.members.contains { $0.value.nestsDeeper(than: limit - 1) }
        default: return false
        }
    }
}
