/// The bytes of one run, and how targets that need several things take them apart.
struct FuzzInput: Sendable {
    let bytes: [UInt8]

    /// Separates the parts: a control character that stands raw in no JSON text, so that corpus files stay readable.
    static let separator: UInt8 = 0x1E

    /// The input's parts: exactly `count`, with what is left over in the last, and empty ones for those that are missing.
    func parts(_ count: Int) -> [[UInt8]] {
        let parts = bytes.split(separator: Self.separator, maxSplits: count - 1, omittingEmptySubsequences: false)
        return parts.map { Array($0) } + Array(repeating: [], count: max(0, count - parts.count))
    }

    /// All parts there are, up to a bound.
    func allParts(max count: Int = 16) -> [[UInt8]] {
        bytes.split(separator: Self.separator, maxSplits: count - 1, omittingEmptySubsequences: false).map { Array($0) }
    }

    /// The bytes as text, for what gets text from elsewhere; not UTF-8: U+FFFD in its place.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The parts as texts.
    func texts(_ count: Int) -> [String] { parts(count).map { String(decoding: $0, as: UTF8.self) } }
}
