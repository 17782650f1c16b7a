/// Colours for a terminal, or none.
///
/// Everything that prints takes one of these, so that the decision (a terminal? NO_COLOR?) is made once, at the edge.
package struct Paint: Sendable {
    /// What a text is, not how it looks.
    package enum Role: String, Sendable {
        case dim = "2"
        case strong = "1"
        case good = "32"
        case bad = "1;31"
        case added = "32;1"
        case removed = "31"
        case changed = "33"
        case kind = "36"
        case actor = "35"
    }

    /// Whether escape sequences are written at all.
    package let isColoured: Bool

    /// `isColoured: false` returns every text as it came.
    package init(isColoured: Bool) {
        self.isColoured = isColoured
    }

    /// Texts as they come.
    package static let plain = Paint(isColoured: false)

    /// The text in its role's colours (ANSI SGR).
    package func callAsFunction(_ role: Role, _ text: String) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(role.rawValue)m\(text)\u{1B}[0m" : text
    }
}
