/// Where the parts of a segment file stand, by their lengths alone; written from journal-format.md, not from the journal's code.
package struct SegmentMap: Sendable, Equatable {
    /// One part.
    package struct Item: Sendable, Equatable {
        /// What it is.
        package enum Kind: String, Sendable { case header, frameStart, block, endMark }

        package let kind: Kind
        /// Its bytes in the file.
        package let range: Range<Int>
    }

    /// The parts, up to the end or to the first byte that is none of it.
    package private(set) var items: [Item] = []

    package init(of segment: [UInt8]) {
        var position = 0
        var isInFrame = false
        while let kind = Self.kind(segment, at: position, isInFrame: isInFrame) {
            guard let length = Self.length(of: kind, segment, at: position) else { return }
            guard length <= segment.count - position else { return }
            self.items.append(Item(kind: kind, range: position..<position + length))
            position += length
            if kind == .header {
                guard segment.count - position >= 7 else { return }
                self.items.append(Item(kind: .frameStart, range: position..<position + 7))
                position += 7
            }
            isInFrame = kind == .header || kind == .block
        }
    }

    private static func kind(_ bytes: [UInt8], at position: Int, isInFrame: Bool) -> Item.Kind? {
        guard let word = number(bytes, at: position) else { return nil }
        if isInFrame { return word == 0 ? .endMark : .block }
        return word == 0x184D_2A53 ? .header : nil
    }

    private static func length(of kind: Item.Kind, _ bytes: [UInt8], at position: Int) -> Int? {
        switch kind {
        case .header: number(bytes, at: position + 4).map { 8 + $0 }
        case .block: number(bytes, at: position).map { 8 + ($0 & 0x7FFF_FFFF) }
        case .endMark: 4
        case .frameStart: 7
        }
    }

    private static func number(_ bytes: [UInt8], at position: Int) -> Int? {
        guard position + 4 <= bytes.count else { return nil }
        return (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
    }
}
