import JSONDocument
import Journal
import WallClock

/// What happened in one session.
package struct SessionSummary: Sendable {
    package let session: Session
    /// Events by their type.
    package let types: Tally
    /// Events by their actor; "" for those without one.
    package let actors: Tally
    let scenes: [SceneTally.Count]

    /// Sums up the sessions that have an event in a range, each as a whole.
    ///
    /// Reads their events once; memory: one session's counts and the names of all scenes.
    package static func gather(
        _ source: JournalSource, in range: EventLog.Range = EventLog.Range(), gap: Int64 = Session.defaultGap,
        progress: ProgressSink = { _ in }
    ) throws(ReplayError) -> [SessionSummary] {
        let wanted = try source.sessions(gap: gap, progress: progress).filter { session in
            session.lastOffset >= range.from ?? .min && session.firstOffset <= range.through ?? .max
        }
        guard let first = wanted.first, let last = wanted.last else { return [] }
        var gatherer = Gatherer(
            sessions: wanted,
            scenes: SceneTally(try source.document(at: first.firstOffset - 1, progress: progress)))
        try source.scan(first.firstOffset...last.lastOffset, title: "Reading", progress: progress) {
            event, line throws(ReplayError) in try gatherer.take(event, line)
        }
        return gatherer.summaries
    }
}

/// Sums up sessions that follow one another.
private struct Gatherer {
    let sessions: [Session]
    var scenes: SceneTally
    var summaries: [SessionSummary] = []
    private var types = Tally()
    private var actors = Tally()

    init(sessions: [Session], scenes: SceneTally) {
        self.sessions = sessions
        self.scenes = scenes
    }

    mutating func take(_ event: EventEnvelope, _ line: Span<UInt8>) throws(ReplayError) {
        types.add(event.type)
        actors.add(event.actor ?? "")
        try scenes.take(line.extracting(event.patch), offset: event.offset)
        let session = sessions[summaries.count]
        guard event.offset == session.lastOffset else { return }
        summaries.append(
            SessionSummary(session: session, types: types, actors: actors, scenes: scenes.finish()))
        (types, actors) = (Tally(), Tally())
    }
}

extension SessionSummary {
    /// The stable form for programs (docs/replay-json.md, "sessions").
    package var json: JSONValue {
        .object(
            session.members + [
                (key: "types", value: .array(types.sorted.map { Self.count("type", .string($0.name), $0.count) })),
                (
                    key: "actors",
                    value: .array(
                        actors.sorted.map { Self.count("actor", $0.name.isEmpty ? .null : .string($0.name), $0.count) })
                ),
                (key: "scenes", value: .array(scenes.map(\.json))),
            ])
    }

    private static func count(_ key: String, _ value: JSONValue, _ count: Int) -> JSONValue {
        .object([(key: key, value: value), (key: "events", value: .number(count))])
    }

    /// The same for people: a headline and four lines, each list with its longest entries.
    package func text(_ paint: Paint, _ zone: LocalZone) -> String {
        var table = TextTable([.left, .left, .left])
        func row(_ name: String, _ value: String) { table.add([("", nil), (name, .dim), (value, nil)]) }
        row("events", "\(Units.count(session.eventCount)) (\(session.firstOffset) to \(session.lastOffset))")
        row("types", Self.list(types.sorted.map { ($0.name, $0.count) }))
        row("who", Self.list(actors.sorted.map { ($0.name.isEmpty ? "-" : $0.name, $0.count) }))
        if !scenes.isEmpty { row("scenes", Self.list(scenes.map { ($0.name ?? $0.id, $0.events) })) }
        return "\(paint(.strong, "session \(session.number)"))  \(session.text(zone))\n" + table.text(paint)
    }

    /// `live.changed 1,100, viewer.blanked 20, and 3 more`.
    private static func list(_ entries: [(name: String, count: Int)], most: Int = 8) -> String {
        let shown = entries.prefix(entries.count == most + 1 ? most + 1 : most).map { entry in
            "\(shortened(printable(entry.name), to: 40)) \(Units.count(entry.count))"
        }
        let more = entries.count - shown.count
        return (shown + (more > 0 ? ["and \(Units.count(more)) more"] : [])).joined(separator: ", ")
    }
}

extension SceneTally.Count {
    fileprivate var json: JSONValue {
        .object([
            (key: "id", value: .string(id)), (key: "name", value: name.map { .string($0) } ?? .null),
            (key: "events", value: .number(events)),
        ])
    }
}

extension Session {
    /// The members that say which session it is.
    var members: [(key: String, value: JSONValue)] {
        [
            (key: "number", value: .number(number)), (key: "first", value: .number(Int(firstOffset))),
            (key: "last", value: .number(Int(lastOffset))), (key: "start", value: .string(start.rfc3339)),
            (key: "end", value: .string(end.rfc3339)), (key: "length", value: .number(Int(length))),
            (key: "events", value: .number(Int(eventCount))),
        ]
    }

    /// `Fri 2026-11-20 19:02:11 to 23:14:02 CET (4 h 11 min)`; the second day is named where it is another.
    package func text(_ zone: LocalZone) -> String {
        let (from, to) = (zone.seconds(start.milliseconds), zone.seconds(end.milliseconds))
        let parts = (from.split(separator: " "), to.split(separator: " "))
        let isOneDay = parts.0.count == 3 && parts.1.count == 3 && parts.0[0] == parts.1[0] && parts.0[2] == parts.1[2]
        let span = isOneDay ? "\(parts.0[0]) \(parts.0[1]) to \(parts.1[1]) \(parts.1[2])" : "\(from) to \(to)"
        return "\(Self.weekday(of: start, zone)) \(span) (\(Units.length(milliseconds: length)))"
    }

    private static func weekday(of time: JournalTime, _ zone: LocalZone) -> String {
        let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        return zone.reading(time.milliseconds)?.wall.weekday.map { names[$0] } ?? ""
    }
}
