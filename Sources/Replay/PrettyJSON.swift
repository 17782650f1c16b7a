/// JSON text over several lines, two spaces a level, as `jq .` prints it.
package enum PrettyJSON {
    /// Lays out a compact JSON text.
    ///
    /// - Parameter compact: A valid JSON text without white space between its tokens, as `serialized()` and
    ///   `canonicalForm()` make it.
    /// - Returns: The same values, with line breaks, without one at the end.
    package static func indented(_ compact: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(compact.count + compact.count / 2)
        var depth = 0
        var isInString = false
        var index = 0
        while index < compact.count {
            let byte = compact[index]
            index += 1
            if isInString {
                output.append(byte)
                if byte == UInt8(ascii: "\\"), index < compact.count {
                    output.append(compact[index])
                    index += 1
                }
                isInString = byte != UInt8(ascii: "\"")
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                output.append(byte)
                if index < compact.count, compact[index] == byte + 2 { continue }  // {} and [] stay on one line
                depth += 1
                breakLine(depth, &output)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if output.last == byte - 2 {
                    output.append(byte)
                } else {
                    depth -= 1
                    breakLine(depth, &output)
                    output.append(byte)
                }
            case UInt8(ascii: ","):
                output.append(byte)
                breakLine(depth, &output)
            case UInt8(ascii: ":"):
                output.append(byte)
                output.append(UInt8(ascii: " "))
            default:
                isInString = byte == UInt8(ascii: "\"")
                output.append(byte)
            }
        }
        return output
    }

    private static func breakLine(_ depth: Int, _ output: inout [UInt8]) {
        output.append(UInt8(ascii: "\n"))
        for _ in 0..<max(0, depth) * 2 { output.append(UInt8(ascii: " ")) }
    }
}
