extension JSONMerge {
    /// Which scene a client most likely had when it made `mine`: the one with the smallest ``difference(_:_:)`` to it, the
    /// newest where several have that.
    ///
    /// - Parameter candidates: Newest first.
    /// - Returns: Its index; `nil` where there are none.
    package static func indexOfBase(_ candidates: [JSONValue], mine: JSONValue) -> Int? {
        guard candidates.count > 1 else { return candidates.indices.first }
        var chosen = 0
        var smallest = Int.max
        for (index, candidate) in candidates.enumerated() {
            let difference = self.difference(candidate, mine, upTo: smallest)
            guard difference < smallest else { continue }
            chosen = index
            smallest = difference
            if difference == 0 { break }
        }
        return chosen
    }

    /// How much two values differ: how many leaves a user would have to change, 0 where they are equal.
    ///
    /// Counts as ``merge(base:mine:present:)`` sees it: arrays of objects by `id` or `name`, other arrays as one leaf, a new
    /// order of elements as one change; a part that only one side has counts for itself and its direct members. Parts that
    /// share storage or have the same bytes cost next to nothing.
    package static func difference(_ a: JSONValue, _ b: JSONValue) -> Int {
        self.difference(a, b, upTo: .max)
    }

    /// The same, except that counting stops once it has reached `limit`.
    static func difference(_ a: JSONValue, _ b: JSONValue, upTo limit: Int) -> Int {
        if limit <= 0 || a.isEqualAtOnce(as: b) { return 0 }
        switch (a.kind, b.kind) {
        case (.object, .object):
            return self.memberDifference(MemberIndex(a), MemberIndex(b), upTo: limit)
        case (.array, .array):
            return self.elementDifference(a.elements ?? [], b.elements ?? [], upTo: limit) ?? (a == b ? 0 : 1)
        default:
            return a == b ? 0 : 1
        }
    }

    private static func memberDifference(_ a: MemberIndex, _ b: MemberIndex, upTo limit: Int) -> Int {
        var sum = 0
        var matchedCount = 0
        for (position, member) in a.members.enumerated() where sum < limit {
            if let other = b.value(of: member.key, near: position) {
                matchedCount += 1
                sum += self.difference(member.value, other, upTo: limit - sum)
            } else {
                sum += self.weight(member.value)
            }
        }
        guard sum < limit, matchedCount < b.members.count else { return sum }
        for (position, member) in b.members.enumerated() where a.value(of: member.key, near: position) == nil {
            sum += self.weight(member.value)
        }
        return sum
    }

    private static func elementDifference(_ a: [JSONValue], _ b: [JSONValue], upTo limit: Int) -> Int? {
        if a.count == b.count, let difference = self.differenceInPlace(a, b, upTo: limit) { return difference }
        guard let aKeys = ElementKey.all(of: a), let bKeys = ElementKey.all(of: b) else { return nil }
        let places = Dictionary(uniqueKeysWithValues: bKeys.enumerated().map { ($1, $0) })
        var (sum, matchedCount, newestPlace, isReordered) = (0, 0, -1, false)
        for (key, element) in zip(aKeys, a) {
            guard let place = places[key] else {
                sum += self.weight(element)
                continue
            }
            matchedCount += 1
            isReordered = isReordered || place < newestPlace
            newestPlace = place
            sum += self.difference(element, b[place], upTo: limit - sum)
        }
        if isReordered { sum += 1 }
        guard matchedCount < b.count else { return sum }
        let aSet = Set(aKeys)
        return zip(bKeys, b).reduce(sum) { aSet.contains($1.0) ? $0 : $0 + self.weight($1.1) }
    }

    /// The difference of two arrays whose elements stand in the same places; `nil` where that can't be said.
    private static func differenceInPlace(_ a: [JSONValue], _ b: [JSONValue], upTo limit: Int) -> Int? {
        // All identities first: an element counted in place must not be counted again by key, level by level.
        var differing: [Int] = []
        for index in a.indices where !(a[index].isObject && a[index].isEqualAtOnce(as: b[index])) {
            guard let identity = ElementIdentity(of: a[index]), identity == ElementIdentity(of: b[index]) else {
                return nil
            }
            differing.append(index)
        }
        return differing.reduce(0) { sum, index in sum + self.difference(a[index], b[index], upTo: limit - sum) }
    }

    private static func weight(_ value: JSONValue) -> Int {
        1 + value.count
    }
}
