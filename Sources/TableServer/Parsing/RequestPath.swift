/// The path of a request, decoded the way the wire contract asks for.
///
/// The whole path is percent-decoded before anything is routed, so `%2F` separates components exactly like `/`.
/// Escapes that are none (`50%.png`, `%zz`) stay as they are, a plus sign is a plus sign, and no dot segment is
/// resolved: whoever uses a component checks it. Source: CONTRACT.md section 1, "Path decoding".
package struct RequestPath: Sendable, Equatable {
    /// The decoded path with its leading slash.
    package let text: String
    /// What stands between the slashes after the first one; `/` has one empty component.
    package let components: [String]

    /// Decodes a path as it stood in the request line, without its query.
    package init(encoded: String) {
        var text = PercentCoding.decode(encoded)
        if text.utf8.first != UInt8(ascii: "/") {
            text = "/" + text
        }
        self.text = text
        self.components = text.utf8.dropFirst()
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
    }
}

/// Percent-escapes of URLs.
package enum PercentCoding {
    /// Replaces every valid escape by its byte; invalid ones stay as text.
    ///
    /// - Parameters:
    ///   - text: The escaped text.
    ///   - plusIsSpace: True for queries and forms, where `+` stands for a space.
    /// - Returns: The text; bytes that are no UTF-8 become U+FFFD, so that they match no stored name.
    package static func decode(_ text: String, plusIsSpace: Bool = false) -> String {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "%")) || (plusIsSpace && bytes.contains(UInt8(ascii: "+"))) else {
            return text
        }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = hexValue(bytes[index + 1]), let low = hexValue(bytes[index + 2])
            {
                out.append(high << 4 | low)
                index += 3
            } else {
                out.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                index += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
