extension JSONTape {
    /// One value inside a text in place of which another one stands in the next version of it.
    struct Change {
        /// The value's node in the old text.
        let node: Int
        /// Where the new value stands in the new text.
        let range: Range<Int>
        /// The new value's nodes, positions in the new text.
        let tape: JSONTape
    }

    /// Becomes the tape of the new text.
    ///
    /// What stands before the first change stays as it is, so a text that changes near its end costs next to nothing.
    /// - Parameter changes: In the order of the text; none inside another.
    mutating func replace(_ changes: [Change]) {
        guard let first = changes.first else { return }
        // Its copy of this tape ends with the call, so that the nodes are changed in place.
        let (tail, grown) = replacement(by: changes)
        nodes.replaceSubrange(first.node..., with: tail)
        for (place, growth) in grown { nodes[place].end &+= growth }
    }

    private func replacement(by changes: [Change]) -> (tail: [Node], grown: [(place: Int, by: UInt32)]) {
        var replacement = Replacement(old: self, changes: changes)
        for (index, change) in changes.enumerated() {
            replacement.insert(change)
            let next = index + 1 < changes.count ? changes[index + 1].node : nodes.count
            replacement.copy(end(of: change.node)..<next)
        }
        return (replacement.nodes, replacement.grown)
    }

    /// The first node behind a value and all that is inside it.
    fileprivate func end(of node: Int) -> Int {
        let end = nodes[node].end
        var (low, high) = (node + 1, nodes.count)
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle].start < end { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A tape from its first change on, under construction.
private struct Replacement {
    private let old: JSONTape
    private let changes: [JSONTape.Change]
    private(set) var nodes: [JSONTape.Node] = []
    /// The containers around the changes, by where they stand now, and how much longer each change makes them; in two's
    /// complement.
    private(set) var grown: [(place: Int, by: UInt32)] = []
    /// How many nodes further on the old tape's nodes stand behind each change that was made.
    private var shifts: [Int] = []
    /// How many bytes further on the new text stands behind the last change that was made; in two's complement.
    private var growth: UInt32 = 0

    init(old: JSONTape, changes: [JSONTape.Change]) {
        self.old = old
        self.changes = changes
        let tailCount = old.nodes.count - (changes.first?.node ?? 0)
        nodes.reserveCapacity(tailCount + changes.reduce(0) { $0 + $1.tape.nodes.count })
    }

    /// Where an old node stands now.
    private func place(of node: Int) -> Int {
        // The changes that were made before it.
        var (low, high) = (0, shifts.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].node < node { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? node + shifts[low - 1] : node
    }

    /// Copies nodes that are in no change and in front of the next one.
    mutating func copy(_ range: Range<Int>) {
        guard growth != 0 || shifts.contains(where: { $0 != 0 }) else {
            nodes += old.nodes[range]
            return
        }
        for var node in old.nodes[range] {
            node.start &+= growth
            node.end &+= growth
            node.parent = UInt32(truncatingIfNeeded: place(of: Int(node.parent)))
            if node.key != JSONTape.noKey { node.key &+= growth }
            nodes.append(node)
        }
    }

    /// Puts a new value's nodes in the place of an old one's.
    mutating func insert(_ change: JSONTape.Change) {
        let replaced = old.nodes[change.node]
        let base = place(of: change.node)
        let parent = place(of: Int(replaced.parent))
        let first = nodes.count
        for var node in change.tape.nodes {
            node.parent &+= UInt32(truncatingIfNeeded: base)
            nodes.append(node)
        }
        nodes[first].parent = UInt32(truncatingIfNeeded: parent)
        nodes[first].key = replaced.key == JSONTape.noKey ? replaced.key : replaced.key &+ growth
        let longer = UInt32(truncatingIfNeeded: change.range.count) &- (replaced.end &- replaced.start)
        if longer != 0 { growContainers(around: change.node, by: longer) }
        growth &+= longer
        let oldCount = old.end(of: change.node) - change.node
        shifts.append((shifts.last ?? 0) + change.tape.nodes.count - oldCount)
    }

    private mutating func growContainers(around node: Int, by longer: UInt32) {
        var at = node
        while at > 0 {
            at = old.parent(of: at)
            grown.append((place(of: at), longer))
        }
    }
}
