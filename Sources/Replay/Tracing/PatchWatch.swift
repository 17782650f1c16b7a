import JSONDocument
import Table

/// Tells, from an event's text alone, whether it may have changed one of some places.
///
/// May say yes of an event that didn't, never no of one that did; so the values need to be looked at only then.
struct PatchWatch {
    /// A place, as its pointer stands between quotes in a patch.
    private struct Watched {
        /// The whole pointer.
        let place: [UInt8]
        /// The pointer up to the first array on its way: something that comes or goes there shifts indexes.
        let root: [UInt8]
    }

    private let watched: [Watched]

    /// Watches what the pointers lead to; an index stands for whatever is there by then, `-` for an element that isn't there yet.
    init(_ pointers: [JSONPointer]) {
        watched = pointers.map { pointer in
            let tokens = pointer.tokens
            let head = tokens.prefix { $0 != "-" && !$0[...].isDigits }
            let root = head.count == tokens.count ? pointer : JSONPointer(tokens: Array(head))
            return Watched(place: Array(pointer.text.utf8), root: Array(root.text.utf8))
        }
    }

    /// Whether an event's patch may have changed a place.
    func concerns(_ patch: Span<UInt8>) -> Bool {
        var isRootTouched = false
        var isPlaceTouched = false
        TouchedPointers.forEach(in: patch) { pointer in
            // Written with escapes: rare, and not worth reading here.
            guard !pointer.contains(UInt8(ascii: "\\")) else {
                (isRootTouched, isPlaceTouched) = (true, true)
                return
            }
            for one in watched where Self.isRelated(pointer, one.root) {
                isRootTouched = true
                if !isPlaceTouched {
                    isPlaceTouched =
                        Self.isRelated(pointer, one.place) || Self.isName(pointer) || Self.isElement(pointer)
                }
            }
        }
        // Values put in the place of others shift no index, so that a token's drag is no matter to the others.
        return isRootTouched && (isPlaceTouched || !Self.isOfReplacements(patch))
    }

    /// Whether a patch changes nothing but what is at a place or in it.
    ///
    /// May say no of one that is written with escapes.
    static func changesOnly(_ place: JSONPointer, _ patch: Span<UInt8>) -> Bool {
        let text = Array(place.text.utf8)
        var isOnly = true
        TouchedPointers.forEach(in: patch) { pointer in
            guard isOnly else { return }
            isOnly = pointer.count >= text.count && isRelated(pointer, text) && !pointer.contains(UInt8(ascii: "\\"))
        }
        return isOnly
    }

    /// Whether one leads to the other or to something around it.
    private static func isRelated(_ pointer: Span<UInt8>, _ place: [UInt8]) -> Bool {
        let shorter = min(pointer.count, place.count)
        for index in 0..<shorter where pointer[index] != place[index] { return false }
        if pointer.count == place.count { return true }
        let slash = UInt8(ascii: "/")
        return pointer.count > place.count ? pointer[shorter] == slash : place[shorter] == slash
    }

    /// Whether it may be an element's `id` or `name`, by which elements are known, or its `label`, by which it is told.
    private static func isName(_ pointer: Span<UInt8>) -> Bool {
        nameEndings.contains { pointer.ends(with: $0) }
    }

    /// Whether it may be an array's element: one that is put in the place of another brings its own `id` and `name`.
    private static func isElement(_ pointer: Span<UInt8>) -> Bool {
        var at = pointer.count - 1
        while at >= 0, (0x30...0x39).contains(pointer[at]) { at -= 1 }
        return at >= 0 && at < pointer.count - 1 && pointer[at] == UInt8(ascii: "/")
    }

    /// Whether all of a patch's operations, in the form in which journals are written, put a value in the place of another.
    ///
    /// May say no of a patch whose values look like operations, and does of one in another form.
    static func isOfReplacements(_ patch: Span<UInt8>) -> Bool {
        guard patch.begins(with: beginning) else { return false }
        var at = 0
        while at + operation.count < patch.count {
            if patch[at] == UInt8(ascii: "\""), patch.isEqual(to: operation, at: at) {
                guard patch.isEqual(to: replacement, at: at + operation.count) else { return false }
                at += operation.count
            }
            at += 1
        }
        return true
    }

    private static let nameEndings = ["/id", "/name", "/label"].map { Array($0.utf8) }
    private static let beginning = Array(#"[{"op":"replace","#.utf8)
    private static let operation = Array(#""op":""#.utf8)
    private static let replacement = Array(#"replace""#.utf8)
}

extension Span<UInt8> {
    func contains(_ byte: UInt8) -> Bool {
        for index in indices where self[index] == byte { return true }
        return false
    }

    func begins(with text: [UInt8]) -> Bool { isEqual(to: text, at: 0) }

    func ends(with text: [UInt8]) -> Bool { isEqual(to: text, at: count - text.count) }

    /// Whether `text` stands at `start`.
    func isEqual(to text: [UInt8], at start: Int) -> Bool {
        guard start >= 0, start + text.count <= count else { return false }
        for index in text.indices where self[start + index] != text[index] { return false }
        return true
    }
}
