/// Makes values out of text that was scanned and is in normal form.
enum JSONBuilder {
    /// The value of a whole text, which is kept where it is small.
    ///
    /// - Parameter large: The ranges of containers above ``ByteSlice/bufferCountMax``.
    static func value(adopting text: [UInt8], _ large: [Range<Int>]) -> JSONValue {
        large.isEmpty ? child(of: text, 0..<text.count) : value(copying: text.span, large)
    }

    /// The value of a whole text that belongs to somebody else.
    static func value(copying text: Span<UInt8>, _ large: [Range<Int>]) -> JSONValue {
        let ends = Dictionary(large.map { ($0.lowerBound, $0.upperBound) }, uniquingKeysWith: max)
        var position = 0
        return copiedValue(text, &position, ends)
    }

    /// A value inside a buffer; the buffer is shared, or copied from where it is large.
    @inline(__always)
    static func child(of buffer: [UInt8], _ range: Range<Int>) -> JSONValue {
        let first = buffer[range.lowerBound]
        switch first {
        case UInt8(ascii: "\""):
            return JSONValue(.string(JSONText(buffer, (range.lowerBound &+ 1)..<(range.upperBound &- 1))))
        case UInt8(ascii: "{"): return JSONValue(.encodedObject(ByteSlice(buffer, range)))
        case UInt8(ascii: "["): return JSONValue(.encodedArray(ByteSlice(buffer, range)))
        case UInt8(ascii: "t"): return JSONValue(.true)
        case UInt8(ascii: "f"): return JSONValue(.false)
        case UInt8(ascii: "n"): return JSONValue(.null)
        default: return JSONValue(.number(JSONText(buffer, range)))
        }
    }

    /// The value that begins at `position`, in memory of its own; steps behind it.
    ///
    /// Small containers are skipped over once and copied; only large ones are entered, at the recorded ends, so the
    /// cost is the length of the text, however deep it nests.
    private static func copiedValue(
        _ text: Span<UInt8>, _ position: inout Int, _ largeEnds: [Int: Int]
    ) -> JSONValue {
        let start = position
        let first = text[start]
        let isContainer = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        if isContainer, largeEnds[start] != nil {
            return first == UInt8(ascii: "{")
                ? copiedObject(text, &position, largeEnds) : copiedArray(text, &position, largeEnds)
        }
        position = JSONSkip.value(text, start)
        switch first {
        case UInt8(ascii: "\""):
            return JSONValue(.string(JSONText(copying: text.extracting((start &+ 1)..<(position &- 1)))))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return JSONValue(.number(JSONText(copying: text.extracting(start..<position))))
        default:
            let copy = [UInt8](copying: text.extracting(start..<position))
            return child(of: copy, 0..<copy.count)
        }
    }

    private static func copiedArray(
        _ text: Span<UInt8>, _ position: inout Int, _ largeEnds: [Int: Int]
    ) -> JSONValue {
        var elements: [JSONValue] = []
        // It is large, so it is not empty.
        repeat {
            position &+= 1
            elements.append(copiedValue(text, &position, largeEnds))
        } while text[position] == UInt8(ascii: ",")
        position &+= 1
        return JSONValue(.array(elements))
    }

    private static func copiedObject(
        _ text: Span<UInt8>, _ position: inout Int, _ largeEnds: [Int: Int]
    ) -> JSONValue {
        var members: [JSONMember] = []
        repeat {
            let start = position &+ 1
            position = JSONSkip.string(text, start)
            let key = JSONText(copying: text.extracting((start &+ 1)..<(position &- 1)))
            position &+= 1
            members.append(JSONMember(key: key, value: copiedValue(text, &position, largeEnds)))
        } while text[position] == UInt8(ascii: ",")
        position &+= 1
        return JSONValue(object: members)
    }
}

extension JSONValue {
    /// An object of members with different names.
    init(object members: [JSONMember]) {
        storage = members.count > JSONTree.flatCountMax ? .tree(JSONTree(members)) : .members(members)
    }
}
