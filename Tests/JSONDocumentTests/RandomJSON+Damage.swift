import JSONDocument

extension RandomJSON {
    /// A text with a byte or two replaced, inserted or removed; often no JSON any more.
    mutating func damaged(_ text: [UInt8]) -> [UInt8] {
        let letters = Array("[]{}\",:0123-e.\\nu ax\t".utf8)
        var bytes = text
        for _ in 0...below(2) {
            let letter = letters[below(letters.count)]
            let place = below(bytes.count + 1)
            switch below(3) {
            case 0: bytes.insert(letter, at: place)
            case 1 where place < bytes.count: bytes[place] = letter
            default: bytes.removeSubrange(place..<min(place + 1 + below(3), bytes.count))
            }
        }
        return bytes
    }
}
