extension Sequence {
    /// The elements ordered by a name without regard to case, then by a second key (contract, section 7, F44).
    ///
    /// The keys are made once per element.
    func sortedByName(_ keys: (Element) -> (name: String, then: String)) -> [Element] {
        let keyed = map { element in
            let (name, second) = keys(element)
            return (key: (name.lowercased(), name, second), element: element)
        }
        return keyed.sorted { $0.key < $1.key }.map(\.element)
    }
}
