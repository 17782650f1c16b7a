import JSONDocument

/// A word or sign of a condition's text.
struct ConditionToken: Equatable {
    enum Kind: Equatable {
        case word(String)
        case text(String)
        case number(JSONValue)
        case pointer(JSONPointer)
        /// One of `( ) ,` and the signs of comparison.
        case sign(String)
        case end
    }

    let kind: Kind
    /// Counted in characters from 1.
    let column: Int
    /// Whether it stands right behind the one before it.
    let isAttached: Bool
}

/// Takes a condition's text apart.
struct ConditionLexer {
    private let text: String
    /// Scalars, not graphemes: an accent behind a quote doesn't make it another sign.
    private let letters: [Unicode.Scalar]
    private var at = 0

    /// Longer texts are refused.
    static let lengthMax = 4096

    /// All tokens, the last of them ``ConditionToken/Kind/end``.
    static func tokens(_ text: String) throws(ReplayError) -> [ConditionToken] {
        var lexer = ConditionLexer(text)
        guard lexer.letters.count <= lengthMax else {
            throw ConditionFault.error(
                "the condition is too long", in: "", column: 1, hint: "At most \(lengthMax) characters.")
        }
        var tokens: [ConditionToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private init(_ text: String) {
        self.text = text
        letters = Array(text.unicodeScalars)
    }

    private mutating func next() throws(ReplayError) -> ConditionToken {
        let before = at
        while at < letters.count, letters[at].properties.isWhitespace { at += 1 }
        let (start, isAttached) = (at, at == before && before > 0)
        let kind = try kind()
        return ConditionToken(kind: kind, column: start + 1, isAttached: isAttached)
    }

    private mutating func kind() throws(ReplayError) -> ConditionToken.Kind {
        guard at < letters.count else { return .end }
        let letter = letters[at]
        if letter == "/" { return try pointer() }
        if letter == "\"" || letter == "'" { return try quoted(by: letter) }
        if letter == "-" || Self.isDigit(letter) { return try number() }
        if Self.isLetter(letter) { return .word(take { Self.isLetter($0) || $0 == "-" }) }
        let pair = Self.string(letters[at...].prefix(2))
        if let alias = Self.aliases[pair] { return sign(alias, pair.unicodeScalars.count) }
        if let alias = Self.aliases[String(letter)] { return sign(alias, 1) }
        throw fault("'\(letter)' means nothing here", at)
    }

    /// What signs mean that other languages have.
    private static let aliases: [String: String] = [
        "==": "==", "!=": "!=", "<=": "<=", ">=": ">=", "&&": "and", "||": "or", "=": "==", "<": "<", ">": ">",
        "!": "not", "(": "(", ")": ")", ",": ",",
    ]

    private mutating func sign(_ sign: String, _ count: Int) -> ConditionToken.Kind {
        at += count
        return sign == "and" || sign == "or" || sign == "not" ? .word(sign) : .sign(sign)
    }

    private mutating func take(while isWanted: (Unicode.Scalar) -> Bool) -> String {
        let start = at
        while at < letters.count, isWanted(letters[at]) { at += 1 }
        return Self.string(letters[start..<at])
    }

    private static func string(_ letters: ArraySlice<Unicode.Scalar>) -> String {
        var string = ""
        string.unicodeScalars.append(contentsOf: letters)
        return string
    }

    private static func isDigit(_ letter: Unicode.Scalar) -> Bool { ("0"..."9").contains(letter) }

    private static func isLetter(_ letter: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(letter) || ("A"..."Z").contains(letter)
    }

    private mutating func pointer() throws(ReplayError) -> ConditionToken.Kind {
        let start = at
        let text = take { !$0.properties.isWhitespace && !"()<>=!,\"'".unicodeScalars.contains($0) }
        do throws(JSONPointerError) {
            return .pointer(try JSONPointer(text))
        } catch {
            throw fault("'\(text)' is no JSON Pointer: ~ is written ~0, and / inside a name ~1", start)
        }
    }

    private mutating func number() throws(ReplayError) -> ConditionToken.Kind {
        let start = at
        let text = take { Self.isDigit($0) || "+-.eE".unicodeScalars.contains($0) }
        do throws(JSONSyntaxError) {
            return .number(try JSONValue.number(text: text))
        } catch {
            throw fault("'\(text)' is no number", start)
        }
    }

    /// Double quotes hold a JSON string; single ones hold what stands between them.
    private mutating func quoted(by quote: Unicode.Scalar) throws(ReplayError) -> ConditionToken.Kind {
        let start = at
        at += 1
        let first = at
        while at < letters.count, letters[at] != quote {
            at += quote == "\"" && letters[at] == "\\" ? 2 : 1
        }
        guard at < letters.count else { throw fault("a quote isn't closed", start) }
        let inside = Self.string(letters[first..<at])
        at += 1
        guard quote == "\"" else { return .text(inside) }
        do throws(JSONSyntaxError) {
            return .text(try JSONValue.parse(text: "\"\(inside)\"").stringValue ?? inside)
        } catch {
            throw fault("this is no JSON string", start)
        }
    }

    private func fault(_ problem: String, _ index: Int) -> ReplayError {
        ConditionFault.error(problem, in: text, column: index + 1)
    }
}

/// What is wrong with a condition, with a mark under the place.
enum ConditionFault {
    static func error(
        _ problem: String, in text: String, column: Int, hint: String = "See `spell-replay help bisect`."
    ) -> ReplayError {
        // A long condition is shown around the place only, and on one line.
        let letters = printable(text).map(\.self)
        let start = max(0, min(column - 1, letters.count) - 60)
        let shown = String(letters[start..<min(letters.count, start + 76)])
        let mark = String(repeating: " ", count: max(0, column - 1 - start)) + "^"
        return .usage("column \(column): \(problem)", hint: text.isEmpty ? hint : "\(shown)\n  \(mark)\n  \(hint)")
    }
}
