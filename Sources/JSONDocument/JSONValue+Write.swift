extension JSONValue {
    /// Adds the compact text to the end of `out`.
    package func write(into out: inout [UInt8]) {
        switch node {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let text): out.append(contentsOf: text.utf8)
        case .string(let text): writeJSONString(text, into: &out)
        case .encoded(let container): out.append(contentsOf: container.bytes)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                element.write(into: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let storage):
            out.append(UInt8(ascii: "{"))
            for (index, member) in storage.members.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                writeJSONString(member.key, into: &out)
                out.append(UInt8(ascii: ":"))
                member.value.write(into: &out)
            }
            out.append(UInt8(ascii: "}"))
        }
    }

    package func serialized() -> [UInt8] {
        var out: [UInt8] = []
        write(into: &out)
        return out
    }

    package var text: String { String(decoding: serialized(), as: UTF8.self) }
}

/// Adds a string with its quotes, escaping only what must be (RFC 8785, section 3.2.2.2).
func writeJSONString(_ text: String, into out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): out.append(contentsOf: [UInt8(ascii: "\\"), byte])
        case 8: out.append(contentsOf: "\\b".utf8)
        case 9: out.append(contentsOf: "\\t".utf8)
        case 10: out.append(contentsOf: "\\n".utf8)
        case 12: out.append(contentsOf: "\\f".utf8)
        case 13: out.append(contentsOf: "\\r".utf8)
        case 0..<0x20: out.append(contentsOf: "\\u00\(hexString([byte]))".utf8)
        default: out.append(byte)
        }
    }
    out.append(UInt8(ascii: "\""))
}

/// Lower-case hex digits.
package func hexString(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var out: [UInt8] = []
    for byte in bytes { out.append(contentsOf: [digits[Int(byte >> 4)], digits[Int(byte & 15)]]) }
    return String(decoding: out, as: UTF8.self)
}
