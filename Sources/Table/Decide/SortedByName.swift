extension Sequence {
    /// The elements ordered by a name without regard to case, then by a second key (contract, section 7, F44).
    ///
    /// The keys are made once per element.
    func sortedByName(_ keys: (Element) -> (name: String, then: String)) -> [Element] {
        let elements = Array(self)
        let order = elements.indices.map { index in
            let (name, then) = keys(elements[index])
            return NameOrder(lowered: name.lowercased(), name: name, then: then, index: index)
        }
        return order.sorted().map { elements[$0.index] }
    }
}

/// Where an element stands in an order by name.
///
/// A type of its own instead of a tuple beside the element: that one is sorted through unspecialised generic code, whose
/// copying took most of listing ten thousand scenes.
private struct NameOrder: Comparable {
    let lowered: String
    let name: String
    let then: String
    let index: Int

    static func < (a: NameOrder, b: NameOrder) -> Bool {
        if a.lowered != b.lowered { return a.lowered < b.lowered }
        if a.name != b.name { return a.name < b.name }
        return a.then < b.then
    }
}
