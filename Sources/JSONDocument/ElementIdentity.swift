/// Who an element of an array is: its `id`, where that is a text or a number, else its `name`, where that is a text.
///
/// The one notion of that for merging (``JSONMerge``), for what stands in the way of an undo, for following a place through
/// events and telling what became of a list, and for naming an element in the place of its index. They differ in what they
/// do about elements that are known by nothing: a merge and an undo need whole arrays and take them as one value
/// (``ElementKey/all(of:)``), a place is followed among such elements by those that are known (``ElementKey/each(of:)``).
///
/// Two are others on purpose. `JSONDiff` goes by the undecoded text of the same members: it runs for every change, whom it
/// pairs decides how short a patch is and never what it does, and it pairs what is known by nothing as well. What is typed
/// (``ElementKey/typedNames(of:)``) doesn't tell the number 1 from the text `1`.
package enum ElementIdentity: Hashable, Sendable {
    case id(String)
    case number(Double)
    case name(String)

    /// `nil` for what is no object or has neither.
    package init?(of element: JSONValue) {
        guard element.isObject else { return nil }
        if let id = element["id"] {
            if let text = id.stringValue {
                self = .id(text)
                return
            }
            if id.kind == .number, let number = id.doubleValue {
                self = .number(number)
                return
            }
        }
        guard let name = element["name"]?.stringValue else { return nil }
        self = .name(name)
    }

    /// As one would type it.
    var text: String {
        switch self {
        case .id(let text), .name(let text): text
        case .number(let number): Int(exactly: number).map { String($0) } ?? String(number)
        }
    }
}

/// What an element of an array is told from its neighbours by: who it is and, where several are that, which of them.
package struct ElementKey: Hashable, Sendable {
    let identity: ElementIdentity
    /// How many elements before it are the same.
    let occurrence: Int

    /// The key of the element at `index`; `nil` if it isn't there or is known by nothing.
    package init?(ofElement index: Int, of elements: [JSONValue]) {
        guard elements.indices.contains(index), let identity = ElementIdentity(of: elements[index]) else { return nil }
        self.init(identity, elements[..<index].count { ElementIdentity(of: $0) == identity })
    }

    private init(_ identity: ElementIdentity, _ occurrence: Int) {
        self.identity = identity
        self.occurrence = occurrence
    }

    /// The keys of all elements, in their order; `nil` for each that is known by nothing.
    package static func each(of elements: [JSONValue]) -> [ElementKey?] {
        var counter = Counter<ElementIdentity>()
        return elements.map { element in
            guard let identity = ElementIdentity(of: element) else { return nil }
            return ElementKey(identity, counter.count(identity))
        }
    }

    /// The keys of all elements, in their order; `nil` where one is known by nothing.
    package static func all(of elements: [JSONValue]) -> [ElementKey]? {
        var counter = Counter<ElementIdentity>()
        var keys: [ElementKey] = []
        keys.reserveCapacity(elements.count)
        for element in elements {
            guard let identity = ElementIdentity(of: element) else { return nil }
            keys.append(ElementKey(identity, counter.count(identity)))
        }
        return keys
    }

    /// What the elements of an array are known by, as texts; the n-th with the same one gets a suffix that nobody types.
    ///
    /// - Returns: As many different texts as there are elements; `nil` where one is known by nothing.
    package static func typedNames(of elements: [JSONValue]) -> [String]? {
        var counter = Counter<String>()
        var names: [String] = []
        names.reserveCapacity(elements.count)
        for element in elements {
            guard let name = ElementIdentity(of: element)?.text else { return nil }
            let occurrence = counter.count(name)
            names.append(occurrence == 0 ? name : "\(name)\u{0}\(occurrence)")
        }
        return names
    }

    /// Where the element of this key stands in an array.
    package func index(in elements: [JSONValue]) -> Int? {
        var before = 0
        for (index, element) in elements.enumerated() where ElementIdentity(of: element) == self.identity {
            if before == self.occurrence { return index }
            before += 1
        }
        return nil
    }
}

/// Counts what comes again.
private struct Counter<Item: Hashable> {
    private var counts: [Item: Int] = [:]

    /// How often an item came before.
    mutating func count(_ item: Item) -> Int {
        let count = self.counts[item, default: 0]
        self.counts[item] = count + 1
        return count
    }
}
