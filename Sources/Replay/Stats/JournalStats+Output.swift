import JSONDocument
import Journal
import WallClock

extension JournalStats {
    /// The stable form for programs (docs/replay-json.md, "stats").
    package var json: JSONValue {
        .object([
            (key: "first", value: .number(Int(range.lowerBound))), (key: "last", value: .number(Int(range.upperBound))),
            (key: "total", value: .object(total.members)),
            (key: "types", value: .array(types.map { Self.named("type", .string($0.name), $0.share) })),
            (
                key: "actors",
                value: .array(
                    actors.map { Self.named("actor", $0.name.isEmpty ? .null : .string($0.name), $0.share) })
            ),
            (
                key: "hours",
                value: .array(
                    hours.map { hour in
                        Self.named("start", .string(JournalTime(milliseconds: hour.start).rfc3339), hour.share)
                    })
            ),
            (key: "largest", value: .array(largest.map(\.json))),
            (key: "sessions", value: .array(sessions.map(\.json))),
        ])
    }

    private static func named(_ key: String, _ value: JSONValue, _ share: ByteShare) -> JSONValue {
        .object([(key: key, value: value)] + share.members)
    }

    /// The same for people.
    ///
    /// - Parameter most: Rows of each table; the JSON has all.
    package func text(_ paint: Paint, _ zone: LocalZone, most: Int = 24) -> String {
        let parts = [
            overview, shares("TYPE", types, paint, most), shares("ACTOR", actors, paint, most),
            hourTable(paint, zone, most), largestTable(paint, zone), sessionTable(paint, zone, most),
        ]
        return parts.joined(separator: "\n")
    }

    /// `1,204 events, 2026-11-20 19:02:11 CET to 2026-11-20 23:14:02 CET`, for a picture.
    package func title(_ zone: LocalZone) -> String {
        guard let first = sessions.first?.session.start, let last = sessions.last?.session.end else {
            return "no events"
        }
        let span = "\(zone.seconds(first.milliseconds)) to \(zone.seconds(last.milliseconds))"
        return "\(Units.plural(total.events, "event")), \(span)"
    }

    private var overview: String {
        let perEvent = { (bytes: Int64) in "\(bytes / Int64(max(1, total.events))) bytes an event" }
        var table = TextTable([.left, .left])
        let rows = [
            ("events", "\(Units.count(total.events)) (\(range.lowerBound) to \(range.upperBound))"),
            ("lines", "\(Units.bytes(total.lineByteCount)), \(perEvent(total.lineByteCount))"),
            ("on disk", "\(Units.bytes(total.stored)), \(perEvent(total.stored))"),
            ("ratio", "\(Units.tenths(compression)) : 1"),
        ]
        for row in rows { table.add([(row.0, nil), (row.1, nil)]) }
        return table.text(.plain)
    }

    private func shares(
        _ title: String, _ rows: [(name: String, share: ByteShare)], _ paint: Paint, _ most: Int
    ) -> String {
        table(title, rows.map { (printable($0.name.isEmpty ? "-" : $0.name), $0.share) }, paint, most, "rarer")
    }

    private func hourTable(_ paint: Paint, _ zone: LocalZone, _ most: Int) -> String {
        let newestFirst = hours.reversed().map { (String(zone.seconds($0.start)), $0.share) }
        return table("HOUR", newestFirst, paint, most, "earlier")
    }

    private func table(
        _ title: String, _ rows: [(name: String, share: ByteShare)], _ paint: Paint, _ most: Int, _ others: String
    ) -> String {
        var table = TextTable([.left, .right, .right, .right, .right, .right])
        table.add([title, "EVENTS", "SHARE", "LINES", "ON DISK", "SHARE"].map { ($0, .dim) })
        for row in rows.prefix(most) {
            table.add(
                [
                    row.name, Units.count(row.share.events), percent(row.share.events, of: total.events),
                    Units.bytes(row.share.lineByteCount), Units.bytes(row.share.stored),
                    percent(row.share.stored, of: total.stored),
                ].map { ($0, nil) })
        }
        let more = rows.count - min(rows.count, most)
        return table.text(paint) + (more > 0 ? paint(.dim, "and \(Units.count(more)) \(others) ones\n") : "")
    }

    private func largestTable(_ paint: Paint, _ zone: LocalZone) -> String {
        var table = TextTable([.right, .left, .left, .left, .right])
        table.add(["LARGEST", "TIME", "TYPE", "ACTOR", "LINE"].map { ($0, .dim) })
        for entry in largest {
            table.add([
                (String(entry.offset), .strong), (zone.seconds(entry.time.milliseconds), .dim),
                (printable(entry.type), .kind), (printable(entry.actor ?? "-"), .actor),
                (Units.bytes(entry.lineByteCount), nil),
            ])
        }
        return table.text(paint)
    }

    private func sessionTable(_ paint: Paint, _ zone: LocalZone, _ most: Int) -> String {
        var table = TextTable([.right, .left, .right, .right, .right, .right, .right])
        table.add(["SESSION", "START", "LENGTH", "EVENTS", "LINES", "ON DISK", "DOCUMENT AFTER"].map { ($0, .dim) })
        for growth in sessions.suffix(most) {
            table.add(
                [
                    String(growth.session.number), zone.seconds(growth.session.start.milliseconds),
                    Units.length(milliseconds: growth.session.length), Units.count(growth.share.events),
                    Units.bytes(growth.share.lineByteCount), Units.bytes(growth.share.stored),
                    Units.bytes(growth.documentByteCount),
                ].map { ($0, nil) })
        }
        let more = sessions.count - min(sessions.count, most)
        return table.text(paint) + (more > 0 ? paint(.dim, "and \(Units.count(more)) earlier ones\n") : "")
    }

    private func percent(_ part: some BinaryInteger, of whole: some BinaryInteger) -> String {
        whole == 0 ? "" : "\(Units.tenths(100 * Double(part) / Double(whole))) %"
    }
}

extension ByteShare {
    /// Bytes on disk, rounded.
    var stored: Int64 { Int64(storedByteCount.rounded()) }

    fileprivate var members: [(key: String, value: JSONValue)] {
        [
            (key: "events", value: .number(events)), (key: "lineBytes", value: .number(Int(lineByteCount))),
            (key: "storedBytes", value: .number(Int(stored))),
        ]
    }
}

extension LargestEvents.Entry {
    fileprivate var json: JSONValue {
        .object([
            (key: "offset", value: .number(Int(offset))), (key: "time", value: .string(time.rfc3339)),
            (key: "type", value: .string(type)), (key: "actor", value: actor.map { .string($0) } ?? .null),
            (key: "lineBytes", value: .number(Int(lineByteCount))),
        ])
    }
}

extension JournalStats.Growth {
    fileprivate var json: JSONValue {
        .object(
            session.members + [
                (key: "lineBytes", value: .number(Int(share.lineByteCount))),
                (key: "storedBytes", value: .number(Int(share.stored))),
                (key: "documentBytes", value: .number(documentByteCount)),
            ])
    }
}
