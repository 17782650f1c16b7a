import JSONDocument

/// A condition on a table's document, such as `/viewer/blank and count(/scenes) > 3`.
///
/// The language is in docs/replay-conditions.md: places compared with literals, `exists`, `count`, `and`, `or`, `not` and
/// parentheses. It has no variables, functions or loops, so evaluating one costs a few look-ups, always.
package indirect enum Condition: Sendable, Equatable {
    case and(Condition, Condition)
    case or(Condition, Condition)
    case not(Condition)
    case compare(Operand, Comparison, Operand)
    /// Something is there, be it null.
    case exists(place: Int)
    /// The value there is `true`.
    case holds(place: Int)

    /// What is compared.
    package enum Operand: Sendable, Equatable {
        /// The value at the place of this number in ``ParsedCondition/places``.
        case place(Int)
        /// How many members or elements it has; 0 for scalars, and where nothing is.
        case count(Int)
        case literal(JSONValue)
    }

    /// How two values are compared.
    package enum Comparison: String, Sendable, CaseIterable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    /// Whether it holds.
    ///
    /// - Parameter value: The value at the place of a number; nil where nothing is.
    package func isMet(_ value: (Int) -> JSONValue?) -> Bool {
        switch self {
        case .and(let a, let b): a.isMet(value) && b.isMet(value)
        case .or(let a, let b): a.isMet(value) || b.isMet(value)
        case .not(let a): !a.isMet(value)
        case .exists(let place): value(place) != nil
        case .holds(let place): value(place)?.boolValue == true
        case .compare(let a, let comparison, let b): comparison.holds(a.value(value), b.value(value))
        }
    }
}

extension Condition.Operand {
    fileprivate func value(_ value: (Int) -> JSONValue?) -> JSONValue? {
        switch self {
        case .place(let place): value(place)
        case .count(let place): .number(value(place)?.count ?? 0)
        case .literal(let literal): literal
        }
    }
}

extension Condition.Comparison {
    /// Two numbers, or two texts (by their code points), have an order; nothing else has, nor what isn't there.
    ///
    /// What isn't there equals nothing, and so differs from everything.
    func holds(_ a: JSONValue?, _ b: JSONValue?) -> Bool {
        switch self {
        case .equal: a != nil && a == b
        case .notEqual: a == nil || a != b
        case .less: Self.isOrdered(a, b, <, <)
        case .lessOrEqual: Self.isOrdered(a, b, <=, <=)
        case .greater: Self.isOrdered(a, b, >, >)
        case .greaterOrEqual: Self.isOrdered(a, b, >=, >=)
        }
    }

    private static func isOrdered(
        _ a: JSONValue?, _ b: JSONValue?, _ numbers: (Double, Double) -> Bool, _ texts: (String, String) -> Bool
    ) -> Bool {
        if let a = a?.doubleValue, let b = b?.doubleValue { return numbers(a, b) }
        if let a = a?.stringValue, let b = b?.stringValue { return texts(a, b) }
        return false
    }
}

/// A condition with the places that it is about.
package struct ParsedCondition: Sendable, Equatable {
    /// A place as the condition names it.
    package struct Named: Sendable, Equatable {
        /// The thing; a pointer from the root for one that is no name.
        package let thing: PlaceName
        /// The way on from the thing.
        package let tail: JSONPointer
        /// Where the text names it, counted in characters from 1.
        package let column: Int
    }

    package let condition: Condition
    /// In the order of the text.
    package let places: [Named]
}

extension ParsedCondition: CustomStringConvertible {
    /// The condition with the parentheses that it needs; reading it gives the same condition.
    package var description: String { text(condition) }

    private func text(_ condition: Condition) -> String {
        switch condition {
        case .and(let a, let b): "\(text(a, within: 1)) and \(text(b, within: 2))"
        case .or(let a, let b): "\(text(a)) or \(text(b, within: 1))"
        case .not(let a): "not \(text(a, within: 2))"
        case .exists(let place): "exists(\(text(place)))"
        case .holds(let place): text(place)
        case .compare(let a, let comparison, let b): "\(text(a)) \(comparison.rawValue) \(text(b))"
        }
    }

    /// In parentheses where what is around binds closer: `or` 0, `and` 1, all else 2.
    private func text(_ condition: Condition, within binding: Int) -> String {
        let own =
            switch condition {
            case .or: 0
            case .and: 1
            default: 2
            }
        return own < binding ? "(\(text(condition)))" : text(condition)
    }

    private func text(_ operand: Condition.Operand) -> String {
        switch operand {
        case .place(let place): text(place)
        case .count(let place): "count(\(text(place)))"
        case .literal(let literal): literal.text
        }
    }

    private func text(_ place: Int) -> String {
        let named = places[place]
        let head: String
        switch named.thing {
        case .pointer: head = "at"
        case .named(let kind, let name, let scene):
            let words = ([name] + (scene.map { [$0] } ?? [])).map { JSONValue.string($0).text }
            head = kind.takesName ? "\(kind.rawValue)(\(words.joined(separator: ", ")))" : kind.rawValue
        }
        if case .pointer(let pointer) = named.thing { return "\(head)(\(JSONValue.string(pointer.text).text))" }
        return named.tail.isRoot ? head : "at(\(head), \(JSONValue.string(named.tail.text).text))"
    }
}
