import JSONDocument
import Journal
import WallClock

/// What is said of an event that changed something: which, when, what kind, who.
package struct EventStamp: Sendable, Equatable {
    package let offset: Int64
    package let time: JournalTime
    package let type: String
    /// nil where it isn't known.
    package let actor: String?

    init(_ envelope: EventEnvelope) {
        (offset, time, type, actor) = (envelope.offset, envelope.time, envelope.type, envelope.actor)
    }

    /// `offset`, `time` (RFC 3339), `type`, `actor` (may be null), in this order.
    var jsonMembers: [(key: String, value: JSONValue)] {
        [
            ("offset", .number(Int(offset))), ("time", .string(time.rfc3339)), ("type", .string(type)),
            ("actor", actor.map { .string($0) } ?? .null),
        ]
    }

    /// Columns of a table: offset, time, type, actor.
    func cells(_ zone: LocalZone) -> [(text: String, role: Paint.Role?)] {
        [
            (String(offset), .strong), (zone.seconds(time.milliseconds), .dim), (printable(type), .kind),
            (printable(actor ?? "-"), .actor),
        ]
    }
}
