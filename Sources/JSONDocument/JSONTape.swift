/// Where each value of a text begins and ends and what it is inside of; in the order of the text, so a value's children
/// come after it.
struct JSONTape: Sendable {
    struct Node: Sendable {
        var start: UInt32
        var end: UInt32
        /// The node of the container; 0 for the outermost value too.
        var parent: UInt32
        /// Where the member name's opening quote is; ``noKey`` for elements and the outermost value.
        var key: UInt32
    }

    static let noKey = UInt32.max
    var nodes: [Node] = []

    init(nodes: [Node] = []) { self.nodes = nodes }

    func range(_ node: Int) -> Range<Int> { Int(nodes[node].start)..<Int(nodes[node].end) }
    func parent(of node: Int) -> Int { Int(nodes[node].parent) }

    /// How many containers the value is inside of.
    func depth(of node: Int) -> Int {
        var (depth, at) = (0, node)
        while at > 0 {
            depth += 1
            at = parent(of: at)
        }
        return depth
    }

    /// The innermost value around the byte at `offset`; one that ends there counts, because it may have become longer.
    func innermost(around offset: Int) -> Int {
        var (low, high) = (0, nodes.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(nodes[middle].start) <= offset { low = middle + 1 } else { high = middle }
        }
        var node = max(low - 1, 0)
        while node > 0, Int(nodes[node].end) < offset {
            node = parent(of: node)
        }
        return node
    }

    /// The ranges of the containers that are too large to stay encoded, counted from the outermost value's start.
    var largeContainers: [Range<Int>] {
        guard let whole = nodes.first, whole.end - whole.start > ByteSlice.bufferCountMax else { return [] }
        return nodes.filter { Int($0.end - $0.start) > ByteSlice.bufferCountMax }
            .map { Int($0.start - whole.start)..<Int($0.end - whole.start) }
    }

    /// The pointer to a value of `text`.
    func pointer(to node: Int, in text: Span<UInt8>) -> JSONPointer {
        var way: [Int] = []
        var at = node
        while at > 0 {
            way.append(at)
            at = parent(of: at)
        }
        var path: [UInt8] = []
        for step in way.reversed() {
            let key = nodes[step].key
            if key == Self.noKey {
                path.append(UInt8(ascii: "/"))
                path += Array(String(index(of: step)).utf8)
            } else {
                let end = JSONSkip.string(text, Int(key))
                JSONPointer.append(JSONText(copying: text.extracting((Int(key) + 1)..<(end - 1))), to: &path)
            }
        }
        return JSONPointer(validated: ByteSlice(path))
    }

    /// The place of an element in its array.
    private func index(of node: Int) -> Int {
        let parent = nodes[node].parent
        return nodes[(Int(parent) + 1)..<node].reduce(0) { $1.parent == parent ? $0 + 1 : $0 }
    }
}

/// Writes a ``JSONTape`` while a text is scanned.
struct JSONTapeRecorder: JSONScanObserver {
    private(set) var tape = JSONTape()
    private var open: [UInt32] = []
    private var pendingKey = JSONTape.noKey

    @inline(__always)
    private mutating func append(_ start: Int, _ end: Int) {
        tape.nodes.append(
            JSONTape.Node(
                start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
                parent: open.last ?? 0, key: pendingKey))
        pendingKey = JSONTape.noKey
    }

    @inline(__always)
    mutating func scalar(_ range: Range<Int>) { append(range.lowerBound, range.upperBound) }

    @inline(__always)
    mutating func containerBegins(at offset: Int) {
        append(offset, offset)
        open.append(UInt32(truncatingIfNeeded: tape.nodes.count &- 1))
    }

    @inline(__always)
    mutating func containerEnds(_ range: Range<Int>) {
        tape.nodes[Int(open.removeLast())].end = UInt32(truncatingIfNeeded: range.upperBound)
    }

    @inline(__always)
    mutating func key(_ range: Range<Int>) { pendingKey = UInt32(truncatingIfNeeded: range.lowerBound) }
}
