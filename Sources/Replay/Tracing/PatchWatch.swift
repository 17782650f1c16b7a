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

    /// Watches what the pointers lead to; an index stands for whatever is there by then.
    init(_ pointers: [JSONPointer]) {
        watched = pointers.map { pointer in
            let tokens = pointer.tokens
            let head = tokens.prefix { !$0.utf8.allSatisfy { (0x30...0x39).contains($0) } || $0.isEmpty }
            let root = head.count == tokens.count ? pointer : JSONPointer(tokens: Array(head))
            return Watched(place: Array(pointer.text.utf8), root: Array(root.text.utf8))
        }
    }

    /// Whether an event's patch may have changed a place.
    func concerns(_ patch: Span<UInt8>) -> Bool {
        var count = 0
        var isRootTouched = false
        var isPlaceTouched = false
        TouchedPointers.forEach(in: patch) { pointer in
            count += 1
            // Written with escapes: rare, and not worth reading here.
            guard !pointer.contains(UInt8(ascii: "\\")) else {
                (isRootTouched, isPlaceTouched) = (true, true)
                return
            }
            for one in watched where Self.isRelated(pointer, one.root) {
                isRootTouched = true
                if !isPlaceTouched { isPlaceTouched = Self.isRelated(pointer, one.place) || Self.isMark(pointer) }
            }
        }
        // One value replaced shifts no index, so that a token's drag is no matter to the others.
        return isRootTouched && (isPlaceTouched || count > 1 || !Self.isReplacement(patch))
    }

    /// Whether one leads to the other or to something around it.
    private static func isRelated(_ pointer: Span<UInt8>, _ place: [UInt8]) -> Bool {
        let shorter = min(pointer.count, place.count)
        for index in 0..<shorter where pointer[index] != place[index] { return false }
        if pointer.count == place.count { return true }
        let slash = UInt8(ascii: "/")
        return pointer.count > place.count ? pointer[shorter] == slash : place[shorter] == slash
    }

    /// Whether it is an element's `id` or `name`, by which elements are known.
    private static func isMark(_ pointer: Span<UInt8>) -> Bool {
        pointer.ends(with: idEnding) || pointer.ends(with: nameEnding)
    }

    /// Whether the patch's first operation, in the form in which journals are written, is a `replace`.
    private static func isReplacement(_ patch: Span<UInt8>) -> Bool {
        patch.begins(with: replacement)
    }

    private static let idEnding = Array("/id".utf8)
    private static let nameEnding = Array("/name".utf8)
    private static let replacement = Array(#"[{"op":"replace","#.utf8)
}

extension Span<UInt8> {
    func contains(_ byte: UInt8) -> Bool {
        for index in indices where self[index] == byte { return true }
        return false
    }

    func begins(with text: [UInt8]) -> Bool { isEqual(to: text, at: 0) }

    func ends(with text: [UInt8]) -> Bool { isEqual(to: text, at: count - text.count) }

    private func isEqual(to text: [UInt8], at start: Int) -> Bool {
        guard start >= 0, start + text.count <= count else { return false }
        for index in text.indices where self[start + index] != text[index] { return false }
        return true
    }
}
