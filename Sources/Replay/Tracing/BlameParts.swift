import JSONDocument

/// A part of a blamed value that is told in one line.
package struct BlamePart: Sendable, Equatable {
    /// Where it is.
    package let pointer: JSONPointer
    /// The last of a run of elements of one array that one event wrote; nil for a part alone.
    package let lastPointer: JSONPointer?
    /// The way from the blamed place, with elements by their names: `maps[Goblin 3]/data/position`.
    package let path: String
    /// nil for a run, and for several members.
    package let value: JSONValue?
    /// The members of an object that one event wrote, where they are told together; else empty.
    package var members: [String] = []
    /// The newest event that wrote something of it; nil: older than the journal.
    package let writer: Int64?
    /// How many other events wrote parts of it, where it was not to be taken apart further.
    package let otherWriterCount: Int
}

extension BlamePart {
    /// Whether one event wrote all of it, and it is one value.
    fileprivate var isWhole: Bool { otherWriterCount == 0 && value != nil }

    /// Whether it is a member of the object, or several, each of them whole.
    fileprivate func isMember(of object: JSONPointer) -> Bool {
        members.isEmpty ? isWhole && pointer.parent == object : pointer == object
    }
}

extension Blame {
    /// The parts that were each written by one event, as large as they can be.
    ///
    /// - Parameter depth: How many levels a value is taken apart at the most; what was written by several events below is
    ///   told by the newest of them then.
    /// - Parameter isGrouped: Whether members that one event wrote are one part, in objects below the place itself: of a
    ///   fighter who was moved, what stayed as it was is no more than a line.
    package func parts(depth: Int = .max, isGrouped: Bool = false) -> [BlamePart] {
        var parting = BlameParting(leaves, isGrouped: isGrouped)
        parting.part(value, place.pointer, path: "", depth: depth)
        return parting.parts
    }
}

private struct BlameParting {
    private let leaves: [BlameTree.Leaf]
    /// The next leaf.
    private var leaf = 0
    private let isGrouped: Bool
    private(set) var parts: [BlamePart] = []

    init(_ leaves: [BlameTree.Leaf], isGrouped: Bool) {
        (self.leaves, self.isGrouped) = (leaves, isGrouped)
    }

    mutating func part(_ value: JSONValue, _ pointer: JSONPointer, path: String, depth: Int) {
        let range = leaf..<(leaf + Self.leafCount(value))
        let writers = Set(leaves[range].map(\.writer))
        guard writers.count > 1, depth > 0 else {
            leaf = range.upperBound
            parts.append(
                BlamePart(
                    pointer: pointer, lastPointer: nil, path: path, value: value,
                    writer: writers.compactMap(\.self).max(), otherWriterCount: max(0, writers.count - 1)))
            return
        }
        if let elements = value.elements {
            partElements(elements, pointer, path: path, depth: depth - 1)
        } else {
            partMembers(value.members ?? [], pointer, path: path, depth: depth - 1)
        }
    }

    private mutating func partMembers(
        _ members: [(key: String, value: JSONValue)], _ pointer: JSONPointer, path: String, depth: Int
    ) {
        let start = parts.count
        for (name, member) in members {
            let count = parts.count
            let memberPath = path.isEmpty ? name : "\(path)/\(name)"
            part(member, pointer.appending(name), path: memberPath, depth: depth)
            guard isGrouped, !path.isEmpty, parts.count == count + 1, let last = parts.last, last.isWhole else {
                continue
            }
            // Joined to the first member that is of the same event.
            guard
                let first = parts[start..<count].firstIndex(where: {
                    $0.isMember(of: pointer) && $0.writer == last.writer
                })
            else { continue }
            let names = parts[first].members.isEmpty ? [parts[first].pointer.lastToken ?? ""] : parts[first].members
            parts.removeLast()
            parts[first] = BlamePart(
                pointer: pointer, lastPointer: nil, path: path, value: nil, members: names + [name],
                writer: last.writer, otherWriterCount: 0)
        }
    }

    private mutating func partElements(_ elements: [JSONValue], _ pointer: JSONPointer, path: String, depth: Int) {
        for (index, element) in elements.enumerated() {
            let count = parts.count
            let name = PlaceLabel.name(of: element) ?? String(index)
            part(element, pointer.appending(index), path: "\(path)[\(name)]", depth: depth)
            if index > 0, parts.count == count + 1 { joinLast(path, index, pointer) }
        }
    }

    /// Makes a run of the last two parts, if both are elements of this array that the same event wrote.
    private mutating func joinLast(_ path: String, _ index: Int, _ array: JSONPointer) {
        guard parts.count > 1 else { return }
        let (first, last) = (parts[parts.count - 2], parts[parts.count - 1])
        let isRun =
            first.lastPointer.map { $0 == array.appending(index - 1) } ?? (first.pointer == array.appending(index - 1))
        guard isRun, first.writer == last.writer, first.otherWriterCount == 0, last.otherWriterCount == 0,
            let start = first.pointer.lastToken
        else { return }
        parts.removeLast(2)
        parts.append(
            BlamePart(
                pointer: first.pointer, lastPointer: last.pointer, path: "\(path)[\(start)–\(index)]", value: nil,
                writer: first.writer, otherWriterCount: 0))
    }

    private static func leafCount(_ value: JSONValue) -> Int {
        guard value.count > 0 else { return 1 }
        if let elements = value.elements { return elements.reduce(0) { $0 + leafCount($1) } }
        return (value.members ?? []).reduce(0) { $0 + leafCount($1.value) }
    }
}
