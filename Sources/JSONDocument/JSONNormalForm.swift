/// A scanned text without its white space, its strings in normal form.
///
/// Numbers stay as they are.
enum JSONNormalForm {
    /// - Parameter text: A text that passed ``JSONScanner``.
    static func text(of text: Span<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var at = 0
        while at < text.count {
            let byte = text[at]
            if byte == UInt8(ascii: "\"") {
                let end = JSONSkip.string(text, at)
                out.append(byte)
                JSONStringCoding.normalise(text.extracting((at &+ 1)..<(end &- 1)), into: &out)
                out.append(byte)
                at = end
            } else {
                if byte > 0x20 { out.append(byte) }
                at &+= 1
            }
        }
        return out
    }
}
