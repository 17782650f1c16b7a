extension JSONTape {
    /// One value inside a text in place of which another one stands in the next version of it.
    struct Change {
        /// The value's node in the old text.
        let node: Int
        /// Where the new value stands in the new text.
        let range: Range<Int>
        /// The new value's nodes, positions in the new text.
        let tape: JSONTape

        /// How many bytes further on the new text stands behind it, on a tape of the old one.
        fileprivate func growth(on old: JSONTape) -> Int {
            range.upperBound - old.range(node).upperBound
        }
    }

    /// The tape of the new text.
    ///
    /// - Parameter changes: In the order of the text; none inside another.
    func replacing(_ changes: [Change]) -> JSONTape {
        var replacement = Replacement(old: self, changes: changes)
        var at = 0
        for (index, change) in changes.enumerated() {
            replacement.copy(at..<change.node, changed: index)
            replacement.insert(change)
            at = end(of: change.node)
        }
        replacement.copy(at..<nodes.count, changed: changes.count)
        return JSONTape(nodes: replacement.nodes)
    }

    /// The first node behind a value and all that is inside it.
    private func end(of node: Int) -> Int {
        let end = nodes[node].end
        var (low, high) = (node + 1, nodes.count)
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle].start < end { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A tape under construction.
private struct Replacement {
    private let old: JSONTape
    private let changes: [JSONTape.Change]
    private(set) var nodes: [JSONTape.Node] = []
    /// Where the old nodes stand now.
    private var places: [UInt32]

    init(old: JSONTape, changes: [JSONTape.Change]) {
        self.old = old
        self.changes = changes
        places = [UInt32](repeating: 0, count: old.nodes.count)
        nodes.reserveCapacity(old.nodes.count + changes.reduce(0) { $0 + $1.tape.nodes.count })
    }

    /// Copies nodes that are in no change.
    ///
    /// - Parameter changed: How many changes stand before them.
    mutating func copy(_ range: Range<Int>, changed: Int) {
        let growth = UInt32(bits: changed > 0 ? changes[changed - 1].growth(on: old) : 0)
        let next = changed < changes.count ? old.nodes[changes[changed].node].start : .max
        for at in range {
            var node = old.nodes[at]
            places[at] = UInt32(truncatingIfNeeded: nodes.count)
            // A container that the next changes are inside of grows with them.
            node.end = node.end &+ (node.end <= next ? growth : UInt32(bits: self.growth(before: node.end, changed)))
            node.start &+= growth
            node.parent = places[Int(node.parent)]
            if node.key != JSONTape.noKey { node.key &+= growth }
            nodes.append(node)
        }
    }

    /// How many bytes further on a position of the old text is in the new one.
    private func growth(before end: UInt32, _ changed: Int) -> Int {
        let last = changes[changed...].last { old.nodes[$0.node].end <= end }
        return last?.growth(on: old) ?? 0
    }

    /// Puts a new value's nodes in the place of an old one's.
    mutating func insert(_ change: JSONTape.Change) {
        let base = UInt32(truncatingIfNeeded: nodes.count)
        places[change.node] = base
        let growthBefore = UInt32(bits: change.range.lowerBound - old.range(change.node).lowerBound)
        for var node in change.tape.nodes {
            node.parent &+= base
            nodes.append(node)
        }
        let key = old.nodes[change.node].key
        nodes[Int(base)].parent = places[Int(old.nodes[change.node].parent)]
        nodes[Int(base)].key = key == JSONTape.noKey ? key : key &+ growthBefore
    }
}

extension UInt32 {
    /// A difference to be added with `&+`, negative ones in two's complement.
    fileprivate init(bits difference: Int) { self.init(truncatingIfNeeded: difference) }
}
