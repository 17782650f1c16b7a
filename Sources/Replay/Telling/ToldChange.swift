import JSONDocument

/// One thing that differs between two moments, as people say it.
package struct ToldChange: Sendable, Equatable {
    /// How a change looks: what came is green, what went is red.
    package enum Direction: Sendable { case came, went, changed }

    /// `noun.verb-in-the-past`, as events have it: `token.moved`, `scene.saved`.
    ///
    /// What has no sentence of its own is `other.added`, `other.removed`, `other.changed` or `other.moved`. `--stat` counts
    /// by this.
    package let kind: String
    /// Where it is in the newer document; for what is gone, where it was in the older.
    package let pointer: JSONPointer
    /// In which scene it is (`scene "Inn"`), nil for the one on the table and outside of scenes.
    package let scope: String?
    /// `Goblin 3 moved (4,5) → (7,5)`, without a full stop.
    ///
    /// Holds texts out of the document as they are: print it through ``printable(_:)``.
    package let sentence: String
    package let direction: Direction

    /// The sentence with its scope.
    package var text: String { scope.map { "in \($0): \(sentence)" } ?? sentence }

    /// One line for a terminal, without line feed.
    package func line(_ paint: Paint) -> String {
        let (sign, role): (String, Paint.Role) =
            switch direction {
            case .came: ("+", .added)
            case .went: ("-", .removed)
            case .changed: ("~", .changed)
            }
        let shownScope = scope.map { paint(.dim, printable("in \($0): ")) } ?? ""
        return "\(paint(role, sign)) \(shownScope)\(printable(sentence))"
    }

    /// {"kind","pointer","text","scope"?}.
    package var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("kind", .string(kind)), ("pointer", .string(pointer.text)), ("text", .string(sentence)),
        ]
        if let scope { members.append(("scope", .string(scope))) }
        return .object(members)
    }
}

extension Sequence<ToldChange> {
    /// How many there are of each kind, the most frequent first.
    package func counts() -> [(kind: String, count: Int)] {
        var counts: [String: Int] = [:]
        for change in self { counts[change.kind, default: 0] += 1 }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { (kind: $0.key, count: $0.value) }
    }
}
