import JSONDocument

/// A place in a table's document as a person names it, not yet looked up: a JSON Pointer, or a kind and a name.
///
/// `/scenes/5f2c…/maps/0`, `scene "Crypt"`, `token "Goblin 3"`, `token "Goblin 3" in "Crypt"`, `map crypt.png`,
/// `folder maps/dungeons`, `sound tavern.mp3`, `live`, `viewer`, `music`, `table`.
package enum PlaceName: Sendable, Equatable {
    case pointer(JSONPointer)
    /// `name` is empty for the kinds of which there is one; `scene` says in which scene a token is (`live`: on the
    /// table).
    case named(PlaceKind, name: String, scene: String?)

    /// What ``parse(_:)`` understands, for help texts and errors.
    package static let forms = """
        a JSON Pointer (/live/maps/0), or a kind and a name: scene "Crypt", token "Goblin 3", token "Goblin 3" in \
        "Crypt", map crypt.png, folder maps/dungeons, sound tavern.mp3; or: live, viewer, music, table
        """

    /// Reads a place from the words of a command line, or from one word that holds all of them.
    ///
    /// Quotes (single or double) keep words together in one argument; between several arguments a space stands.
    /// - Throws: ``ReplayError/usage(_:hint:)`` with all the forms there are.
    package static func parse(_ arguments: [String]) throws(ReplayError) -> PlaceName {
        if arguments.count == 1, let pointer = try pointer(arguments[0]) { return pointer }
        let words = arguments.count == 1 ? try PlaceWord.split(arguments[0]) : arguments.map { PlaceWord(quoted: $0) }
        guard let first = words.first, let kind = PlaceKind(typed: first.text) else {
            throw refusal(arguments, "'\(arguments.joined(separator: " "))' is no place in a table")
        }
        let rest = words.dropFirst()
        guard kind.takesName else {
            guard rest.isEmpty else { throw refusal(arguments, "there is one \(kind.rawValue), which takes no name") }
            return .named(kind, name: "", scene: nil)
        }
        guard !rest.isEmpty else { throw refusal(arguments, "which \(kind.rawValue)? A name is missing") }
        guard kind == .token, let split = rest.lastIndex(where: \.isIn), split > rest.startIndex,
            split < rest.index(before: rest.endIndex)
        else { return .named(kind, name: text(rest), scene: nil) }
        let scene = rest[(split + 1)...]
        // `in scene "Crypt"` says no more than `in "Crypt"`.
        let isSaid = scene.count > 1 && PlaceKind(typed: scene[split + 1].text) == .scene
        return .named(kind, name: text(rest[..<split]), scene: text(isSaid ? scene.dropFirst() : scene))
    }

    /// A text that begins with a slash, or the empty one, is a pointer and nothing else.
    private static func pointer(_ text: String) throws(ReplayError) -> PlaceName? {
        guard text.isEmpty || text.hasPrefix("/") else { return nil }
        do throws(JSONPointerError) {
            return .pointer(try JSONPointer(text))
        } catch {
            throw .usage(
                "'\(text)' is no JSON Pointer: \(error)",
                hint: "~ is written ~0, and / inside a name ~1: /maps/Act 1~1a.png.")
        }
    }

    private static func text(_ words: ArraySlice<PlaceWord>) -> String {
        words.map(\.text).joined(separator: " ")
    }

    private static func refusal(_ arguments: [String], _ problem: String) -> ReplayError {
        .usage(problem, hint: "Give \(forms).")
    }

    /// The name as it can be typed again.
    package var description: String {
        switch self {
        case .pointer(let pointer): pointer.text
        case .named(let kind, let name, let scene):
            kind.rawValue + (name.isEmpty ? "" : " \"\(name)\"") + (scene.map { " in \"\($0)\"" } ?? "")
        }
    }
}

/// One word of a place's name.
struct PlaceWord: Equatable {
    let text: String
    /// Whether quotes kept it together; then `in` is a name and no preposition.
    let isQuoted: Bool

    /// One that a shell has taken out of its quotes: a single `in` may be the preposition.
    ///
    /// A pair of quotes that is still around all of it was typed for this program (`token '"Goblin 3"'`).
    init(quoted text: String) {
        if let first = text.first, first == "\"" || first == "'", text.count > 1, text.last == first {
            self.init(String(text.dropFirst().dropLast()), isQuoted: true)
        } else {
            self.init(text, isQuoted: false)
        }
    }

    private init(_ text: String, isQuoted: Bool) {
        self.text = text
        self.isQuoted = isQuoted
    }

    var isIn: Bool { !isQuoted && text.lowercased() == "in" }

    /// Takes a text apart at its spaces outside of quotes.
    ///
    /// A quote opens only at a word's beginning, so that `Brom's` is a word.
    static func split(_ text: String) throws(ReplayError) -> [PlaceWord] {
        var words: [PlaceWord] = []
        var rest = text[...].drop(while: \.isWhitespace)
        while let first = rest.first {
            if first == "\"" || first == "'" {
                let inside = rest.dropFirst()
                guard let end = inside.firstIndex(of: first) else {
                    throw .usage("a quote in '\(text)' isn't closed", hint: "Give \(PlaceName.forms).")
                }
                words.append(PlaceWord(String(inside[..<end]), isQuoted: true))
                rest = inside[inside.index(after: end)...]
            } else {
                let word = rest.prefix { !$0.isWhitespace }
                words.append(PlaceWord(String(word), isQuoted: false))
                rest = rest[word.endIndex...]
            }
            rest = rest.drop(while: \.isWhitespace)
        }
        return words
    }
}
