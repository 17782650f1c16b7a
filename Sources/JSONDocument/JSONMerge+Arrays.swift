extension JSONMerge {
    /// Merges arrays of objects by key.
    ///
    /// - Parameter base: What isn't an array counts as an empty one that both sides changed.
    /// - Returns: `nil` where the arrays have to be taken as one value.
    static func mergedArrays(_ base: JSONValue, _ mine: JSONValue, _ present: JSONValue) -> Outcome? {
        guard let mineElements = mine.elements, let presentElements = present.elements else { return nil }
        let baseElements = base.elements ?? []
        if base.isArray, let outcome = self.mergedInPlace(baseElements, mine, mineElements, present, presentElements) {
            return outcome
        }
        guard let baseKeys = ElementKey.all(of: baseElements), let mineKeys = ElementKey.all(of: mineElements),
            let presentKeys = ElementKey.all(of: presentElements)
        else { return nil }
        var merger = ElementMerger(
            base: KeyedElements(baseKeys, baseElements), mine: KeyedElements(mineKeys, mineElements),
            present: KeyedElements(presentKeys, presentElements))
        merger.run()
        return Outcome(
            mine: mine, present: present, mineChanged: merger.mineChanged || !base.isArray,
            presentChanged: merger.presentChanged || !base.isArray
        ) {
            .array(merger.ordered())
        }
    }

    /// Merges arrays in which nobody added, removed or moved an element: nearly all, and without looking at the keys of
    /// elements that are the same everywhere.
    private static func mergedInPlace(
        _ base: [JSONValue], _ mine: JSONValue, _ mineElements: [JSONValue], _ present: JSONValue,
        _ presentElements: [JSONValue]
    ) -> Outcome? {
        guard base.count == mineElements.count, base.count == presentElements.count else { return nil }
        // All identities first: one that differs behind a merged element would have that one, and what is nested in it,
        // merged again by key, and so on at each level. (It did: a list nested 25 deep took a minute.)
        var touched: [Int] = []
        for index in base.indices {
            let (before, my, now) = (base[index], mineElements[index], presentElements[index])
            if before.isObject, before.isEqualAtOnce(as: my), before.isEqualAtOnce(as: now) { continue }
            guard let identity = ElementIdentity(of: before), identity == ElementIdentity(of: my),
                identity == ElementIdentity(of: now)
            else { return nil }
            touched.append(index)
        }
        var (mineChanged, presentChanged) = (false, false)
        var elements = presentElements
        for index in touched {
            let outcome = self.merged(base[index], mineElements[index], presentElements[index])
            mineChanged = mineChanged || outcome.mineChanged
            presentChanged = presentChanged || outcome.presentChanged
            elements[index] = outcome.value
        }
        return Outcome(mine: mine, present: present, mineChanged: mineChanged, presentChanged: presentChanged) {
            .array(elements)
        }
    }
}

/// An array's elements with their keys.
private struct KeyedElements {
    let keys: [ElementKey]
    let elements: [JSONValue]
    let places: [ElementKey: Int]

    init(_ keys: [ElementKey], _ elements: [JSONValue]) {
        self.keys = keys
        self.elements = elements
        self.places = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
    }

    subscript(_ key: ElementKey) -> JSONValue? {
        self.places[key].map { self.elements[$0] }
    }

    /// Whether the elements that `other` has too stand in another order there.
    func isReordered(against other: KeyedElements) -> Bool {
        var newest = -1
        for key in self.keys {
            guard let place = other.places[key] else { continue }
            if place < newest { return true }
            newest = place
        }
        return false
    }
}

/// Merges the elements of three arrays by key, then puts them in order.
private struct ElementMerger {
    private let base: KeyedElements
    private let mine: KeyedElements
    private let present: KeyedElements
    /// What is left, by key.
    private var merged: [ElementKey: JSONValue] = [:]
    private let isReorderedByMine: Bool
    private(set) var mineChanged: Bool
    private(set) var presentChanged: Bool

    init(base: KeyedElements, mine: KeyedElements, present: KeyedElements) {
        self.base = base
        self.mine = mine
        self.present = present
        self.isReorderedByMine = mine.isReordered(against: base)
        self.mineChanged = self.isReorderedByMine
        self.presentChanged = present.isReordered(against: base)
    }

    mutating func run() {
        var matchedBaseCount = 0
        for (key, now) in zip(self.present.keys, self.present.elements) {
            let before = self.base[key]
            if before != nil { matchedBaseCount += 1 }
            self.merge(key, before: before, mine: self.mine[key], present: now)
        }
        for (key, my) in zip(self.mine.keys, self.mine.elements) where self.present.places[key] == nil {
            let before = self.base[key]
            if before != nil { matchedBaseCount += 1 }
            self.mergeAbsent(key, before: before, mine: my)
        }
        guard matchedBaseCount < self.base.keys.count else { return }
        // Both removed the rest.
        self.mineChanged = true
        self.presentChanged = true
    }

    private mutating func merge(
        _ key: ElementKey, before: JSONValue?, mine: JSONValue?, present: JSONValue
    ) {
        switch (before, mine) {
        case (let before?, let mine?):
            let outcome = JSONMerge.merged(before, mine, present)
            self.mineChanged = self.mineChanged || outcome.mineChanged
            self.presentChanged = self.presentChanged || outcome.presentChanged
            self.merged[key] = outcome.value
        case (nil, let mine?):
            self.mineChanged = true
            self.presentChanged = true
            self.merged[key] = JSONMerge.mergedAdditions(mine, present)
        case (let before?, nil):
            self.mineChanged = true
            self.presentChanged = self.presentChanged || before != present
        case (nil, nil):
            self.presentChanged = true
            self.merged[key] = present
        }
    }

    /// An element that mine has and present has not: an addition, or something that somebody removed.
    private mutating func mergeAbsent(_ key: ElementKey, before: JSONValue?, mine: JSONValue) {
        guard let before else {
            self.mineChanged = true
            self.merged[key] = mine
            return
        }
        self.presentChanged = true
        self.mineChanged = self.mineChanged || before != mine
    }

    /// The merged elements: in mine's order if my user moved some, else in present's; what only the other side has stands
    /// behind the element that it stands behind there.
    func ordered() -> [JSONValue] {
        let (leading, following) = self.isReorderedByMine ? (self.mine, self.present) : (self.present, self.mine)
        let spine = leading.keys.filter { self.merged[$0] != nil }
        // Mine is the later one: where both added in the same place, present's additions come first.
        var (behind, waiting) = self.anchored(following, to: Set(spine))
        var order: [ElementKey] = []
        for key in spine {
            if self.base.places[key] != nil || self.isReorderedByMine {
                order += waiting
                waiting = []
            }
            order.append(key)
            waiting += behind.removeValue(forKey: key) ?? []
        }
        order += waiting
        return order.compactMap { self.merged[$0] }
    }

    /// The elements that only `side` has, by the element of the spine that they stand behind there.
    private func anchored(
        _ side: KeyedElements, to spine: Set<ElementKey>
    ) -> (behind: [ElementKey: [ElementKey]], atFront: [ElementKey]) {
        var behind: [ElementKey: [ElementKey]] = [:]
        var atFront: [ElementKey] = []
        var anchor: ElementKey?
        for key in side.keys {
            if spine.contains(key) {
                anchor = key
            } else if self.merged[key] == nil {
                continue
            } else if let anchor {
                behind[anchor, default: []].append(key)
            } else {
                atFront.append(key)
            }
        }
        return (behind, atFront)
    }
}
