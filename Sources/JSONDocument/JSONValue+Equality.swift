extension JSONValue: Equatable {
    package static func == (a: JSONValue, b: JSONValue) -> Bool {
        if a.sharesStorage(with: b) { return true }
        if case .encoded(let x) = a.node, case .encoded(let y) = b.node, x.bytes == y.bytes { return true }
        switch (a.expanded, b.expanded) {
        case (.number(let x), .number(let y)): return Double(x) == Double(y)
        case (.array(let x), .array(let y)): return x == y
        case (.object(let x), .object(let y)):
            return x.count == y.count && x.members.allSatisfy { member in y[member.key].map { $0 == member.value } ?? false }
        default: return false
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .number(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { (key: $0.0, value: $0.1) })
    }
}

extension JSONValue {
    /// Whether both are seen to be equal without a look inside: the same memory or the same bytes. May say false of
    /// equal values.
    func isEqualAtOnce(to other: JSONValue) -> Bool {
        if sharesStorage(with: other) { return true }
        if case .encoded(let x) = node, case .encoded(let y) = other.node { return x.bytes == y.bytes }
        return false
    }
}
