import JSONDocument

/// Who wrote each part of a value, found by undoing patches one after the other, the newest first.
///
/// The tree is the value's, and the way to it, as they stood before the events that were taken so far: names and indexes
/// are those of that time, so that each patch meets what it was made for. An insertion that is undone lets the indexes
/// behind it sink, a removal lets them rise, a move goes back. What an operation wrote is attributed to its event and
/// leaves the tree; once nothing is left, whatever happened before doesn't matter. No document is needed but the newest.
///
/// - A value is written by the newest `add`, `replace` or `copy` of it or of something that holds it. One that was moved
///   (a map renamed, a token laid to the top) keeps those who wrote it.
/// - An object or array that is empty was last written by who took the last thing out of it.
/// - Who writes `/live/id` puts another scene on the table, which writes all of it, also what happens to be the same in
///   both scenes and is in no patch therefore.
struct BlameTree {
    /// One part that has no parts: a scalar, or an empty container.
    struct Leaf {
        /// In the value that the blame is about.
        let pointer: JSONPointer
        let value: JSONValue
        /// The event that wrote it; nil: not known yet, or older than the journal.
        fileprivate(set) var writer: Int64?
    }

    private struct Node {
        var children: [String: Int] = [:]
        /// The leaves below: a range of `leaves`.
        var leaves: Range<Int>
        /// How many elements an array has by then; nil for what is none.
        var elementCount: Int?
        /// Whether it has no parts in the value that the blame is about.
        var isLeaf = false
    }

    private(set) var leaves: [Leaf] = []
    /// How many leaves have no writer yet.
    private(set) var pendingCount = 0
    private var nodes: [Node] = []
    private static let root = 0

    /// The tree of what is at `place` in the newest document.
    init(_ place: JSONPointer, in document: JSONValue) {
        nodes = [Node(leaves: 0..<0, elementCount: document.isArray ? document.count : nil)]
        var value = document
        var node = Self.root
        var path = JSONPointer.root
        for token in place.tokens {
            guard let child = value.child(token) else { return }
            nodes.append(Node(leaves: 0..<0, elementCount: child.isArray ? child.count : nil))
            nodes[node].children[token] = nodes.count - 1
            (node, value, path) = (nodes.count - 1, child, path.appending(token))
        }
        grow(node, value, path)
        pendingCount = leaves.count
        for index in nodes.indices where index < node { nodes[index].leaves = leaves.indices }
    }

    private mutating func grow(_ node: Int, _ value: JSONValue, _ pointer: JSONPointer) {
        let first = leaves.count
        let parts: [(key: String, value: JSONValue)] =
            value.members ?? (value.elements ?? []).enumerated().map { (String($0.offset), $0.element) }
        if parts.isEmpty {
            leaves.append(Leaf(pointer: pointer, value: value))
            nodes[node].isLeaf = true
        }
        for (token, part) in parts {
            nodes.append(Node(leaves: 0..<0, elementCount: part.isArray ? part.count : nil))
            let child = nodes.count - 1
            nodes[node].children[token] = child
            grow(child, part, pointer.appending(token))
        }
        nodes[node].leaves = first..<leaves.count
    }

    /// Whether undoing an operation on what is at these tokens would change nothing in the tree.
    ///
    /// - Parameter isReplacement: Whether it puts one value in the place of another, which shifts no index.
    func isUnaffected(_ tokens: [String], isReplacement: Bool) -> Bool {
        if tokens == Self.liveID { return false }
        var node = Self.root
        for (depth, token) in tokens.enumerated() {
            if let next = child(of: node, token) {
                node = next
            } else {
                let isShift = !isReplacement && depth == tokens.count - 1 && nodes[node].elementCount != nil
                return !isShift && !isPendingLeaf(node)
            }
        }
        return false
    }

    private static let liveID = ["live", "id"]

    /// The parts of the document's second level, by their names of now, in which something has no writer yet.
    var pendingParts: [JSONPointer] {
        var parts: [JSONPointer] = []
        for (first, node) in nodes[Self.root].children where isPending(node) {
            let below = nodes[node].children.filter { isPending($0.value) }
            parts += below.map { JSONPointer(tokens: [first, $0.key]) }
            if below.isEmpty { parts.append(JSONPointer(tokens: [first])) }
        }
        return parts.isEmpty && pendingCount > 0 ? [.root] : parts
    }

    private func isPending(_ node: Int) -> Bool {
        nodes[node].leaves.contains { leaves[$0].writer == nil }
    }

    /// Undoes an event's patch.
    mutating func undo(_ patch: JSONPatch, of event: Int64) {
        for operation in patch.operations.reversed() {
            switch operation {
            case .add(let path, _), .copy(_, let path):
                write(path.tokens, event)
                // In an object, what is at the place by now is written, and what was there before is of no interest.
                if let (parent, index) = elementPlace(path.tokens, isPresent: true) { sink(parent, from: index) }
            case .replace(let path, _): write(path.tokens, event)
            case .remove(let path): undoRemoval(path.tokens, event)
            case .move(let from, let path): undoMove(from.tokens, path.tokens, event)
            case .test: break
            }
        }
    }

    // MARK: Operations

    private mutating func undoRemoval(_ tokens: [String], _ event: Int64) {
        writeEmptied(tokens.dropLast(), event)
        if let (parent, index) = elementPlace(tokens, isPresent: false) { rise(parent, from: index) }
    }

    private mutating func undoMove(_ from: [String], _ path: [String], _ event: Int64) {
        guard from != path else { return }
        let moved = detach(path)
        if let (parent, index) = elementPlace(path, isPresent: true) { sink(parent, from: index) }
        writeEmptied(from.dropLast(), event)
        if let (parent, index) = elementPlace(from, isPresent: false) { rise(parent, from: index) }
        if let moved { attach(moved, at: from) }
    }

    /// Attributes everything that an event wrote by writing the value at a place.
    private mutating func write(_ tokens: [String], _ event: Int64) {
        if tokens == Self.liveID { attribute(["live"], event) }
        attribute(tokens, event)
    }

    private mutating func attribute(_ tokens: [String], _ event: Int64) {
        var node = Self.root
        var parent: (node: Int, token: String)?
        for token in tokens {
            guard let next = child(of: node, token) else {
                // Written inside of what has become empty or scalar since: that was done by removing it, or by this.
                if isPendingLeaf(node) { settle(node, event) }
                return
            }
            parent = (node, token)
            node = next
        }
        settle(node, event)
        if let parent { nodes[parent.node].children[place(of: parent.token, in: parent.node)] = nil }
    }

    private mutating func settle(_ node: Int, _ event: Int64) {
        for leaf in nodes[node].leaves where leaves[leaf].writer == nil {
            leaves[leaf].writer = event
            pendingCount -= 1
        }
    }

    /// Attributes the container that lost something, if nothing is in it any more.
    private mutating func writeEmptied(_ tokens: ArraySlice<String>, _ event: Int64) {
        var node = Self.root
        for token in tokens {
            guard let next = child(of: node, token) else { return }
            node = next
        }
        if isPendingLeaf(node) { settle(node, event) }
    }

    /// Whether the node is a leaf that has no writer yet.
    private func isPendingLeaf(_ node: Int) -> Bool {
        nodes[node].isLeaf && leaves[nodes[node].leaves.lowerBound].writer == nil
    }

    // MARK: Places

    private func child(of node: Int, _ token: String) -> Int? {
        nodes[node].children[place(of: token, in: node)]
    }

    /// A token as the tree has it: `-` names an array's last element, as it is after the operation that appended it.
    private func place(of token: String, in node: Int) -> String {
        guard token == "-", let count = nodes[node].elementCount else { return token }
        return String(count - 1)
    }

    /// The array that a place is in, where the tree has it, and the place's index in it.
    ///
    /// - Parameter isPresent: Whether there is an element at the place by now.
    private func elementPlace(_ tokens: [String], isPresent: Bool) -> (parent: Int, index: Int)? {
        guard let last = tokens.last else { return nil }
        var node = Self.root
        for token in tokens.dropLast() {
            guard let next = child(of: node, token) else { return nil }
            node = next
        }
        guard let count = nodes[node].elementCount else { return nil }
        if last == "-" { return (node, isPresent ? count - 1 : count) }
        return Int(last).map { (node, $0) }
    }

    /// An element of an array is gone: those behind it come one nearer.
    private mutating func sink(_ array: Int, from index: Int) {
        shift(array, by: -1) { $0 > index }
    }

    /// An element of an array is back: those from its place on stand one farther.
    private mutating func rise(_ array: Int, from index: Int) {
        shift(array, by: 1) { $0 >= index }
    }

    private mutating func shift(_ array: Int, by step: Int, where isBehind: (Int) -> Bool) {
        nodes[array].elementCount = nodes[array].elementCount.map { $0 + step }
        var children: [String: Int] = [:]
        for (token, child) in nodes[array].children {
            guard let index = Int(token), isBehind(index) else {
                children[token] = child
                continue
            }
            children[String(index + step)] = child
        }
        nodes[array].children = children
    }

    private mutating func detach(_ tokens: [String]) -> Int? {
        var node = Self.root
        var parent: (node: Int, token: String)?
        for token in tokens {
            guard let next = child(of: node, token) else { return nil }
            parent = (node, token)
            node = next
        }
        guard let parent else { return nil }
        nodes[parent.node].children[place(of: parent.token, in: parent.node)] = nil
        return node
    }

    /// Puts a node at a place, making the way there where the tree hasn't got it.
    private mutating func attach(_ moved: Int, at tokens: [String]) {
        guard let last = tokens.last else { return }
        var node = Self.root
        for token in tokens.dropLast() {
            if let next = child(of: node, token) {
                node = next
            } else {
                nodes.append(Node(leaves: nodes[moved].leaves))
                nodes[node].children[token] = nodes.count - 1
                node = nodes.count - 1
            }
        }
        nodes[node].children[last] = moved
    }
}
