import JSONDocument
import Journal

/// The part of a journal that somebody wants to see, and how it is walked.
package struct EventLog: Sendable {
    /// What to show, as asked for.
    package struct Range: Sendable, Equatable {
        /// Events from here on, this offset included.
        package var from: Int64?
        /// Events up to here, this offset included.
        package var through: Int64?

        /// No bounds unless given.
        package init(from: Int64? = nil, through: Int64? = nil) {
            self.from = from
            self.through = through
        }
    }

    private let source: JournalSource
    private let filter: EventFilter

    /// `filter` decides event by event; ranges are given per walk.
    package init(_ source: JournalSource, filter: EventFilter) {
        self.source = source
        self.filter = filter
    }

    /// Hands the wanted events to `body`, oldest first, until the end or until `body` answers false.
    ///
    /// - Parameters:
    ///   - range: Offsets; frames before its start aren't read.
    ///   - progress: Told how many events were looked at.
    /// - Returns: Where the walk ended, for ``follow(_:)``.
    package func walk(
        _ range: Range, progress: ProgressSink = { _ in }, body: (LoggedEvent) throws -> Bool
    ) throws -> JournalCursor {
        let first = try source.beginning() + 1
        let newest = try source.newest()
        let start = max(first, range.from ?? first)
        let end = min(range.through ?? .max, newest)
        var cursor = source.reader.cursor(from: start)
        while cursor.nextOffset <= end {
            guard let chunk = try next(&cursor) else { break }
            guard try show(chunk, through: end, body) else { break }
            let done = min(cursor.nextOffset, end + 1) - start
            progress(ProgressStep(title: "Searching", done: done, total: end + 1 - start, unit: .events))
        }
        return cursor
    }

    /// Goes on from a cursor with what was appended since: one chunk, or nothing.
    ///
    /// - Returns: Whether something was there.
    package func follow(_ cursor: inout JournalCursor, body: (LoggedEvent) throws -> Bool) throws -> Bool {
        guard let chunk = try next(&cursor) else { return false }
        _ = try show(chunk, through: .max, body)
        return true
    }

    private func next(_ cursor: inout JournalCursor) throws(ReplayError) -> LineChunk? {
        do throws(JournalError) {
            return try cursor.next()
        } catch {
            throw ReplayError(error)
        }
    }

    private func show(
        _ chunk: LineChunk, through end: Int64, _ body: (LoggedEvent) throws -> Bool
    ) throws -> Bool {
        for index in 0..<chunk.count where chunk.firstOffset + Int64(index) <= end {
            let event = try LoggedEvent(line: chunk.line(index))
            guard filter.accepts(event.envelope) else { continue }
            if !filter.paths.isEmpty, !filter.touches(try event.patch()) { continue }
            guard try body(event) else { return false }
        }
        return true
    }
}

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

    /// `   17  2026-11-23 06:40:00.016 UTC  scene.saved  dm@192.168.1.20  + /scenes/5f2c`, without line feed.
    package func line(_ event: LoggedEvent) throws(ReplayError) -> String {
        let envelope = event.envelope
        let offset = String(envelope.offset)
        let cells: [(text: String, width: Int, role: Paint.Role)] = [
            (String(repeating: " ", count: max(0, offsetWidth - offset.count)) + offset, offsetWidth, .strong),
            (zone.text(envelope.time.milliseconds), 23, .dim),
            (printable(envelope.type), 20, .kind),
            (printable(envelope.actor ?? "-"), 16, .actor),
        ]
        var line = ""
        var used = 0
        for cell in cells {
            let gap = max(0, cell.width - columns(of: cell.text))
            line += paint(cell.role, cell.text) + String(repeating: " ", count: gap + 2)
            used += columns(of: cell.text) + gap + 2
        }
        let summary = summary(try event.patch())
        return line + (width.map { shortened(summary, to: max(16, $0 - used)) } ?? summary)
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
