import JSONDocument
import Journal
import WallClock

/// Events as lines of text: offset, time, type, actor, what changed.
package struct EventPrinter: Sendable {
    private let paint: Paint
    private let zone: LocalZone
    private let width: Int?
    private let offsetWidth: Int

    /// - Parameters:
    ///   - width: Columns of the terminal, to which lines are shortened; `nil` doesn't shorten.
    ///   - newest: The largest offset to come, for the first column's width.
    package init(paint: Paint, zone: LocalZone, width: Int?, newest: Int64) {
        self.paint = paint
        self.zone = zone
        self.width = width
        offsetWidth = max(5, String(newest).count)
    }

    /// `   17  2026-11-23 06:40:00 UTC  scene.saved  dm@192.168.1.20  + /scenes/5f2c`, without line feed.
    package func line(_ event: LoggedEvent) throws(ReplayError) -> String {
        let envelope = event.envelope
        let offset = String(envelope.offset)
        let cells: [(text: String, width: Int, role: Paint.Role)] = [
            (String(repeating: " ", count: max(0, offsetWidth - offset.count)) + offset, offsetWidth, .strong),
            (zone.seconds(envelope.time.milliseconds), 23, .dim),
            (printable(envelope.type), 20, .kind),
            (printable(envelope.actor ?? "-"), 14, .actor),
        ]
        var line = ""
        var used = 0
        for cell in cells {
            let gap = max(0, cell.width - columns(of: cell.text))
            line += paint(cell.role, cell.text) + String(repeating: " ", count: gap + 2)
            used += columns(of: cell.text) + gap + 2
        }
        let summary = summary(try event.patch())
        return line + (width.map { fitted(summary, to: max(10, $0 - used)) } ?? summary)
    }

    /// The end of a path and its value say more than its beginning: the sign stays, the beginning goes.
    private func fitted(_ summary: String, to width: Int) -> String {
        guard columns(of: summary) > width else { return summary }
        let end = String(shortened(String(summary.dropFirst(2).reversed()), to: width - 2).reversed())
        return summary.prefix(2) + end
    }

    /// The first operation, and how many more there are.
    private func summary(_ patch: JSONPatch) -> String {
        guard let first = patch.operations.first else { return "(changes nothing)" }
        let more = patch.operations.count - 1
        return printable(Self.text(first)) + (more > 0 ? "  (and \(more) more)" : "")
    }

    private static func text(_ operation: JSONPatchOperation) -> String {
        switch operation {
        case .add(let path, let value): "+ \(path.text)\(scalar(value))"
        case .remove(let path): "- \(path.text)"
        case .replace(let path, let value): "~ \(path.text)\(scalar(value))"
        case .move(let from, let to): "> \(from.text) → \(to.text)"
        case .copy(let from, let to): "+ \(to.text) (a copy of \(from.text))"
        case .test(let path, _): "? \(path.text)"
        }
    }

    /// Numbers, texts and the like are shown; objects and arrays are not.
    private static func scalar(_ value: JSONValue) -> String {
        switch value.kind {
        case .object, .array: ""
        default: " = \(shortened(value.text, to: 48))"
        }
    }
}
