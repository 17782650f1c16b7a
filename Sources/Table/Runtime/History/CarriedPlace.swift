import JSONDocument

/// A place of the newest document on its way back through the events, so that each operation meets it where it stood then.
///
/// What comes and goes in an array shifts the indexes behind it; undone, they shift back. Moving an element within its array
/// leaves it what it is. Of objects and arrays on the way the newest document knows which is which: that can't have been another
/// way before an operation that wrote the place.
struct CarriedPlace {
    /// Where it stood before the operations that were undone so far.
    private(set) var tokens: [String]
    /// How many elements the arrays on its way had by then, by the depth of the token that is an index of theirs.
    private var elementCounts: [Int: Int] = [:]

    /// - Parameter document: The newest.
    init(_ place: JSONPointer, in document: JSONValue) {
        tokens = place.tokens
        var value: JSONValue? = document
        for (depth, token) in tokens.enumerated() {
            if let elements = value?.elements {
                elementCounts[depth] = elements.count
                value = Int(token).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
            } else {
                value = value?[token]
            }
        }
    }

    /// Goes back before an operation.
    ///
    /// - Returns: Whether it changed what is at the place, or put it there; then the way back ends.
    mutating func undo(_ operation: JSONPatchOperation) -> Bool {
        switch operation {
        case .add(let path, _), .copy(_, let path): undoAddition(path)
        case .replace(let path, _): isRelated(path)
        case .remove(let path): undoRemoval(path)
        case .move(let from, let path): undoMove(from, path)
        case .test: false
        }
    }

    private mutating func undoAddition(_ path: JSONPointer) -> Bool {
        guard let element = element(path, isPresent: true) else { return isRelated(path) }
        elementCounts[element.depth]? -= 1
        guard element.index != element.own else { return true }
        if element.own > element.index { tokens[element.depth] = String(element.own - 1) }
        return false
    }

    private mutating func undoRemoval(_ path: JSONPointer) -> Bool {
        guard let element = element(path, isPresent: false) else { return isRelated(path) }
        elementCounts[element.depth]? += 1
        if element.own >= element.index { tokens[element.depth] = String(element.own + 1) }
        return false
    }

    private mutating func undoMove(_ from: JSONPointer, _ path: JSONPointer) -> Bool {
        guard from != path else { return false }
        guard from.parent == path.parent, let to = element(path, isPresent: true), to.index == to.own else {
            return undoAddition(path) || undoRemoval(from)
        }
        tokens[to.depth] = from.tokens[to.depth]
        return false
    }

    /// Where an operation makes an element of an array on the way come or go.
    ///
    /// - Parameter isPresent: Whether the element is there by now.
    /// - Returns: The depth of the index, the index, and that of the place; nil if it is no such operation.
    private func element(_ path: JSONPointer, isPresent: Bool) -> (depth: Int, index: Int, own: Int)? {
        let depth = path.tokens.count - 1
        guard depth >= 0, depth < tokens.count, path.tokens[..<depth] == tokens[..<depth],
            let count = elementCounts[depth], let own = Int(tokens[depth])
        else { return nil }
        // `-` is behind the last element as it was before the operation.
        let index = path.tokens[depth] == "-" ? (isPresent ? count - 1 : count) : Int(path.tokens[depth])
        return index.map { (depth, $0, own) }
    }

    /// Whether one leads to the other or to something in it.
    private func isRelated(_ path: JSONPointer) -> Bool {
        path.tokens.starts(with: tokens) || tokens.starts(with: path.tokens)
    }
}
