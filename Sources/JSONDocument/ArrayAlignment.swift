/// How the elements of one array become those of another: which go, which come or move, and which pairs belong
/// together.
///
/// The order of the steps: `removed`, then `steps`; then each pair's element stands at its new index.
struct ArrayAlignment {
    enum Step {
        /// `from` is an index before, `to` one after the element was taken out.
        case move(from: Int, to: Int)
        case add(at: Int, JSONValue)
    }

    /// Old indexes, from the last to the first.
    private(set) var removed: [Int] = []
    private(set) var steps: [Step] = []
    /// Old and new indexes of the elements that are to be compared.
    private(set) var pairs: [(old: Int, new: Int)] = []
    /// How many elements the steps move up or down, about; the work of making them is no more.
    private(set) var movedCount = 0

    /// More than this many moves are not worked out: each costs a walk over the array.
    private static let moveCountMax = 256
    /// The same for new elements between old ones, so that a hostile list costs no square of its length.
    private static let addCountMax = 4096

    /// - Parameter movedCountMax: Where the steps would move more elements than that, elements are paired by their places
    ///   instead: a patch that takes a fifth out of a million elements, one by one, is short and would block for minutes.
    init(_ old: [JSONValue], _ new: [JSONValue], movedCountMax: Int) {
        let shorter = min(old.count, new.count)
        var head = 0
        while head < shorter, old[head].isEqualAtOnce(as: new[head]) { head += 1 }
        var tail = 0
        while tail < shorter - head, old[old.count - 1 - tail].isEqualAtOnce(as: new[new.count - 1 - tail]) {
            tail += 1
        }
        let before = head..<(old.count - tail)
        let after = head..<(new.count - tail)
        if before.count == 1, after.count == 1 {
            pairs = [(head, head)]
        } else if before.isEmpty {
            steps = after.map { .add(at: $0, new[$0]) }
            movedCount = steps.count * tail
        } else if after.isEmpty {
            removed = before.reversed()
            movedCount = removed.count * tail
        } else if before == after, ElementIdentities.standInPlace(old, new, before) {
            pairs = before.map { ($0, $0) }
        } else {
            align(old, before, new, after, movedCountMax: movedCountMax)
        }
        if movedCount > movedCountMax { alignByPosition(head..<old.count, new, head..<new.count) }
    }

    private mutating func align(
        _ old: [JSONValue], _ before: Range<Int>, _ new: [JSONValue], _ after: Range<Int>, movedCountMax: Int
    ) {
        var identities = ElementIdentities()
        let oldKeys = identities.keys(of: old[before])
        let newKeys = identities.keys(of: new[after])
        var oldIndexes: [Int: Int] = [:]
        for (at, key) in oldKeys.enumerated() { oldIndexes[key] = at }
        let wanted = Set(newKeys)
        // Where each element of the new array was among those that stay; nil for those that come.
        var kept: [Int] = []
        for (at, key) in oldKeys.enumerated() {
            if wanted.contains(key) { kept.append(key) } else { removed.append(before.lowerBound + at) }
        }
        removed.reverse()
        var ranks: [Int: Int] = [:]
        for (rank, key) in kept.enumerated() { ranks[key] = rank }
        let sources = newKeys.map { ranks[$0] }
        let stable = LongestIncreasingRun.members(of: sources)
        let addCount = sources.count { $0 == nil }
        let moveCount = sources.count - addCount - stable.count
        movedCount = (removed.count + addCount + moveCount) * max(old.count, new.count)
        guard addCount <= Self.addCountMax, moveCount <= Self.moveCountMax, movedCount <= movedCountMax else {
            return alignByPosition(before, new, after)
        }
        for (at, key) in newKeys.enumerated() {
            if let was = oldIndexes[key] { pairs.append((before.lowerBound + was, after.lowerBound + at)) }
        }
        arrange(newKeys, kept, stable, new, after.lowerBound)
    }

    /// Works out the steps on a list of keys: each element that moves or comes is put behind its predecessor in the new
    /// order.
    ///
    /// The elements of `stable` are in order from the start and are never moved.
    private mutating func arrange(
        _ newKeys: [Int], _ kept: [Int], _ stable: Set<Int>, _ new: [JSONValue], _ base: Int
    ) {
        var present = kept
        let known = Set(kept)
        for (at, key) in newKeys.enumerated() where !stable.contains(at) {
            var from: Int?
            if known.contains(key) {
                from = present.firstIndex(of: key)
                if let from { present.remove(at: from) }
            }
            var to = 0
            if at > 0, let predecessor = present.firstIndex(of: newKeys[at - 1]) { to = predecessor + 1 }
            present.insert(key, at: to)
            if let from {
                if from != to { steps.append(.move(from: base + from, to: base + to)) }
            } else {
                steps.append(.add(at: base + to, new[base + at]))
            }
        }
    }

    /// Pairs elements by their places: for arrays so shuffled that moves would be no shorter, or too much work.
    private mutating func alignByPosition(_ before: Range<Int>, _ new: [JSONValue], _ after: Range<Int>) {
        let shared = min(before.count, after.count)
        pairs = (0..<shared).map { (before.lowerBound + $0, after.lowerBound + $0) }
        removed = before.dropFirst(shared).reversed()
        steps = after.dropFirst(shared).map { .add(at: $0, new[$0]) }
        movedCount = (removed.count + steps.count) * (new.count - after.upperBound)
    }
}

/// Numbers elements so that those with the same `id` or `name`, and the same occurrence of it, have the same number.
private struct ElementIdentities {
    /// What tells elements apart.
    private enum Mark: Hashable {
        case id(JSONText), name(JSONText)
        /// Objects with neither, and all that are no objects: matched in the order they come.
        case none
    }

    private struct Occurrence: Hashable {
        var mark: Mark
        var number: Int
    }

    private var numbers: [Occurrence: Int] = [:]
    private static let id = JSONText(encoding: "id")
    private static let name = JSONText(encoding: "name")

    mutating func keys(of elements: ArraySlice<JSONValue>) -> [Int] {
        var counts: [Mark: Int] = [:]
        return elements.map { element in
            let mark = Self.mark(of: element)
            let occurrence = Occurrence(mark: mark, number: counts[mark, default: 0])
            counts[mark] = occurrence.number + 1
            if let number = numbers[occurrence] { return number }
            numbers[occurrence] = numbers.count
            return numbers.count - 1
        }
    }

    /// Whether every element of a range stands where it stood: nearly always so, and found without a table.
    static func standInPlace(_ old: [JSONValue], _ new: [JSONValue], _ range: Range<Int>) -> Bool {
        range.allSatisfy { old[$0].isEqualAtOnce(as: new[$0]) || mark(of: old[$0]) == mark(of: new[$0]) }
    }

    private static func mark(of element: JSONValue) -> Mark {
        guard element.isObject else { return .none }
        if let text = element.member(Self.id)?.scalarText { return .id(text) }
        if let text = element.member(Self.name)?.scalarText { return .name(text) }
        return .none
    }
}

extension JSONValue {
    /// The text of a string or number.
    fileprivate var scalarText: JSONText? {
        switch storage {
        case .string(let text), .number(let text): text
        default: nil
        }
    }
}

/// The longest increasing subsequence, by patience sorting: n log n.
private enum LongestIncreasingRun {
    /// - Parameter values: Different numbers; nil takes no part.
    /// - Returns: The places of one longest run.
    static func members(of values: [Int?]) -> Set<Int> {
        var tails: [(value: Int, place: Int)] = []
        var predecessors = [Int](repeating: -1, count: values.count)
        for (place, value) in values.enumerated() {
            guard let value else { continue }
            var (low, high) = (0, tails.count)
            while low < high {
                let middle = (low + high) / 2
                if tails[middle].value < value { low = middle + 1 } else { high = middle }
            }
            predecessors[place] = low > 0 ? tails[low - 1].place : -1
            if low == tails.count { tails.append((value, place)) } else { tails[low] = (value, place) }
        }
        var run: Set<Int> = []
        var place = tails.last?.place ?? -1
        while place >= 0 {
            run.insert(place)
            place = predecessors[place]
        }
        return run
    }
}
