extension Span<UInt8> {
    /// Whether the bytes are those of a text.
    func equals(_ text: String) -> Bool {
        let bytes = text.utf8
        guard count == bytes.count else { return false }
        for (index, byte) in bytes.enumerated() where self[index] != byte { return false }
        return true
    }

    /// Whether the bytes begin with those of a text.
    func starts(with text: String) -> Bool {
        let length = text.utf8.count
        return count >= length && extracting(0..<length).equals(text)
    }

    /// Whether the bytes end with those of a text.
    func ends(with text: String) -> Bool {
        let length = text.utf8.count
        return count >= length && extracting(count - length..<count).equals(text)
    }
}
