/// Lines of columns, each as wide as its widest cell.
package struct TextTable {
    /// Where a column's cells stand.
    package enum Alignment: Sendable { case left, right }

    private let alignments: [Alignment]
    private var rows: [[(text: String, role: Paint.Role?)]] = []

    /// One alignment per column.
    package init(_ alignments: [Alignment]) {
        self.alignments = alignments
    }

    /// Adds a row; missing cells are empty, cells beyond the last column are dropped.
    package mutating func add(_ cells: [(text: String, role: Paint.Role?)]) {
        rows.append(Array(cells.prefix(alignments.count)))
    }

    /// The lines, two spaces between columns, no space at the end, each ended by a line feed.
    package func text(_ paint: Paint) -> String {
        var widths = [Int](repeating: 0, count: alignments.count)
        for row in rows {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], columns(of: cell.text)) }
        }
        return rows.map { line($0, widths: widths, paint: paint) + "\n" }.joined()
    }

    private func line(_ row: [(text: String, role: Paint.Role?)], widths: [Int], paint: Paint) -> String {
        var line = ""
        var pendingSpaces = 0
        for (column, cell) in row.enumerated() {
            let gap = String(repeating: " ", count: widths[column] - columns(of: cell.text))
            let painted = cell.role.map { paint($0, cell.text) } ?? cell.text
            if alignments[column] == .right {
                line += String(repeating: " ", count: pendingSpaces) + gap + painted
                pendingSpaces = 2
            } else if cell.text.isEmpty {
                pendingSpaces += gap.count + 2
            } else {
                line += String(repeating: " ", count: pendingSpaces) + painted
                pendingSpaces = gap.count + 2
            }
        }
        return line
    }
}

/// How many columns of a terminal a text takes: one per character, two for East Asian wide ones and emoji.
func columns(of text: String) -> Int {
    text.utf8.count == text.count ? text.utf8.count : text.reduce(0) { $0 + columns(of: $1) }
}

private func columns(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    if character.unicodeScalars.contains(where: { $0.properties.isEmojiPresentation }) { return 2 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
        0x20000...0x3FFFD:
        return 2
    default: return 1
    }
}

/// The text, or as much of it as fits `width` columns with a `…` at the end.
package func shortened(_ text: String, to width: Int) -> String {
    guard columns(of: text) > width else { return text }
    var taken = ""
    var used = 1
    for character in text {
        used += columns(of: String(character))
        if used > width { break }
        taken.append(character)
    }
    return taken + "…"
}

/// Control characters as `\u001b`, so that nothing from a journal can drive the terminal that shows it.
package func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: \.isControl) else { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
        if scalar.isControl {
            let digits = String(scalar.value, radix: 16)
            shown += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        } else {
            shown.unicodeScalars.append(scalar)
        }
    }
    return shown
}

extension Unicode.Scalar {
    /// C0, DEL, C1 and the characters that turn a line's direction round.
    fileprivate var isControl: Bool {
        value < 0x20 || (0x7F...0x9F).contains(value) || (0x202A...0x202E).contains(value)
            || (0x2066...0x2069).contains(value)
    }
}
