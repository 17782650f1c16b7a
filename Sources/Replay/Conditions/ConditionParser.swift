import JSONDocument

/// Reads conditions; see docs/replay-conditions.md for the grammar.
struct ConditionParser {
    private let text: String
    private let tokens: [ConditionToken]
    private var at = 0
    private var depth = 0
    private var places: [ParsedCondition.Named] = []

    /// Deeper nesting is refused.
    private static let depthMax = 64

    private init(_ text: String) throws(ReplayError) {
        self.text = text
        tokens = try ConditionLexer.tokens(text)
    }

    static func parse(_ text: String) throws(ReplayError) -> ParsedCondition {
        var parser = try ConditionParser(text)
        let condition = try parser.alternatives()
        guard parser.token.kind == .end else { throw parser.fault("expected and, or, or the end") }
        return ParsedCondition(condition: condition, places: parser.places)
    }

    private var token: ConditionToken { tokens[at] }

    private mutating func takes(word: String) -> Bool { takes(.word(word)) }

    private mutating func takes(_ kind: ConditionToken.Kind) -> Bool {
        guard token.kind == kind else { return false }
        at += 1
        return true
    }

    private mutating func expect(_ sign: String) throws(ReplayError) {
        guard takes(.sign(sign)) else { throw fault("expected \(sign)") }
    }

    // MARK: Conditions

    private mutating func alternatives() throws(ReplayError) -> Condition {
        var condition = try conjunction()
        while takes(word: "or") { condition = .or(condition, try conjunction()) }
        return condition
    }

    private mutating func conjunction() throws(ReplayError) -> Condition {
        var condition = try negation()
        while takes(word: "and") { condition = .and(condition, try negation()) }
        return condition
    }

    private mutating func negation() throws(ReplayError) -> Condition {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw fault("this is nested too deep") }
        if takes(word: "not") { return .not(try negation()) }
        if takes(.sign("(")) {
            let condition = try alternatives()
            try expect(")")
            return condition
        }
        if takes(word: "exists") { return .exists(place: try parenthesized()) }
        return try comparison()
    }

    private mutating func comparison() throws(ReplayError) -> Condition {
        let first = try operand()
        if case .sign(let sign) = token.kind, let comparison = Condition.Comparison(rawValue: sign) {
            at += 1
            return .compare(first, comparison, try operand())
        }
        guard case .place(let place) = first else { throw fault("expected ==, !=, <, <=, > or >=") }
        return .holds(place: place)
    }

    // MARK: Operands

    private mutating func operand() throws(ReplayError) -> Condition.Operand {
        switch token.kind {
        case .text(let text): return literal(.string(text))
        case .number(let number): return literal(number)
        case .word("true"): return literal(true)
        case .word("false"): return literal(false)
        case .word("null"): return literal(.null)
        case .word("count"):
            at += 1
            return .count(try parenthesized())
        default: return .place(try place())
        }
    }

    private mutating func literal(_ value: JSONValue) -> Condition.Operand {
        at += 1
        return .literal(value)
    }

    /// A place, in parentheses or not.
    private mutating func parenthesized() throws(ReplayError) -> Int {
        guard takes(.sign("(")) else { return try place() }
        let place = try place()
        try expect(")")
        return place
    }

    private mutating func place() throws(ReplayError) -> Int {
        let column = token.column
        if takes(word: "at") { return try spelledPlace(column) }
        if case .pointer(let pointer) = token.kind {
            at += 1
            return add(.pointer(pointer), .root, column)
        }
        let thing = try thing()
        guard case .pointer(let tail) = token.kind, token.isAttached else { return add(thing, .root, column) }
        at += 1
        return add(thing, tail, column)
    }

    /// `at("/maps/Act 1~1crypt.png")`, `at(token("Goblin 3"), "/data/scale")`: for pointers that need quotes.
    private mutating func spelledPlace(_ column: Int) throws(ReplayError) -> Int {
        try expect("(")
        guard case .word = token.kind else {
            let pointer = try quotedPointer()
            try expect(")")
            return add(.pointer(pointer), .root, column)
        }
        let thing = try thing()
        try expect(",")
        let tail = try quotedPointer()
        try expect(")")
        return add(thing, tail, column)
    }

    private mutating func quotedPointer() throws(ReplayError) -> JSONPointer {
        guard case .text(let text) = token.kind else { throw fault("expected a JSON Pointer in quotes") }
        do throws(JSONPointerError) {
            let pointer = try JSONPointer(text)
            at += 1
            return pointer
        } catch {
            throw fault("'\(text)' is no JSON Pointer")
        }
    }

    /// `token("Goblin 3")`, `token("Goblin 3", "Crypt")`, `live`.
    private mutating func thing() throws(ReplayError) -> PlaceName {
        guard case .word(let word) = token.kind, let kind = PlaceKind(typed: word) else {
            throw fault("expected a place (/live/name, token(\"Goblin 3\")/hp, live/name) or a value")
        }
        at += 1
        guard kind.takesName else { return .named(kind, name: "", scene: nil) }
        try expect("(")
        let name = try quotedText()
        let scene = kind == .token && takes(.sign(",")) ? try quotedText() : nil
        try expect(")")
        return .named(kind, name: name, scene: scene)
    }

    private mutating func quotedText() throws(ReplayError) -> String {
        guard case .text(let text) = token.kind else { throw fault("expected a name in quotes") }
        at += 1
        return text
    }

    private mutating func add(_ thing: PlaceName, _ tail: JSONPointer, _ column: Int) -> Int {
        places.append(ParsedCondition.Named(thing: thing, tail: tail, column: column))
        return places.count - 1
    }

    private func fault(_ problem: String) -> ReplayError {
        let found = token.kind == .end ? ", but it ends here" : ""
        return ConditionFault.error(problem + found, in: text, column: token.column)
    }
}

extension ParsedCondition {
    /// Reads a condition.
    ///
    /// - Throws: ``ReplayError/usage(_:hint:)`` that says at which column, with a mark under it.
    package static func parse(_ text: String) throws(ReplayError) -> ParsedCondition {
        try ConditionParser.parse(text)
    }
}
