import JSONDocument
import Journal
import WallClock

/// Everything there is to say about one event.
package struct EventDetail: Sendable {
    package let event: LoggedEvent
    /// What its patch did, with the values before; `nil` where the document before isn't known.
    package let changes: [DocumentChange]

    /// Reads the event at `offset` and the document before it.
    package static func gather(
        _ source: JournalSource, at offset: Int64, useSnapshots: Bool, progress: ProgressSink
    ) throws(ReplayError) -> EventDetail {
        let event = try source.event(at: offset)
        let before = try source.document(at: offset - 1, useSnapshots: useSnapshots, progress: progress)
        return EventDetail(event: event, changes: try DocumentChange.list(of: try event.patch(), on: before))
    }

    /// For people: who, when, what was meant, what changed.
    package func text(_ paint: Paint, _ zone: LocalZone, valueWidth: Int) throws(ReplayError) -> String {
        var table = TextTable([.left, .left])
        func row(_ name: String, _ value: String, _ role: Paint.Role? = nil) {
            table.add([(name, .dim), (value, role)])
        }
        let envelope = event.envelope
        row("event", String(envelope.offset), .strong)
        row("time", "\(zone.text(envelope.time.milliseconds))  (\(envelope.time.rfc3339))")
        row("type", printable(envelope.type), .kind)
        row("actor", printable(envelope.actor ?? "-"), .actor)
        if let command = envelope.command { row("command", printable(command)) }
        if let group = envelope.group {
            row("group", "\(envelope.offset - group.first + 1) of \(group.count), from event \(group.first)")
        }
        let data = try event.data()
        if data.count > 0 { row("data", printable(data.text)) }
        row("size", Units.bytes(event.line.count))
        let printer = ChangePrinter(paint: paint, valueWidth: valueWidth)
        return table.text(paint) + changes.map { printer.line($0) + "\n" }.joined()
    }
}

extension JournalSource {
    /// One event.
    ///
    /// - Throws: ``ReplayError/no(_:)`` if the journal doesn't hold it.
    package func event(at offset: Int64) throws(ReplayError) -> LoggedEvent {
        let line: [UInt8]?
        do throws(JournalError) {
            var cursor = reader.cursor(from: offset)
            line = try cursor.next().flatMap { $0.firstOffset == offset ? $0.line(0) : nil }
        } catch {
            throw ReplayError(error)
        }
        guard let line else { throw .no("there is no event \(offset)") }
        return try LoggedEvent(line: line)
    }
}
