import JSONDocument

/// Finds the pointers that a patch's text touches (`path`, and `from` of a move) without building a patch.
///
/// For replay, where the text was applied already, so that it is known to be a patch: anything else gives no pointers or
/// the wrong ones, never a fault.
package enum TouchedPointers {
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    /// Calls `body` with the text of each pointer, as it stands between its quotes.
    ///
    /// The members wanted are those of the operations, two levels deep; what their values hold is stepped over.
    package static func forEach(in patch: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
        var depth = 0
        var at = 0
        while at < patch.count {
            switch patch[at] {
            case self.quote:
                let start = at + 1
                at = self.end(ofString: start, in: patch)
                guard depth == 2, self.isKey(patch.extracting(start..<at)), at + 2 < patch.count,
                    patch[at + 1] == UInt8(ascii: ":"), patch[at + 2] == self.quote
                else { break }
                let value = at + 3
                at = self.end(ofString: value, in: patch)
                body(patch.extracting(value..<at))
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            at += 1
        }
    }

    private static func isKey(_ text: Span<UInt8>) -> Bool {
        guard text.count == 4 else { return false }
        let word = UInt32(text[0]) << 24 | UInt32(text[1]) << 16 | UInt32(text[2]) << 8 | UInt32(text[3])
        return word == 0x7061_7468 || word == 0x6672_6f6d  // path, from
    }

    /// The place of the quote that ends the string whose content begins at `start`; the text's end if there is none.
    private static func end(ofString start: Int, in text: Span<UInt8>) -> Int {
        var at = start
        while at < text.count, text[at] != self.quote { at += text[at] == self.backslash ? 2 : 1 }
        return min(at, text.count)
    }

    /// Bytes of a pointer's text that name its part: up to the third slash.
    package static func partByteCount(of pointer: Span<UInt8>) -> Int {
        var slashes = 0
        for index in pointer.indices where pointer[index] == UInt8(ascii: "/") {
            slashes += 1
            if slashes == 3 { return index }
        }
        return pointer.count
    }
}

/// Notes in a ``ChangeIndex`` what replayed events touch, quickly where one after the other touches the same part, as
/// those of a drag do.
struct ChangeReplay {
    private(set) var index: ChangeIndex
    /// The part that was touched last, as its pointer stands in the text, and the newest event that did; not in `index` yet.
    private var part: [UInt8] = []
    private var offset: Int64 = -1

    init(_ index: ChangeIndex) {
        self.index = index
    }

    /// Notes an event's patch.
    mutating func record(_ patch: Span<UInt8>, at offset: Int64) {
        TouchedPointers.forEach(in: patch) { pointer in
            let part = pointer.extracting(0..<TouchedPointers.partByteCount(of: pointer))
            if self.offset < 0 || !self.isPart(part) {
                self.flush()
                self.part.removeAll(keepingCapacity: true)
                for index in part.indices { self.part.append(part[index]) }
            }
            self.offset = offset
        }
    }

    /// The index with everything noted.
    mutating func finish() -> ChangeIndex {
        self.flush()
        return self.index
    }

    private func isPart(_ part: Span<UInt8>) -> Bool {
        guard part.count == self.part.count else { return false }
        for index in part.indices where part[index] != self.part[index] { return false }
        return true
    }

    private mutating func flush() {
        guard self.offset >= 0 else { return }
        self.index.record(self.pointer, at: self.offset)
        self.offset = -1
    }

    /// The part's pointer.
    ///
    /// The text was read before, as that of a patch which was applied. If it can't be read all the same, the event counts as one
    /// that changed everything: that may refuse a command too many, and never lets one through.
    private var pointer: JSONPointer {
        let quoted = [UInt8(ascii: "\"")] + self.part + [UInt8(ascii: "\"")]
        do {
            guard let text = try JSONValue.parse(quoted).stringValue else { return .root }
            return try JSONPointer(text)
        } catch {
            return .root
        }
    }
}
