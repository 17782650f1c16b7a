/// Bytes as lower-case hexadecimal digits, two for each.
package func hexString(_ bytes: some Sequence<UInt8>) -> String {
    // Copied first: code that is generic in the sequence isn't specialised for other modules, and takes 50 times as long a byte.
    hexDigits(of: Array(bytes))
}

private func hexDigits(of bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.count)
    for byte in bytes {
        text.append(digit(byte >> 4))
        text.append(digit(byte & 15))
    }
    return String(decoding: text, as: UTF8.self)
}

private func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
