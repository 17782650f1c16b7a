import JSONDocument

/// Changes and values as lines of text.
package struct ChangePrinter: Sendable {
    private let paint: Paint
    /// How many columns a value may take.
    private let valueWidth: Int

    /// `valueWidth` in columns, for each of the two values of a change.
    package init(paint: Paint, valueWidth: Int = 60) {
        self.paint = paint
        self.valueWidth = valueWidth
    }

    /// `~ /live/maps/3/data/position/x  9 → 12  (crypt.png)`, without line feed.
    package func line(_ change: DocumentChange) -> String {
        let path = printable(change.path.text.isEmpty ? "(the whole document)" : change.path.text)
        let name = change.name.map { "  " + paint(.dim, "(\(printable($0)))") } ?? ""
        switch change.kind {
        case .added: return "\(paint(.added, "+ \(path)"))  \(value(change.new))\(name)"
        case .removed: return "\(paint(.removed, "- \(path)"))  \(value(change.old))\(name)"
        case .moved: return "\(paint(.changed, "> \(printable(change.from?.text ?? "")) → \(path)"))\(name)"
        case .changed:
            return
                "\(paint(.changed, "~ \(path)"))  \(value(change.old)) \(paint(.dim, "→")) \(value(change.new))\(name)"
        }
    }

    private func value(_ value: JSONValue?) -> String {
        value.map { shortened(printable($0.text), to: valueWidth) } ?? ""
    }
}
